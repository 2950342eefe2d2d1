//! Reads safetensors: the length of a header, a header in JSON, and the values.

use std::io::Read;
use std::path::{Path, PathBuf};

use nnc_files::{open_regular, read_regular};
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use crate::elements::Elements;
use crate::{MAX_FILE_BYTES, StateTensor};

/// A file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: not a safetensors file that can be read: {reason}", path = path.display())]
pub struct SafetensorsError {
    /// File concerned.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// Whether a file begins like safetensors: the length of a header, and a header in JSON.
pub fn is_safetensors(path: &Path) -> bool {
    let mut start = [0; 9];
    let read = open_regular(path).and_then(|mut file| file.read_exact(&mut start));
    let [length @ .., brace] = start;
    read.is_ok() && brace == b'{' && u64::from_le_bytes(length) < MAX_FILE_BYTES
}

/// Reads the floating-point tensors of a file. Tensors of integers (`num_batches_tracked`) carry no weights and are left out.
///
/// # Errors
/// When the file cannot be read, is larger than 4 GiB, or is no safetensors.
pub fn read(path: &Path) -> Result<Vec<StateTensor>, SafetensorsError> {
    let fail = |reason: String| SafetensorsError { path: path.to_owned(), reason };
    let bytes = read_regular(path, MAX_FILE_BYTES).map_err(|error| fail(error.to_string()))?;
    from_bytes(&bytes).map_err(|error| fail(error.to_string()))
}

/// Reads a file that is already in memory; see [`read`].
///
/// # Errors
/// As [`read`], without the reading.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<StateTensor>, SafeTensorError> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut tensors = Vec::with_capacity(file.len());
    for (name, view) in file.tensors() {
        let Some(elements) = elements(view.dtype()) else { continue };
        let data = elements.decode(view.data());
        tensors.push(StateTensor { name, shape: view.shape().to_vec(), data });
    }
    Ok(tensors)
}

fn elements(dtype: Dtype) -> Option<Elements> {
    Some(match dtype {
        Dtype::F64 => Elements::Double,
        Dtype::F32 => Elements::Float,
        Dtype::F16 => Elements::Half,
        Dtype::BF16 => Elements::BFloat16,
        _ => return None,
    })
}
