//! Everything that can be wrong with a state dict file.

use std::path::PathBuf;

/// A state dict that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = path.display())]
pub struct PickleError {
    /// File concerned.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: ContainerError,
}

/// What can be wrong with a state dict file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// The operating system refused.
    #[error("cannot read: {source}")]
    Io {
        /// The cause.
        source: std::io::Error,
    },
    /// A file too large to be a backbone.
    #[error("the file has {found} bytes, expected at most {limit}")]
    TooLarge {
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Neither a zip nor a file that starts with PyTorch's magic number.
    #[error("not a PyTorch file: it starts with neither a zip header nor the magic number of torch.save")]
    NotPyTorch,
    /// A container version that is not known.
    #[error("{what} is {found}, expected {expected}")]
    Version {
        /// Field of the container.
        what: &'static str,
        /// Value found.
        found: String,
        /// Value expected.
        expected: &'static str,
    },
    /// The bytes end inside something.
    #[error("byte {offset}: the file ends inside {what}; it is cut short, fetch it again")]
    Truncated {
        /// Position in the file or, in a zip, in its `data.pkl`.
        offset: usize,
        /// What was being read.
        what: &'static str,
    },
    /// An instruction that a dict of tensors does not need.
    #[error(
        "byte {offset}: pickle instruction {found}, which no dict of tensors needs; save only `model.state_dict()`"
    )]
    Opcode {
        /// Position in the file or, in a zip, in its `data.pkl`.
        offset: usize,
        /// Its name in Python's `pickletools`, or its code.
        found: String,
    },
    /// An object that the file wants to import.
    #[error("byte {offset}: the file asks for {found}, which no dict of tensors needs; save only `model.state_dict()`")]
    Global {
        /// Position in the file or, in a zip, in its `data.pkl`.
        offset: usize,
        /// Module and name.
        found: String,
    },
    /// A pickle with more instructions than a state dict needs.
    #[error("a pickle in the file has more than {limit} instructions, expected a dict of tensors only")]
    TooLong {
        /// Instructions that are run.
        limit: usize,
    },
    /// An instruction whose operands do not fit.
    #[error("byte {offset}: {found} where {expected} was expected")]
    Operand {
        /// Position in the file or, in a zip, in its `data.pkl`.
        offset: usize,
        /// What was found.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A file that holds something else than a dict.
    #[error("the file holds {found}, expected a dict of tensors; save only `model.state_dict()`")]
    NotStateDict {
        /// What was found.
        found: &'static str,
    },
    /// An entry that is not a tensor.
    #[error("entry \"{name}\" is {found}, expected a tensor; save only `model.state_dict()`")]
    NotTensor {
        /// Key of the entry.
        name: String,
        /// What was found.
        found: &'static str,
    },
    /// A tensor whose sizes or strides leave its storage.
    #[error(
        "tensor \"{name}\": offset {offset}, shape {shape:?} and strides {strides:?} do not fit into a storage of {count}"
    )]
    Bounds {
        /// Key of the tensor.
        name: String,
        /// First element.
        offset: i64,
        /// Extents.
        shape: Vec<i64>,
        /// Steps between elements.
        strides: Vec<i64>,
        /// Elements of the storage.
        count: usize,
    },
    /// A tensor whose storage is not in the file or has another size there.
    #[error("storage \"{key}\" {found}, expected {expected} bytes")]
    Storage {
        /// Its key.
        key: String,
        /// What was found, as the end of a sentence.
        found: String,
        /// Bytes that the tensors claim.
        expected: usize,
    },
    /// Tensors that add up to more values than the file has bytes.
    #[error(
        "tensor \"{name}\" brings the file to more values than its {limit} bytes can hold; the strides repeat values"
    )]
    Amplified {
        /// Key of the tensor that goes too far.
        name: String,
        /// Bytes of the file.
        limit: usize,
    },
    /// A zip that cannot be read.
    #[error("the zip cannot be read: {reason}")]
    Zip {
        /// The zip reader's words.
        reason: String,
    },
}
