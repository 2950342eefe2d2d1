//! Reads the operands of instructions, as far as there are bytes.

use super::Machine;
use crate::pickle::error::ContainerError;

impl<'a> Machine<'a> {
    pub(super) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], ContainerError> {
        let taken = self.at.checked_add(length).and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(ContainerError::Truncated { offset: self.at, what })?;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ContainerError> {
        let offset = self.at;
        self.take(N, what)?.try_into().map_err(|_| ContainerError::Truncated { offset, what })
    }

    pub(super) fn line(&mut self, what: &'static str) -> Result<&'a str, ContainerError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n');
        let length = length.ok_or(ContainerError::Truncated { offset: self.at, what })?;
        let line = std::str::from_utf8(self.take(length, what)?);
        self.at += 1;
        line.map_err(|_| self.operand("a name that is not UTF-8", "UTF-8"))
    }
}

/// A two's complement little-endian integer of any length up to 16 bytes.
pub(super) fn long(digits: &[u8]) -> Option<i128> {
    if digits.len() > 16 {
        return None;
    }
    let fill = if digits.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
    let mut all = [fill; 16];
    all.iter_mut().zip(digits).for_each(|(to, from)| *to = *from);
    Some(i128::from_le_bytes(all))
}
