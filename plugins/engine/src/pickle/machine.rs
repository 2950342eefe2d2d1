//! The pickle stack machine, cut down to what a dict of tensors needs.
//!
//! Instruction names and effects are those of Python's `pickletools`. Objects live in one arena and refer to each other by
//! index, since a pickle fills a dict after it has been memoised. Each instruction adds at most one object, an object copies
//! no more than [`MAX_RANK`] numbers, and instructions are counted, so a small file cannot ask for much memory.

use super::{elements::Elements, error::ContainerError};
use std::{collections::HashMap, sync::Arc};

/// Instructions in one pickle; a tensor takes about 40, so this is room for 25 000 of them.
const MAX_INSTRUCTIONS: usize = 1 << 20;
/// Axes of a tensor.
const MAX_RANK: usize = 16;

/// Index of an object in the arena.
pub(super) type Id = usize;

/// An object that a pickle may build.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// `None`.
    None,
    /// `True` or `False`; nothing depends on which.
    Bool,
    /// An integer of up to 16 bytes.
    Int(i128),
    /// A string.
    Text(Arc<str>),
    /// A tuple.
    Tuple(Vec<Id>),
    /// A list.
    List(Vec<Id>),
    /// A dict, ordered or not: keys and values.
    Dict(Vec<(Id, Id)>),
    /// A class or function that may be named.
    Global(Global),
    /// A storage: where the values of tensors are.
    Storage(Storage),
    /// A view into a storage.
    Tensor(View),
}

impl Object {
    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool => "a boolean",
            Self::Int(_) => "an integer",
            Self::Text(_) => "a string",
            Self::Tuple(_) => "a tuple",
            Self::List(_) => "a list",
            Self::Dict(_) => "a dict",
            Self::Global(_) => "a class or function",
            Self::Storage(_) => "a storage",
            Self::Tensor(_) => "a tensor",
        }
    }
}

/// The names that a pickle may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Elements),
}

impl Global {
    fn find(module: &str, name: &str) -> Option<Self> {
        match (module, name) {
            ("collections", "OrderedDict") => Some(Self::OrderedDict),
            ("torch._utils", "_rebuild_tensor_v2") => Some(Self::RebuildTensor),
            ("torch._utils", "_rebuild_parameter") => Some(Self::RebuildParameter),
            ("torch", class) => Elements::of_class(class).map(Self::Storage),
            _ => None,
        }
    }
}

/// A storage as the pickle names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    /// Its name in the container.
    pub(super) key: Arc<str>,
    /// Type of its elements.
    pub(super) elements: Elements,
    /// How many elements it claims to have.
    pub(super) count: usize,
}

/// A tensor: a strided view into a storage.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) storage: Storage,
    pub(super) offset: i64,
    pub(super) shape: Vec<i64>,
    pub(super) strides: Vec<i64>,
}

/// A finished pickle.
pub(super) struct Pickle {
    objects: Vec<Object>,
    root: Id,
    /// Position after its last byte.
    pub(super) end: usize,
}

impl Pickle {
    /// The object that was pickled.
    pub(super) fn root(&self) -> &Object {
        self.get(self.root)
    }

    /// An object by index.
    pub(super) fn get(&self, id: Id) -> &Object {
        // Ids come from `Machine::add` alone, so they are always inside.
        self.objects.get(id).unwrap_or(&Object::None)
    }
}

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

impl<'a> Machine<'a> {
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
                let value = long(digits).ok_or(self.operand("an integer of more than 16 bytes", "a size"))?;
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
                let found = name_of(other).map_or_else(|| format!("{other:#04x}"), str::to_owned);
                return Err(ContainerError::Opcode { offset: self.opcode_at, found });
            }
        }
        Ok(true)
    }

    /// Resolves a persistent id: `("storage", class, key, location, count)`, in old files with a view after it.
    fn storage(&mut self) -> Result<(), ContainerError> {
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
    fn call(&mut self) -> Result<(), ContainerError> {
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

    fn object(&self, id: Id) -> &Object {
        self.objects.get(id).unwrap_or(&Object::None)
    }

    fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.object(id) {
            Object::Tuple(items) => Some(items),
            _ => None,
        }
    }

    fn list(&mut self) -> Result<&mut Vec<Id>, ContainerError> {
        let error = self.operand("another object", "a list");
        match self.stack.last().and_then(|&top| self.objects.get_mut(top)) {
            Some(Object::List(items)) => Ok(items),
            _ => Err(error),
        }
    }

    fn dict(&mut self) -> Result<&mut Vec<(Id, Id)>, ContainerError> {
        let error = self.operand("another object", "a dict");
        match self.stack.last().and_then(|&top| self.objects.get_mut(top)) {
            Some(Object::Dict(items)) => Ok(items),
            _ => Err(error),
        }
    }

    fn push(&mut self, object: Object) {
        self.stack.push(self.objects.len());
        self.objects.push(object);
    }

    fn pop(&mut self, what: &'static str) -> Result<Id, ContainerError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.operand("an empty stack", what));
        }
        self.stack.pop().ok_or(self.operand("an empty stack", what))
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, ContainerError> {
        let mark = self.marks.pop().ok_or(self.operand("no mark", "a mark"))?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    fn put(&mut self, key: u32) -> Result<(), ContainerError> {
        let top = *self.stack.last().ok_or(self.operand("an empty stack", "an object to remember"))?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), ContainerError> {
        let id = *self.memo.get(&key).ok_or(self.operand("an unknown memo number", "one that was set before"))?;
        self.stack.push(id);
        Ok(())
    }

    fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], ContainerError> {
        let taken = self.at.checked_add(length).and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(ContainerError::Truncated { offset: self.at, what })?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ContainerError> {
        let offset = self.at;
        self.take(N, what)?.try_into().map_err(|_| ContainerError::Truncated { offset, what })
    }

    fn line(&mut self, what: &'static str) -> Result<&'a str, ContainerError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n');
        let length = length.ok_or(ContainerError::Truncated { offset: self.at, what })?;
        let line = std::str::from_utf8(self.take(length, what)?);
        self.at += 1;
        line.map_err(|_| self.operand("a name that is not UTF-8", "UTF-8"))
    }

    fn operand(&self, found: &'static str, expected: &'static str) -> ContainerError {
        ContainerError::Operand { offset: self.opcode_at, found, expected }
    }

    fn version(&self, what: &'static str, found: String, expected: &'static str) -> ContainerError {
        ContainerError::Version { what, found, expected }
    }
}

/// A two's complement little-endian integer of any length up to 16 bytes.
fn long(digits: &[u8]) -> Option<i128> {
    if digits.len() > 16 {
        return None;
    }
    let fill = if digits.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
    let mut all = [fill; 16];
    all.iter_mut().zip(digits).for_each(|(to, from)| *to = *from);
    Some(i128::from_le_bytes(all))
}

/// Names of the instructions that are refused, as in Python's `pickletools`.
fn name_of(opcode: u8) -> Option<&'static str> {
    Some(match opcode {
        b'I' => "INT",
        b'L' => "LONG",
        0x8b => "LONG4",
        b'S' => "STRING",
        b'T' => "BINSTRING",
        b'U' => "SHORT_BINSTRING",
        b'B' => "BINBYTES",
        b'C' => "SHORT_BINBYTES",
        0x8e => "BINBYTES8",
        0x96 => "BYTEARRAY8",
        0x97 => "NEXT_BUFFER",
        0x98 => "READONLY_BUFFER",
        b'V' => "UNICODE",
        0x8c => "SHORT_BINUNICODE",
        0x8d => "BINUNICODE8",
        b'F' => "FLOAT",
        b'G' => "BINFLOAT",
        b'l' => "LIST",
        b'd' => "DICT",
        0x8f => "EMPTY_SET",
        0x90 => "ADDITEMS",
        0x91 => "FROZENSET",
        b'0' => "POP",
        b'1' => "POP_MARK",
        b'2' => "DUP",
        b'g' => "GET",
        b'p' => "PUT",
        0x94 => "MEMOIZE",
        0x82 => "EXT1",
        0x83 => "EXT2",
        0x84 => "EXT4",
        0x93 => "STACK_GLOBAL",
        b'i' => "INST",
        b'o' => "OBJ",
        0x81 => "NEWOBJ",
        0x92 => "NEWOBJ_EX",
        0x95 => "FRAME",
        b'P' => "PERSID",
        _ => return None,
    })
}
