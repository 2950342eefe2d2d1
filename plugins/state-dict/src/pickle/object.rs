//! The objects that a pickle may build, and the few names that it may ask for.

use std::sync::Arc;

use crate::elements::Elements;

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
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
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
    pub(super) objects: Vec<Object>,
    pub(super) root: Id,
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
        // Ids come from `Machine::push` alone, so they are always inside.
        self.objects.get(id).unwrap_or(&Object::None)
    }
}
