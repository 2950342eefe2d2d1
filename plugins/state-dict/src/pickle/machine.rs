//! The pickle stack machine, cut down to what a dict of tensors needs.
//!
//! Instruction names and effects are those of Python's `pickletools`. Objects live in one arena and refer to each other by
//! index, since a pickle fills a dict after it has been memoised. Each instruction adds at most one object, an object copies
//! no more than `MAX_RANK` numbers, and instructions are counted, so a small file cannot ask for much memory.
//!
//! This file decodes instructions; `input` reads their bytes, `stack` keeps objects, `calls` builds tensors, and `refused`
//! names the instructions that are not executed.

mod calls;
mod input;
mod refused;
mod stack;

use std::collections::HashMap;

use super::error::ContainerError;
use super::object::{Global, Id, Object, Pickle};

/// Instructions in one pickle; a tensor takes about 40, so this is room for 25 000 of them.
const MAX_INSTRUCTIONS: usize = 1 << 20;

/// Runs the pickle that starts at `start`.
pub(super) fn run(bytes: &[u8], start: usize) -> Result<Pickle, ContainerError> {
    let mut machine = Machine {
        bytes,
        at: start,
        opcode_at: start,
        objects: vec![],
        stack: vec![],
        marks: vec![],
        memo: HashMap::new(),
    };
    for executed in 0_usize.. {
        if executed == MAX_INSTRUCTIONS {
            return Err(ContainerError::TooLong { limit: MAX_INSTRUCTIONS });
        }
        if !machine.step()? {
            break;
        }
    }
    let root = machine.pop("the pickled object")?;
    Ok(Pickle { objects: machine.objects, root, end: machine.at })
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the current instruction starts, for messages.
    opcode_at: usize,
    objects: Vec<Object>,
    stack: Vec<Id>,
    /// Stack heights at which a mark was set.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl Machine<'_> {
    /// Runs one instruction; false after the last.
    fn step(&mut self) -> Result<bool, ContainerError> {
        self.opcode_at = self.at;
        let [opcode] = self.array("a pickle")?;
        match opcode {
            0x80 => {
                let [protocol] = self.array("PROTO")?;
                // Protocols differ in the instructions they use, and those are checked one by one.
                if protocol > 5 {
                    return Err(self.version("the pickle protocol", protocol.to_string(), "2"));
                }
            }
            b'.' => return Ok(false),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.push(Object::None),
            0x88 | 0x89 => self.push(Object::Bool),
            b'K' => {
                let [value] = self.array("BININT1")?;
                self.push(Object::Int(value.into()));
            }
            b'M' => {
                let value = u16::from_le_bytes(self.array("BININT2")?);
                self.push(Object::Int(value.into()));
            }
            b'J' => {
                let value = i32::from_le_bytes(self.array("BININT")?);
                self.push(Object::Int(value.into()));
            }
            0x8a => {
                let [length] = self.array("LONG1")?;
                let digits = self.take(length.into(), "LONG1")?;
                let value = input::long(digits).ok_or(self.operand("an integer of more than 16 bytes", "a size"))?;
                self.push(Object::Int(value));
            }
            b'X' => {
                let length = u32::from_le_bytes(self.array("BINUNICODE")?);
                let text = self.take(usize::try_from(length).unwrap_or(usize::MAX), "a string")?;
                let text = std::str::from_utf8(text).map_err(|_| self.operand("a string", "UTF-8"))?;
                self.push(Object::Text(text.into()));
            }
            b'c' => {
                let module = self.line("GLOBAL")?;
                let name = self.line("GLOBAL")?;
                let global = Global::find(module, name).ok_or_else(|| ContainerError::Global {
                    offset: self.opcode_at,
                    found: format!("{module}.{name}"),
                })?;
                self.push(Object::Global(global));
            }
            b')' => self.push(Object::Tuple(vec![])),
            b']' => self.push(Object::List(vec![])),
            b'}' => self.push(Object::Dict(vec![])),
            b't' => {
                let items = self.since_mark()?;
                self.push(Object::Tuple(items));
            }
            0x85..=0x87 => {
                let mut items = Vec::with_capacity(3);
                for _ in 0x85..=opcode {
                    items.push(self.pop("an element of a tuple")?);
                }
                items.reverse();
                self.push(Object::Tuple(items));
            }
            b'q' => {
                let [key] = self.array("BINPUT")?;
                self.put(key.into())?;
            }
            b'r' => {
                let key = u32::from_le_bytes(self.array("LONG_BINPUT")?);
                self.put(key)?;
            }
            b'h' => {
                let [key] = self.array("BINGET")?;
                self.recall(key.into())?;
            }
            b'j' => {
                let key = u32::from_le_bytes(self.array("LONG_BINGET")?);
                self.recall(key)?;
            }
            b'a' => {
                let item = self.pop("an element of a list")?;
                self.list()?.push(item);
            }
            b'e' => {
                let items = self.since_mark()?;
                self.list()?.extend(items);
            }
            b's' => {
                let value = self.pop("a value of a dict")?;
                let key = self.pop("a key of a dict")?;
                self.dict()?.push((key, value));
            }
            b'u' => {
                let items = self.since_mark()?;
                if items.len() % 2 != 0 {
                    return Err(self.operand("a key without a value", "keys and values in turn"));
                }
                self.dict()?.extend(items.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))));
            }
            b'Q' => self.storage()?,
            b'R' => self.call()?,
            b'b' => {
                // Attributes of the dict: torch keeps module versions there, which no weight depends on.
                self.pop("attributes")?;
                self.dict()?;
            }
            other => {
                let found = refused::name(other).map_or_else(|| format!("{other:#04x}"), str::to_owned);
                return Err(ContainerError::Opcode { offset: self.opcode_at, found });
            }
        }
        Ok(true)
    }

    fn operand(&self, found: &'static str, expected: &'static str) -> ContainerError {
        ContainerError::Operand { offset: self.opcode_at, found, expected }
    }

    fn version(&self, what: &'static str, found: String, expected: &'static str) -> ContainerError {
        ContainerError::Version { what, found, expected }
    }
}
