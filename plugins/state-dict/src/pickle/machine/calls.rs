//! Builds storages and tensors, the only calls that a pickle may make.

use super::Machine;
use crate::pickle::error::ContainerError;
use crate::pickle::object::{Global, Id, Object, Storage, View};

/// Axes of a tensor.
const MAX_RANK: usize = 16;

impl Machine<'_> {
    /// Resolves a persistent id: `("storage", class, key, location, count)`, in old files with a view after it.
    pub(super) fn storage(&mut self) -> Result<(), ContainerError> {
        let id = self.pop("a storage reference")?;
        let storage = match self.tuple(id) {
            Some([kind, class, key, _location, count, view @ ..]) => {
                if !view.iter().all(|&view| matches!(self.object(view), Object::None)) {
                    return Err(self.operand("a storage inside another", "a storage of its own"));
                }
                match (self.object(*kind), self.object(*class), self.object(*key), self.object(*count)) {
                    (
                        Object::Text(kind),
                        Object::Global(Global::Storage(elements)),
                        Object::Text(key),
                        Object::Int(count),
                    ) if &**kind == "storage" => {
                        let count =
                            usize::try_from(*count).map_err(|_| self.operand("a negative or huge count", "a count"))?;
                        Some(Storage { key: key.clone(), elements: *elements, count })
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let storage = storage.ok_or(self.operand("an unknown persistent id", "a storage reference"))?;
        self.push(Object::Storage(storage));
        Ok(())
    }

    /// Calls one of the known names.
    pub(super) fn call(&mut self) -> Result<(), ContainerError> {
        let arguments = self.pop("arguments")?;
        let function = self.pop("a function")?;
        let &Object::Global(function) = self.object(function) else {
            return Err(self.operand(self.object(function).kind(), "a function"));
        };
        let arguments = self.tuple(arguments).ok_or(self.operand("no tuple", "a tuple of arguments"))?;
        let result = match (function, arguments) {
            (Global::OrderedDict, []) => Object::Dict(vec![]),
            (Global::RebuildTensor, &[storage, offset, shape, strides, ..]) => {
                let Object::Storage(storage) = self.object(storage) else {
                    return Err(self.operand(self.object(storage).kind(), "a storage"));
                };
                let storage = storage.clone();
                let (offset, shape, strides) = (self.size(offset)?, self.sizes(shape)?, self.sizes(strides)?);
                Object::Tensor(View { storage, offset, shape, strides })
            }
            (Global::RebuildParameter, &[tensor, ..]) => match self.object(tensor) {
                Object::Tensor(view) => Object::Tensor(view.clone()),
                other => return Err(self.operand(other.kind(), "a tensor")),
            },
            _ => return Err(self.operand("a call with other arguments", "a call as torch.save writes it")),
        };
        self.push(result);
        Ok(())
    }

    fn size(&self, id: Id) -> Result<i64, ContainerError> {
        match self.object(id) {
            Object::Int(value) => i64::try_from(*value).map_err(|_| self.operand("a huge integer", "a size")),
            other => Err(self.operand(other.kind(), "a size")),
        }
    }

    fn sizes(&self, id: Id) -> Result<Vec<i64>, ContainerError> {
        let sizes = self.tuple(id).ok_or(self.operand(self.object(id).kind(), "a tuple of sizes"))?;
        if sizes.len() > MAX_RANK {
            return Err(self.operand("a tensor of more than 16 axes", "at most 16"));
        }
        sizes.iter().map(|&size| self.size(size)).collect()
    }
}
