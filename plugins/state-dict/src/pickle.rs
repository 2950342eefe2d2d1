//! Reads PyTorch state dicts (`.pth`, `.pt`) without running anything in them.
//!
//! A state dict is a pickle, and a pickle is a program: PyTorch's own reader may import and call whatever the file names.
//! This one knows the two dozen instructions that a dict of tensors needs and the few names that may be called;
//! everything else is refused by name. Both containers are read: the one of `torch.save` up to 1.5 (five pickles and raw
//! storages one after another) and the zip since 1.6. Layouts after `torch/serialization.py` and `torch/_utils.py`.
//!
//! Sizes are believed only as far as bytes are there: every count is checked against the file before memory is taken.

mod archive;
mod error;
mod legacy;
mod machine;
mod object;
mod tensor;

pub use error::{ContainerError, PickleError};

use crate::{MAX_FILE_BYTES, StateTensor};
use nnc_files::{open_regular, read_regular};
use std::{
    io::{BufReader, Cursor, Read},
    path::Path,
};

/// How a zip begins.
const ZIP: &[u8; 4] = b"PK\x03\x04";

/// Reads the floating-point tensors of a state dict, in the order of the file.
///
/// Tensors of integers and booleans (`num_batches_tracked`) carry no weights and are left out.
///
/// # Errors
/// When the file cannot be read, is neither container, or holds anything but a dict of tensors.
pub fn read(path: &Path) -> Result<Vec<StateTensor>, PickleError> {
    let fail = |source| PickleError { path: path.to_owned(), source };
    let io = |source: std::io::Error| fail(ContainerError::Io { source });
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > MAX_FILE_BYTES {
        return Err(fail(ContainerError::TooLarge { found: length, limit: MAX_FILE_BYTES }));
    }
    let mut file = open_regular(path).map_err(io)?;
    let mut start = [0; ZIP.len()];
    let is_zip = file.read_exact(&mut start).is_ok() && start == *ZIP;
    if is_zip {
        return archive::read(BufReader::new(file), usize::try_from(length).unwrap_or(usize::MAX)).map_err(fail);
    }
    drop(file);
    from_bytes(&read_regular(path, MAX_FILE_BYTES).map_err(io)?).map_err(fail)
}

/// Reads a state dict that is already in memory; see [`read`].
///
/// # Errors
/// As [`read`], without the reading.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<StateTensor>, ContainerError> {
    if bytes.starts_with(ZIP) { archive::read(Cursor::new(bytes), bytes.len()) } else { legacy::read(bytes) }
}

#[cfg(test)]
mod tests;
