//! A file that a cell names: its bytes, its header, its values.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use nnc_files::open_regular;

use crate::cell::FileKind;
use crate::element::Out;
use crate::error::{CellDefect, CellKind, DatasetError, SampleLimit, Spot};
use crate::limits::MAX_SAMPLE_BYTES;
use crate::matrix;
use crate::npy::Npy;
use crate::picture;
use nnc_picture::Picture;

/// Read buffers above this size are not kept for the next sample.
pub(super) const KEPT_BYTES: usize = 16 << 20;

/// Memory to decode in, written while the bytes of the file are borrowed.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) pixels: Vec<u8>,
    pub(super) values: Vec<f32>,
}

/// A file whose header has been read.
pub(super) enum Loaded<'a> {
    Image(Picture<'a>),
    Npy(Npy<'a>),
    /// The numbers are in [`Work::values`].
    Matrix([usize; 2]),
}

impl<'a> Loaded<'a> {
    pub(super) fn open(
        file: &'a [u8],
        kind: FileKind,
        work: &mut Work,
        spot: Spot<'_>,
    ) -> Result<Loaded<'a>, DatasetError> {
        Ok(match kind {
            FileKind::Image(format) => Loaded::Image(picture::open(file, format).map_err(|error| spot.error(error))?),
            FileKind::Npy => Loaded::Npy(Npy::parse(file).map_err(|error| spot.error(error))?),
            FileKind::Matrix => Loaded::Matrix(matrix::parse(file, &mut work.values, spot)?),
        })
    }

    pub(super) fn shape(&self) -> &[usize] {
        match self {
            Loaded::Image(picture) => picture.shape(),
            Loaded::Npy(array) => array.shape(),
            Loaded::Matrix(shape) => shape,
        }
    }

    pub(super) fn expect(&self, expected: &[usize], spot: Spot<'_>) -> Result<(), DatasetError> {
        let found = self.shape();
        if found == expected {
            return Ok(());
        }
        if !matches!(self, Loaded::Image(_)) {
            let (found, expected) = (found.to_vec(), expected.to_vec());
            return Err(spot.error(CellDefect::WrongShape { found, expected }));
        }
        Err(spot.error(picture::misfit(found, expected)))
    }

    pub(super) fn fill(self, work: &mut Work, out: Out<'_>, spot: Spot<'_>) -> Result<(), DatasetError> {
        match (self, out) {
            (Loaded::Image(image), out) => {
                picture::fill(image, &mut work.pixels, out).map_err(|error| spot.error(error))
            }
            (Loaded::Npy(array), Out::F32(out) | Out::NormalizedF32(out)) => {
                array.fill(out);
                Ok(())
            }
            (Loaded::Matrix(_), Out::F32(out) | Out::NormalizedF32(out)) => {
                let (out, _) = out.as_chunks_mut::<4>();
                for (out, value) in out.iter_mut().zip(&work.values) {
                    *out = value.to_ne_bytes();
                }
                Ok(())
            }
            (Loaded::Npy(_), Out::U8(_)) => Err(spot.error(CellDefect::NotAnImage { found: CellKind::Array })),
            (Loaded::Matrix(_), Out::U8(_)) => Err(spot.error(CellDefect::NotAnImage { found: CellKind::Matrix })),
        }
    }
}

/// Whether a path that does not exist would, were its names composed or decomposed in another way.
pub fn is_in_other_form(path: &Path) -> bool {
    let mut found = PathBuf::new();
    for part in path.components() {
        let next = found.join(part);
        if next.symlink_metadata().is_ok() {
            found = next;
            continue;
        }
        let Some(name) = part.as_os_str().to_str().filter(|name| !name.is_ascii()) else { return false };
        let Ok(entries) = fs::read_dir(&found) else { return false };
        let is_same = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(|other| name.nfc().eq(other.nfc()));
        let Some(entry) = entries.flatten().find(is_same) else { return false };
        found = entry.path();
    }
    true
}

/// Reads a whole file into `buffer`, whose memory is kept for the next one.
pub(crate) fn read_file(path: &Path, spot: Spot<'_>, buffer: &mut Vec<u8>) -> Result<(), DatasetError> {
    buffer.clear();
    buffer.shrink_to(KEPT_BYTES);
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory if is_in_other_form(path) => {
            spot.error(CellDefect::OtherUnicodeForm)
        }
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => spot.error(CellDefect::MissingFile),
        _ => spot.error(CellDefect::UnreadableFile { reason: error.to_string() }),
    };
    // Asked before opening: opening a pipe would wait for its other end.
    let found = fs::metadata(path).map_err(failed)?;
    if found.is_dir() {
        return Err(spot.error(CellDefect::IsDirectory));
    }
    if !found.is_file() {
        return Err(spot.error(CellDefect::NotAFile));
    }
    let too_large = found.len() > MAX_SAMPLE_BYTES as u64;
    if !too_large {
        let file = open_regular(path).map_err(failed)?;
        file.take(MAX_SAMPLE_BYTES as u64 + 1).read_to_end(buffer).map_err(failed)?;
    }
    if too_large || buffer.len() > MAX_SAMPLE_BYTES {
        let found = found.len().max(buffer.len() as u64);
        return Err(spot.error(CellDefect::TooLarge(SampleLimit::FileBytes { found, limit: MAX_SAMPLE_BYTES })));
    }
    Ok(())
}
