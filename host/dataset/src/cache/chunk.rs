//! One chunk of a cache: several `.npy` arrays one after the other, or an HDF5 file of older versions.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use hdf5_reader::{ByteOrder, Datatype, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem};

use super::{CacheError, Stored};
use crate::language::Word;
use crate::npy::{self, Kind, Npy};
use crate::sample::MAX_SAMPLE_BYTES;

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
    pub(super) fn open_npy(path: PathBuf, rows: usize, names: &[String]) -> Result<(Chunk, Vec<Stored>), CacheError> {
        let unreadable =
            |error: std::io::Error| CacheError::Unreadable { file: path.clone(), reason: error.to_string() };
        let file = File::open(&path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut places = Vec::with_capacity(names.len());
        let mut stored = Vec::with_capacity(names.len());
        let mut at = 0_u64;
        for name in names {
            let broken = |reason: String| CacheError::Chunk { chunk: path.clone(), variable: name.clone(), reason };
            let mut bytes = vec![0; npy::MAX_HEAD_BYTES.min(usize::try_from(size - at).unwrap_or(usize::MAX))];
            file.read_exact_at(&mut bytes, at).map_err(unreadable)?;
            let head = npy::head(&bytes).map_err(|reason| broken(Word::ArrayAtByte.with(&[&at, &reason])))?;
            let start = at + head.start as u64;
            let end = start.checked_add(head.length).filter(|end| *end <= size);
            let Some(end) = end else {
                let there = size - start;
                return Err(broken(Word::ChunkCut.with(&[&there, &head.length])));
            };
            let Some((&count, shape)) = head.shape.split_first() else {
                return Err(broken(Word::SingleNumber.with(&[])));
            };
            if count != rows {
                let (chunk, variable, found) = (path.clone(), name.clone(), count as u64);
                return Err(CacheError::ChunkRows { chunk, variable, found, expected: rows });
            }
            if head.fortran && shape.iter().any(|size| *size > 1) {
                return Err(broken(Word::FortranOrder.with(&[])));
            }
            stored.push(Stored::new(&path, name, shape, head.kind)?);
            places.push((start, head.big_endian));
            at = end;
        }
        if at != size {
            return Err(CacheError::Trailing { chunk: path, extra: size - at });
        }
        Ok((Chunk { path, layout: Layout::Npy(places) }, stored))
    }

    /// As [`open_npy`](Self::open_npy) for HDF5, which names its variables itself.
    pub(super) fn open_h5(path: PathBuf, rows: usize) -> Result<(Chunk, Vec<Stored>), CacheError> {
        let stored = unwinding(&path, "", || {
            let broken = |variable: &str, reason: String| CacheError::Chunk {
                chunk: path.clone(),
                variable: variable.into(),
                reason,
            };
            let group = open_h5(&path).and_then(|file| file.root_group());
            let datasets = group.and_then(|group| group.datasets()).map_err(|error| broken("", error.to_string()))?;
            let mut stored = Vec::with_capacity(datasets.len());
            for dataset in &datasets {
                let name = dataset.name();
                let kind = kind(dataset.dtype()).ok_or_else(|| broken(name, Word::NoNumbers.with(&[])))?;
                let Some((&count, shape)) = dataset.shape().split_first() else {
                    return Err(broken(name, Word::SingleNumber.with(&[])));
                };
                if count != rows as u64 {
                    let (chunk, variable) = (path.clone(), name.to_string());
                    return Err(CacheError::ChunkRows { chunk, variable, found: count, expected: rows });
                }
                let shape: Vec<usize> = shape.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
                if shape.contains(&0) {
                    return Err(broken(name, Word::SampleShape.with(&[&format!("{shape:?}")])));
                }
                stored.push(Stored::new(&path, name, &shape, kind)?);
            }
            stored.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(stored)
        })?;
        if stored.is_empty() {
            let reason = Word::NoDataset.with(&[]);
            return Err(CacheError::Chunk { chunk: path, variable: String::new(), reason });
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
        stored: &Stored,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Npy<'a>, CacheError> {
        let size = stored.bytes();
        buffer.clear();
        let big_endian = match &self.layout {
            Layout::Npy(places) => {
                let (start, big_endian) = places.get(place).copied().unwrap_or_default();
                buffer.resize(size, 0);
                let file = File::open(&self.path);
                file.and_then(|file| file.read_exact_at(buffer, start + row as u64 * size as u64))
                    .map_err(|error| CacheError::Unreadable { file: self.path.clone(), reason: error.to_string() })?;
                big_endian
            }
            Layout::Hdf5 => {
                self.read_h5(row as u64, stored, buffer)?;
                cfg!(target_endian = "big")
            }
        };
        Ok(Npy::of(stored.shape.clone(), stored.kind, big_endian, buffer))
    }

    /// Appends the values of one sample in native byte order.
    fn read_h5(&self, row: u64, stored: &Stored, out: &mut Vec<u8>) -> Result<(), CacheError> {
        unwinding(&self.path, &stored.name, || {
            let broken =
                |reason: String| CacheError::Chunk { chunk: self.path.clone(), variable: stored.name.clone(), reason };
            let file = open_h5(&self.path).map_err(|error| broken(error.to_string()))?;
            let dataset = file.dataset(&stored.name).map_err(|error| broken(error.to_string()))?;
            let mut selection = SliceInfo::all(stored.shape.len() + 1);
            if let Some(first) = selection.selections.first_mut() {
                *first = SliceInfoElem::Index(row);
            }
            macro_rules! append {
                ($type:ty) => {{
                    let values = dataset.read_slice::<$type>(&selection).map_err(|error| broken(error.to_string()))?;
                    values.iter().for_each(|value| out.extend_from_slice(&value.to_ne_bytes()));
                }};
            }
            match stored.kind {
                Kind::U8 => append!(u8),
                Kind::U16 => append!(u16),
                Kind::U32 => append!(u32),
                Kind::U64 => append!(u64),
                Kind::I8 => append!(i8),
                Kind::I16 => append!(i16),
                Kind::I32 => append!(i32),
                Kind::I64 => append!(i64),
                Kind::F32 => append!(f32),
                Kind::F64 => append!(f64),
            }
            if out.len() != stored.bytes() {
                return Err(broken(Word::SampleBytes.with(&[&out.len(), &stored.bytes()])));
            }
            Ok(())
        })
    }
}

/// Opens an HDF5 file that may not unfold to more than samples may.
fn open_h5(path: &Path) -> hdf5_reader::error::Result<Hdf5File> {
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(0)
        .with_max_chunk_bytes(MAX_SAMPLE_BYTES)
        .with_max_read_bytes(MAX_SAMPLE_BYTES);
    Hdf5File::open_with_options(path, options)
}

/// Does `work` and makes an error of a panic in it: hdf5-reader is meant to check all sums of lengths in a file, and one
/// that it missed panics under this workspace's overflow checks.
fn unwinding<T>(path: &Path, variable: &str, work: impl FnOnce() -> Result<T, CacheError>) -> Result<T, CacheError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let reason = Word::Contradicts.with(&[]);
        Err(CacheError::Chunk { chunk: path.to_path_buf(), variable: variable.to_string(), reason })
    })
}

fn kind(datatype: &Datatype) -> Option<Kind> {
    Some(match datatype {
        Datatype::FloatingPoint { size: 4, .. } => Kind::F32,
        Datatype::FloatingPoint { size: 8, .. } => Kind::F64,
        Datatype::FixedPoint { size, signed, byte_order: ByteOrder::LittleEndian | ByteOrder::BigEndian } => {
            match (size, signed) {
                (1, false) => Kind::U8,
                (2, false) => Kind::U16,
                (4, false) => Kind::U32,
                (8, false) => Kind::U64,
                (1, true) => Kind::I8,
                (2, true) => Kind::I16,
                (4, true) => Kind::I32,
                (8, true) => Kind::I64,
                _ => return None,
            }
        }
        _ => return None,
    })
}
