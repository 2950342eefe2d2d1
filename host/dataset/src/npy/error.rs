//! What can be wrong with the bytes of a `.npy` file.

/// Why bytes are no array that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NpyError {
    /// The first bytes are others than those of every `.npy` file.
    NoSignature,
    /// A version of the format that is not known; 1, 2 and 3 are.
    Version(u8),
    /// The file ends inside its header.
    EndsInHeader,
    /// A header longer than any real one.
    HeaderTooLong {
        /// Bytes it claims to have.
        found: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A header that is not UTF-8.
    HeaderNotText,
    /// A header that is not the dictionary of `descr`, `fortran_order` and `shape`.
    MalformedHeader,
    /// Elements of a type that is no integer and no float of 1 to 8 bytes.
    ElementType(String),
    /// An array without values.
    Empty {
        /// Its shape.
        shape: Vec<usize>,
    },
    /// A shape of more bytes than a sample may have.
    TooLarge {
        /// The shape the header claims.
        shape: Vec<usize>,
        /// The most bytes that are read.
        limit: usize,
    },
    /// Fewer bytes of values than the shape needs.
    CutShort {
        /// Bytes there are.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
}
