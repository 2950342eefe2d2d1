//! What can be wrong with the files that hold parameters, `parameter.protobuf` and `parameter.h5`.

/// A defect of `parameter.protobuf`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProtobufError {
    /// Reading or writing failed, or the bytes ended early.
    #[error("byte {offset}: {reason}")]
    Io {
        /// Position from the start of the message.
        offset: u64,
        /// The cause.
        reason: std::io::Error,
    },
    /// The bytes end inside a field.
    #[error("byte {offset}: the data ends inside a field that needs {needed} more bytes; the file is cut short")]
    Truncated {
        /// Position from the start of the message.
        offset: u64,
        /// Bytes still needed.
        needed: u64,
    },
    /// A varint longer than 10 bytes, a key of field 0 or an unknown wire type.
    #[error("byte {offset}: {found} is not valid protobuf")]
    Malformed {
        /// Position from the start of the message.
        offset: u64,
        /// What was found.
        found: Malformation,
    },
    /// A field that claims to be longer than the message around it.
    #[error("byte {offset}: a field of {found} bytes does not fit into the {limit} bytes left of its message")]
    Overrun {
        /// Position from the start of the message.
        offset: u64,
        /// Bytes claimed.
        found: u64,
        /// Bytes available.
        limit: u64,
    },
    /// A field of another type than the schema says.
    #[error("byte {offset}: field {field} has wire type {found}, expected {expected}")]
    WireType {
        /// Position from the start of the message.
        offset: u64,
        /// Name of the field.
        field: &'static str,
        /// Type found.
        found: String,
        /// Type expected.
        expected: &'static str,
    },
    /// A parameter name that is not UTF-8.
    #[error("byte {offset}: a parameter name is not UTF-8")]
    NotUtf8 {
        /// Position from the start of the message.
        offset: u64,
    },
    /// Two parameters of the same name.
    #[error("byte {offset}: parameter \"{name}\" is stored twice")]
    Duplicate {
        /// Position from the start of the message.
        offset: u64,
        /// Name of the parameter.
        name: String,
    },
    /// A parameter with more or fewer values than its shape has places.
    #[error("parameter \"{name}\" has {found} values, its shape {shape:?} needs {}", needed(*.expected))]
    Length {
        /// Name of the parameter.
        name: String,
        /// Values found.
        found: usize,
        /// Its shape.
        shape: Vec<i64>,
        /// Values expected; none where they are too many to count.
        expected: Option<usize>,
    },
    /// More bytes than protobuf can hold in one message.
    #[error(
        "the parameters need {found} bytes, a protobuf message holds at most {limit}; \
         use fewer features or a smaller model"
    )]
    TooLarge {
        /// Bytes needed.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
}

/// Bytes that protobuf does not allow.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformation {
    /// Packed float32 data whose length is no multiple of 4.
    #[error("packed float32 data of {0} bytes")]
    PackedFloats(u64),
    /// A group.
    #[error("a group, which proto3 does not have")]
    Group,
    /// A varint that goes on for too long.
    #[error("a varint longer than 10 bytes")]
    LongVarint,
    /// Something that the decoder refused, in its words.
    #[error("{0}")]
    Encoding(String),
}

/// A defect of `parameter.h5`. Paths are those of groups and datasets in it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum H5Error {
    /// Not HDF5, cut short, damaged, or a feature that is not read.
    #[error("{path}: {reason}; the file is damaged or no HDF5 that nnabla writes")]
    Format {
        /// Nearest group or dataset.
        path: String,
        /// What the reader found.
        reason: String,
    },
    /// Pointers or sizes inside of the file that cannot all be true.
    #[error("{path}: the structure contradicts itself; the file is damaged or no HDF5 that nnabla writes")]
    Contradiction {
        /// Nearest group or dataset.
        path: String,
    },
    /// Groups nested too deeply.
    #[error("{path}: groups are nested deeper than {limit} levels")]
    TooDeep {
        /// Path of the group.
        path: String,
        /// Levels that are read.
        limit: usize,
    },
    /// An object that is reached on two paths, as in a group that contains itself.
    #[error("{path}: found on another path before; each group and dataset may have one place only")]
    LinkedTwice {
        /// The second path.
        path: String,
    },
    /// Two datasets whose paths read the same.
    #[error("{path}: this parameter is stored twice")]
    Duplicate {
        /// Path of both.
        path: String,
    },
    /// A dataset of anything but floats.
    #[error("{path}: the dataset holds {found}, expected float32 or float64")]
    DataType {
        /// Path of the dataset.
        path: String,
        /// Type found.
        found: H5Type,
    },
    /// A dataset that claims more values than the file can hold.
    #[error("{path}: a dataset of shape {shape:?} does not fit into a file of {size} bytes")]
    TooLarge {
        /// Path of the dataset.
        path: String,
        /// Shape claimed.
        shape: Vec<u64>,
        /// Bytes of the file.
        size: u64,
    },
    /// A dataset without an attribute that nnabla always writes.
    #[error("{path}: the dataset has no attribute \"{attribute}\"; nnabla writes one for each parameter")]
    NoAttribute {
        /// Path of the dataset.
        path: String,
        /// Name of the attribute.
        attribute: &'static str,
    },
    /// An attribute of the wrong type.
    #[error("{path}: attribute \"{attribute}\" is {found}, expected one whole number or Boolean")]
    AttributeType {
        /// Path of the dataset.
        path: String,
        /// Name of the attribute.
        attribute: &'static str,
        /// Type found.
        found: H5Type,
    },
}

/// What an HDF5 dataset or attribute holds.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)] // The words say it.
#[non_exhaustive]
pub enum H5Type {
    /// Numbers, such as `int32` or `float16`.
    #[error("{0}")]
    Number(String),
    #[error("a bit field")]
    BitField,
    #[error("an enumeration")]
    Enumeration,
    #[error("a string")]
    Text,
    #[error("a compound")]
    Compound,
    #[error("an array")]
    Array,
    #[error("values of variable length")]
    VariableLength,
    #[error("opaque bytes")]
    Opaque,
    #[error("a reference")]
    Reference,
}

/// The values that a shape needs, in words where they are too many to count.
pub(super) fn needed(values: Option<usize>) -> String {
    values.map_or_else(|| "more than can be counted".into(), |count| count.to_string())
}
