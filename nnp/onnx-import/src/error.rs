//! What keeps an ONNX file from becoming a network.

use std::fmt;
use std::io;
use std::path::PathBuf;

use nnp::{GraphError, ShapeError};

/// Why an ONNX file was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The operating system refused, or it is no regular file, or too large.
    #[error("{path}: {reason}", path = path.display())]
    Io {
        /// File concerned.
        path: PathBuf,
        /// The cause.
        reason: io::Error,
    },
    /// Bytes that are no message of ONNX.
    #[error("it is no ONNX model: the bytes from {offset} on are none of its fields")]
    Malformed {
        /// Where the first byte is that does not fit.
        offset: usize,
    },
    /// More things than any model has.
    #[error("it lists more than {limit} nodes, names and numbers, which no model does")]
    TooMany {
        /// The most that are read.
        limit: usize,
    },
    /// A file without a graph, or with one that has no inputs or outputs.
    #[error("it has no graph with inputs and outputs")]
    NoGraph,
    /// Operators of a version that is not read.
    #[error("its operators are of version {found}; versions {least} to {most} are read")]
    Opset {
        /// What the file says; 0 where it says nothing.
        found: i64,
        /// The first version that is read.
        least: i64,
        /// The last one.
        most: i64,
    },
    /// An input without a shape.
    #[error("input \"{name}\" has no shape in the file; export it with one")]
    NoShape {
        /// Name of the input.
        name: String,
    },
    /// An input with a free extent behind the batch.
    #[error("input \"{name}\" has a free extent on axis {axis}; only the first one, the batch, may be free")]
    FreeAxis {
        /// Name of the input.
        name: String,
        /// The axis, counted from 0.
        axis: usize,
    },
    /// An input that is no array of numbers.
    #[error("input \"{name}\" has values of ONNX's type {data_type}, which are no numbers")]
    InputType {
        /// Name of the input.
        name: String,
        /// `TensorProto.DataType`.
        data_type: i64,
    },
    /// A value that is read and comes from nowhere, or only later.
    #[error("node \"{node}\" reads \"{value}\", which is no input, no constant and no output of a node before it")]
    UnknownValue {
        /// Name of the node, or `(outputs)`.
        node: String,
        /// Name of the value.
        value: String,
    },
    /// A value that two things make.
    #[error("the value \"{value}\" is made twice")]
    TwoProducers {
        /// Name of the value.
        value: String,
    },
    /// A constant whose values cannot be had.
    #[error("constant \"{name}\": {problem}")]
    Tensor {
        /// Name of the constant.
        name: String,
        /// What is wrong.
        problem: TensorProblem,
    },
    /// External data that cannot be read.
    #[error("constant \"{name}\": its values are in the file \"{location}\" beside the model: {reason}")]
    External {
        /// Name of the constant.
        name: String,
        /// The file, as the model names it.
        location: String,
        /// The cause.
        reason: io::Error,
    },
    /// More values than a network may have.
    #[error("its constants would take more than {limit} bytes of memory")]
    TooLarge {
        /// The most that they may take.
        limit: u64,
    },
    /// A node that no function does the same as.
    #[error("node \"{node}\" ({op_type}) has no counterpart: {lack}")]
    NoCounterpart {
        /// Name of the node.
        node: String,
        /// Its type.
        op_type: String,
        /// What is missing.
        lack: Lack,
    },
    /// A node whose inputs do not fit.
    #[error("node \"{node}\" ({op_type}): {reason}")]
    Shape {
        /// Name of the node.
        node: String,
        /// Its type.
        op_type: String,
        /// What does not fit, in the words of the function that it would become.
        reason: Box<ShapeError>,
    },
    /// A network that does not hold together.
    #[error("{0}")]
    Graph(Box<GraphError>),
}

impl From<GraphError> for ImportError {
    fn from(error: GraphError) -> Self {
        Self::Graph(Box::new(error))
    }
}

/// What NNP does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// The operator itself.
    Operator,
    /// Operators of this domain.
    Domain(String),
    /// The operator with this attribute, or this value of it.
    Attribute(String),
    /// The operator with this input, counted from 0, unless it is constant.
    Constant(usize),
    /// The operator without this input, counted from 0.
    Input(usize),
    /// The operator on arrays of these shapes or types.
    Arguments,
    /// The operator where its shape depends on the batch in this way.
    Batch,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("no function does the same"),
            Self::Domain(domain) => write!(f, "operators of \"{domain}\" are not read"),
            Self::Attribute(name) => write!(f, "no function does what its attribute \"{name}\" says"),
            Self::Constant(index) => write!(f, "its input {index} would have to be constant"),
            Self::Input(index) => write!(f, "its input {index} is missing"),
            Self::Arguments => f.write_str("no function does the same with inputs of these shapes and types"),
            Self::Batch => f.write_str("its shape depends on the batch in more than one place"),
        }
    }
}

/// What is wrong with a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorProblem {
    /// Values of a type that is not read.
    Type(i64),
    /// An extent below 0, or more values than can be counted.
    Shape,
    /// Another number of values than the shape says.
    Length {
        /// Bytes or values that are there.
        found: usize,
        /// Those that the shape asks for.
        expected: usize,
    },
    /// Values outside of the file, and no folder to look in.
    NoFolder,
    /// An offset or a length of external data that is no number.
    Place,
    /// External data that ends before the constant does.
    Ends,
}

impl fmt::Display for TensorProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(data_type) => write!(f, "values of ONNX's type {data_type} are not read"),
            Self::Shape => f.write_str("its extents are negative or too large"),
            Self::Length { found, expected } => {
                write!(f, "it has {found} values or bytes, its shape asks for {expected}")
            }
            Self::NoFolder => f.write_str("its values are outside of the model, which has no folder here"),
            Self::Place => f.write_str("the place of its values outside of the model is no number"),
            Self::Ends => f.write_str("the file with its values ends before they do"),
        }
    }
}
