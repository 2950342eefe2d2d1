//! Named tensors of a trained model, each of which a model takes once.

use crate::error::EngineError;
use nnc_state_dict::{StateTensor, pickle, safetensors};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

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
        let tensors = if safetensors::is_safetensors(path) { safetensors::read(path)? } else { pickle::read(path)? };
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

#[cfg(test)]
mod tests;
