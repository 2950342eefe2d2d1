//! The stack, the memo and the arena of objects.

use super::Machine;
use crate::pickle::error::ContainerError;
use crate::pickle::object::{Id, Object};

impl Machine<'_> {
    pub(super) fn object(&self, id: Id) -> &Object {
        self.objects.get(id).unwrap_or(&Object::None)
    }

    pub(super) fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.object(id) {
            Object::Tuple(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn list(&mut self) -> Result<&mut Vec<Id>, ContainerError> {
        let error = self.operand("another object", "a list");
        match self.stack.last().and_then(|&top| self.objects.get_mut(top)) {
            Some(Object::List(items)) => Ok(items),
            _ => Err(error),
        }
    }

    pub(super) fn dict(&mut self) -> Result<&mut Vec<(Id, Id)>, ContainerError> {
        let error = self.operand("another object", "a dict");
        match self.stack.last().and_then(|&top| self.objects.get_mut(top)) {
            Some(Object::Dict(items)) => Ok(items),
            _ => Err(error),
        }
    }

    pub(super) fn push(&mut self, object: Object) {
        self.stack.push(self.objects.len());
        self.objects.push(object);
    }

    pub(super) fn pop(&mut self, what: &'static str) -> Result<Id, ContainerError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.operand("an empty stack", what));
        }
        self.stack.pop().ok_or(self.operand("an empty stack", what))
    }

    pub(super) fn since_mark(&mut self) -> Result<Vec<Id>, ContainerError> {
        let mark = self.marks.pop().ok_or(self.operand("no mark", "a mark"))?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    pub(super) fn put(&mut self, key: u32) -> Result<(), ContainerError> {
        let top = *self.stack.last().ok_or(self.operand("an empty stack", "an object to remember"))?;
        self.memo.insert(key, top);
        Ok(())
    }

    pub(super) fn recall(&mut self, key: u32) -> Result<(), ContainerError> {
        let id = *self.memo.get(&key).ok_or(self.operand("an unknown memo number", "one that was set before"))?;
        self.stack.push(id);
        Ok(())
    }
}
