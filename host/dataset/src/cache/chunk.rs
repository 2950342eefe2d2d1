//! One chunk of a cache: several `.npy` arrays one after the other, or an HDF5 file of older versions.

use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use hdf5_reader::{ByteOrder, Datatype, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem};

use nnc_files::open_regular;

use crate::error::{CacheError, ChunkDefect, StoredVariable};
use crate::limits::MAX_SAMPLE_BYTES;
use crate::npy::{self, Npy, NumberType};

/// A chunk whose heads have been read and agree with the size of its file.
#[derive(Debug)]
pub(super) struct Chunk {
    path: PathBuf,
    layout: Layout,
}

#[derive(Debug)]
enum Layout {
    /// Where the values of each variable start, and whether they are big-endian.
    Npy(Vec<(u64, bool)>),
    Hdf5,
}

impl Chunk {
    /// Reads the heads of a chunk that holds `rows` samples of each of `names`, and says how they are stored.
    pub(super) fn open_npy(
        path: PathBuf,
        rows: usize,
        names: &[String],
    ) -> Result<(Chunk, Vec<StoredVariable>), CacheError> {
        let unreadable =
            |error: std::io::Error| CacheError::Unreadable { file: path.clone(), reason: error.to_string() };
        let file = open_regular(&path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut places = Vec::with_capacity(names.len());
        let mut stored = Vec::with_capacity(names.len());
        let mut at = 0_u64;
        for name in names {
            let broken =
                |defect: ChunkDefect| CacheError::Chunk { chunk: path.clone(), variable: name.clone(), defect };
            let mut bytes = vec![0; npy::MAX_HEAD_BYTES.min(usize::try_from(size - at).unwrap_or(usize::MAX))];
            file.read_exact_at(&mut bytes, at).map_err(unreadable)?;
            let head = npy::head(&bytes).map_err(|error| broken(ChunkDefect::Array { at, error }))?;
            let start = at + head.start as u64;
            let end = start.checked_add(head.length).filter(|end| *end <= size);
            let Some(end) = end else {
                return Err(broken(ChunkDefect::CutShort { found: size - start, expected: head.length }));
            };
            let Some((&count, shape)) = head.shape.split_first() else {
                return Err(broken(ChunkDefect::SingleNumber));
            };
            if count != rows {
                let (chunk, variable, found) = (path.clone(), name.clone(), count as u64);
                return Err(CacheError::ChunkRows { chunk, variable, found, expected: rows });
            }
            if head.fortran && shape.iter().any(|size| *size > 1) {
                return Err(broken(ChunkDefect::FortranOrder));
            }
            stored.push(checked(&path, name, shape, head.number_type)?);
            places.push((start, head.big_endian));
            at = end;
        }
        if at != size {
            return Err(CacheError::Trailing { chunk: path, extra: size - at });
        }
        Ok((Chunk { path, layout: Layout::Npy(places) }, stored))
    }

    /// As [`open_npy`](Self::open_npy) for HDF5, which names its variables itself.
    pub(super) fn open_h5(path: PathBuf, rows: usize) -> Result<(Chunk, Vec<StoredVariable>), CacheError> {
        let stored = unwinding(&path, "", || {
            let broken = |variable: &str, defect: ChunkDefect| CacheError::Chunk {
                chunk: path.clone(),
                variable: variable.into(),
                defect,
            };
            let group = open_h5(&path).and_then(|file| file.root_group());
            let datasets = group.and_then(|group| group.datasets());
            let datasets = datasets.map_err(|error| broken("", ChunkDefect::Hdf5(error.to_string())))?;
            let mut stored = Vec::with_capacity(datasets.len());
            for dataset in &datasets {
                let name = dataset.name();
                let kind = kind(dataset.dtype()).ok_or_else(|| broken(name, ChunkDefect::NotNumbers))?;
                let Some((&count, shape)) = dataset.shape().split_first() else {
                    return Err(broken(name, ChunkDefect::SingleNumber));
                };
                if count != rows as u64 {
                    let (chunk, variable) = (path.clone(), name.to_string());
                    return Err(CacheError::ChunkRows { chunk, variable, found: count, expected: rows });
                }
                let shape: Vec<usize> = shape.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
                if shape.contains(&0) {
                    return Err(broken(name, ChunkDefect::NoValues { shape }));
                }
                stored.push(checked(&path, name, &shape, kind)?);
            }
            stored.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(stored)
        })?;
        if stored.is_empty() {
            let defect = ChunkDefect::NoDataset;
            return Err(CacheError::Chunk { chunk: path, variable: String::new(), defect });
        }
        Ok((Chunk { path, layout: Layout::Hdf5 }, stored))
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The values of sample `row` (from 0 in this chunk) of the variable in place `place`, read into `buffer`.
    pub(super) fn sample<'a>(
        &self,
        row: usize,
        place: usize,
        stored: &StoredVariable,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Npy<'a>, CacheError> {
        let size = bytes_of(stored);
        buffer.clear();
        let big_endian = match &self.layout {
            Layout::Npy(places) => {
                let (start, big_endian) = places.get(place).copied().unwrap_or_default();
                buffer.resize(size, 0);
                let file = open_regular(&self.path);
                file.and_then(|file| file.read_exact_at(buffer, start + row as u64 * size as u64))
                    .map_err(|error| CacheError::Unreadable { file: self.path.clone(), reason: error.to_string() })?;
                big_endian
            }
            Layout::Hdf5 => {
                self.read_h5(row as u64, stored, buffer)?;
                cfg!(target_endian = "big")
            }
        };
        Ok(Npy::of(stored.shape.clone(), stored.number_type, big_endian, buffer))
    }

    /// Appends the values of one sample in native byte order.
    fn read_h5(&self, row: u64, stored: &StoredVariable, out: &mut Vec<u8>) -> Result<(), CacheError> {
        unwinding(&self.path, &stored.name, || {
            let broken = |defect: ChunkDefect| CacheError::Chunk {
                chunk: self.path.clone(),
                variable: stored.name.clone(),
                defect,
            };
            let failed = |error: hdf5_reader::error::Error| broken(ChunkDefect::Hdf5(error.to_string()));
            let file = open_h5(&self.path).map_err(failed)?;
            let dataset = file.dataset(&stored.name).map_err(failed)?;
            let mut selection = SliceInfo::all(stored.shape.len() + 1);
            if let Some(first) = selection.selections.first_mut() {
                *first = SliceInfoElem::Index(row);
            }
            macro_rules! append {
                ($type:ty) => {{
                    let values = dataset.read_slice::<$type>(&selection).map_err(failed)?;
                    values.iter().for_each(|value| out.extend_from_slice(&value.to_ne_bytes()));
                }};
            }
            match stored.number_type {
                NumberType::U8 => append!(u8),
                NumberType::U16 => append!(u16),
                NumberType::U32 => append!(u32),
                NumberType::U64 => append!(u64),
                NumberType::I8 => append!(i8),
                NumberType::I16 => append!(i16),
                NumberType::I32 => append!(i32),
                NumberType::I64 => append!(i64),
                NumberType::F32 => append!(f32),
                NumberType::F64 => append!(f64),
            }
            let expected = bytes_of(stored);
            if out.len() != expected {
                return Err(broken(ChunkDefect::SampleBytes { found: out.len(), expected }));
            }
            Ok(())
        })
    }
}

/// How a variable is stored, if one sample of it can be held in memory.
fn checked(chunk: &Path, name: &str, shape: &[usize], number_type: NumberType) -> Result<StoredVariable, CacheError> {
    let bytes = shape.iter().try_fold(number_type.bytes(), |bytes, size| bytes.checked_mul(*size));
    if bytes.is_none_or(|bytes| bytes > MAX_SAMPLE_BYTES) {
        return Err(CacheError::Chunk {
            chunk: chunk.to_path_buf(),
            variable: name.to_string(),
            defect: ChunkDefect::SampleTooLarge { shape: shape.to_vec(), limit: MAX_SAMPLE_BYTES },
        });
    }
    Ok(StoredVariable { name: name.to_string(), shape: shape.to_vec(), number_type })
}

/// Bytes of one sample, which [`checked`] has bounded.
fn bytes_of(stored: &StoredVariable) -> usize {
    stored.shape.iter().product::<usize>() * stored.number_type.bytes()
}

/// Opens an HDF5 file that may not unfold to more than samples may.
fn open_h5(path: &Path) -> hdf5_reader::error::Result<Hdf5File> {
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(MAX_SAMPLE_BYTES)
        .with_max_read_bytes(MAX_SAMPLE_BYTES);
    // By the opened file and not by its name, which could be another one's by now.
    let file = open_regular(path)?;
    Hdf5File::open_with_options(format!("/proc/self/fd/{}", file.as_raw_fd()), options)
}

/// Does `work` and turns a panic in it into an error: hdf5-reader is meant to check all sums of lengths in a file, and one
/// that it missed panics under this workspace's overflow checks.
fn unwinding<T>(path: &Path, variable: &str, work: impl FnOnce() -> Result<T, CacheError>) -> Result<T, CacheError> {
    nnc_picture::guarded(work).unwrap_or_else(|_| {
        let defect = ChunkDefect::Contradiction;
        Err(CacheError::Chunk { chunk: path.to_path_buf(), variable: variable.to_string(), defect })
    })
}

fn kind(datatype: &Datatype) -> Option<NumberType> {
    Some(match datatype {
        Datatype::FloatingPoint { size: 4, .. } => NumberType::F32,
        Datatype::FloatingPoint { size: 8, .. } => NumberType::F64,
        Datatype::FixedPoint { size, signed, byte_order: ByteOrder::LittleEndian | ByteOrder::BigEndian } => {
            match (size, signed) {
                (1, false) => NumberType::U8,
                (2, false) => NumberType::U16,
                (4, false) => NumberType::U32,
                (8, false) => NumberType::U64,
                (1, true) => NumberType::I8,
                (2, true) => NumberType::I16,
                (4, true) => NumberType::I32,
                (8, true) => NumberType::I64,
                _ => return None,
            }
        }
        _ => return None,
    })
}
