//! Whole arrays in `.npy` files, for callers that have no table around them.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use nnc_files::open_regular;

use crate::limits::MAX_SAMPLE_BYTES;
use crate::npy::{Npy, NpyError};

/// The values of a file as floats.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Sizes, slowest first.
    pub shape: Vec<usize>,
    /// One value for each element, in C order.
    pub values: Vec<f32>,
}

/// A file that is no array of numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub struct ArrayError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub defect: ArrayDefect,
}

/// What is wrong with a file that should be an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArrayDefect {
    /// It cannot be read; the words of the system.
    Unreadable(String),
    /// It is a folder, a device or a pipe.
    NotAFile,
    /// It is larger than a sample may be.
    TooLarge {
        /// Bytes it has.
        found: u64,
        /// The most that are read.
        limit: u64,
    },
    /// Its content is no array of numbers.
    Npy(NpyError),
}

/// Reads a `.npy` file of integers or floats and converts them to 32-bit floats.
///
/// # Errors
/// A file that cannot be read, holds something else or is larger than a sample of a dataset may be.
pub fn read_npy(path: &Path) -> Result<Array, ArrayError> {
    let failed = |defect: ArrayDefect| ArrayError { path: path.to_path_buf(), defect };
    let unreadable = |error: io::Error| failed(ArrayDefect::Unreadable(error.to_string()));
    let found = fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err(failed(ArrayDefect::NotAFile));
    }
    let limit = MAX_SAMPLE_BYTES as u64;
    if found.len() > limit {
        return Err(failed(ArrayDefect::TooLarge { found: found.len(), limit }));
    }
    let mut bytes = Vec::new();
    let file = open_regular(path).map_err(unreadable)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let array = Npy::parse(&bytes).map_err(|error| failed(ArrayDefect::Npy(error)))?;
    let shape = array.shape().to_vec();
    let mut raw = vec![0; 4 * shape.iter().product::<usize>()];
    array.fill(&mut raw);
    let (values, _) = raw.as_chunks::<4>();
    Ok(Array { shape, values: values.iter().map(|&value| f32::from_ne_bytes(value)).collect() })
}

/// Writes 32-bit floats as NumPy does, version 1 of the format.
///
/// # Errors
/// Errors of `out`, and a shape whose text does not fit into the header.
pub fn write_npy(out: &mut impl Write, shape: &[usize], values: &[f32]) -> io::Result<()> {
    let extents: String = shape.iter().map(|extent| format!("{extent}, ")).collect();
    // Python's tuples: (), (2,), (2, 3).
    let tuple = match shape {
        [_] => extents.trim_end(),
        _ => extents.trim_end_matches(", "),
    };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({tuple}), }}");
    // Signature, length and text together fill a multiple of 64 bytes.
    let padding = 63 - (10 + header.len()) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(|_| io::Error::other("the shape has too many dimensions"))?;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    for value in values {
        out.write_all(&value.to_le_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_survive_a_write_and_a_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        for shape in [&[][..], &[1], &[7], &[2, 3], &[1, 2, 3, 4, 5]] {
            let count: usize = shape.iter().product();
            let values: Vec<f32> = (0..count).map(|i| i as f32 - 0.5).collect();
            let mut file = Vec::new();
            write_npy(&mut file, shape, &values).unwrap();
            assert_eq!((file.len() - 4 * count) % 64, 0, "{shape:?}");
            std::fs::write(&path, file).unwrap();
            assert_eq!(read_npy(&path).unwrap(), Array { shape: shape.to_vec(), values });
        }
    }

    #[test]
    fn the_header_is_numpys_own() {
        let mut file = Vec::new();
        write_npy(&mut file, &[2], &[1.0, -2.0]).unwrap();
        let header = b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        assert_eq!(file[..header.len()], header[..]);
        assert_eq!(file.len(), 128 + 8);
        assert_eq!(file[127..], [b'\n', 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    }

    #[test]
    fn what_is_no_array_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        std::fs::write(&path, "hello").unwrap();
        let refused = |path: &Path| {
            let error = read_npy(path).unwrap_err();
            assert_eq!(error.path, path);
            error.defect
        };
        assert_eq!(refused(&path), ArrayDefect::Npy(NpyError::NoSignature));
        assert_eq!(refused(folder.path()), ArrayDefect::NotAFile);
        assert!(matches!(refused(&folder.path().join("none.npy")), ArrayDefect::Unreadable(_)));
    }
}
