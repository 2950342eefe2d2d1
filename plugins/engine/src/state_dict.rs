//! Named tensors of a trained model, from PyTorch's own container ([`pickle`]) or from safetensors.

use crate::{
    error::EngineError,
    pickle::{self, StateTensor},
};
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files above this size are refused: no backbone comes near it, and the file is held in memory while it is read.
const MAX_FILE_BYTES: u64 = 4 << 30;

/// What `torch.nn.DataParallel` puts before every key.
const PARALLEL: &str = "module.";

/// The floating-point tensors of a file. Each is taken once, so that what is left was not expected.
pub(crate) struct StateDict {
    path: PathBuf,
    model: String,
    tensors: HashMap<String, StateTensor>,
}

impl StateDict {
    /// Reads `path`; `model` is what errors call it.
    pub(crate) fn read(path: &Path, model: &str) -> Result<Self, EngineError> {
        let tensors = if is_safetensors(path) { read_safetensors(path)? } else { pickle::read(path)? };
        let is_parallel = !tensors.is_empty() && tensors.iter().all(|tensor| tensor.name.starts_with(PARALLEL));
        let skip = if is_parallel { PARALLEL.len() } else { 0 };
        let tensors =
            tensors.into_iter().map(|tensor| (tensor.name.get(skip..).unwrap_or_default().to_owned(), tensor));
        Ok(Self { path: path.to_owned(), model: model.to_owned(), tensors: tensors.collect() })
    }

    /// The file, for errors.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What errors call the model.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// The shape of a tensor that was not taken yet.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|tensor| tensor.shape.as_slice())
    }

    /// As [`shape`](Self::shape), where there is no going on without it.
    pub(crate) fn expect(&self, name: &str) -> Result<&[usize], EngineError> {
        self.shape(name).ok_or_else(|| self.missing(name))
    }

    /// Takes the values of tensor `name` out, which must have the shape `expected`.
    pub(crate) fn take(&mut self, name: &str, expected: &[usize]) -> Result<Arc<[f32]>, EngineError> {
        let found = self.expect(name)?;
        if found != expected {
            return Err(EngineError::TensorShape {
                path: self.path.clone(),
                model: self.model.clone(),
                name: name.to_owned(),
                found: found.to_vec(),
                expected: expected.to_vec(),
            });
        }
        self.tensors.remove(name).map(|tensor| tensor.data).ok_or_else(|| self.missing(name))
    }

    /// Names of tensors that were not taken, sorted.
    pub(crate) fn rest(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.tensors.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn missing(&self, name: &str) -> EngineError {
        let (path, model) = (self.path.clone(), self.model.clone());
        EngineError::MissingTensor { path, model, name: name.to_owned() }
    }
}

/// Whether a file begins like safetensors: the length of a header, and a header in JSON.
pub(crate) fn is_safetensors(path: &Path) -> bool {
    let mut start = [0; 9];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    let [length @ .., brace] = start;
    read.is_ok() && brace == b'{' && u64::from_le_bytes(length) < MAX_FILE_BYTES
}

fn read_safetensors(path: &Path) -> Result<Vec<StateTensor>, EngineError> {
    let fail = |source: SafeTensorError| EngineError::Safetensors { path: path.to_owned(), reason: source.to_string() };
    let io = |source: std::io::Error| fail(SafeTensorError::IoError(source));
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > MAX_FILE_BYTES {
        let reason = format!("it has {length} bytes, expected at most {MAX_FILE_BYTES}");
        return Err(EngineError::Safetensors { path: path.to_owned(), reason });
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let file = SafeTensors::deserialize(&bytes).map_err(fail)?;
    let mut tensors = Vec::with_capacity(file.len());
    for (name, view) in file.tensors() {
        // Tensors of integers (`num_batches_tracked`) carry no weights.
        let Some(elements) = elements(view.dtype()) else { continue };
        let data = elements.decode(view.data());
        tensors.push(StateTensor { name, shape: view.shape().to_vec(), data });
    }
    Ok(tensors)
}

fn elements(dtype: Dtype) -> Option<pickle::Elements> {
    Some(match dtype {
        Dtype::F64 => pickle::Elements::Double,
        Dtype::F32 => pickle::Elements::Float,
        Dtype::F16 => pickle::Elements::Half,
        Dtype::BF16 => pickle::Elements::BFloat16,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
