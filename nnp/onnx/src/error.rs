//! What keeps a network from becoming an ONNX model.

use nnp::GraphError;

/// Why a network has no ONNX counterpart.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnnxError {
    /// The model has no network, or not the one that its executor names.
    #[error("the model has no network that could be run")]
    NoNetwork,
    /// The executor is not in the model.
    #[error("the model has no executor \"{executor}\"; it has {present}")]
    NoExecutor {
        /// The name asked for.
        executor: String,
        /// Names of the model's executors.
        present: String,
    },
    /// The network is damaged, or has a function whose shape is not known.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A function that ONNX's operators cannot express, or not in this form.
    #[error("function \"{function}\" ({type_name}) has no counterpart in ONNX: {detail}")]
    NoCounterpart {
        /// Name of the function.
        function: String,
        /// Its type.
        type_name: String,
        /// What is missing.
        detail: Missing,
    },
    /// A parameter without values.
    #[error("parameter \"{parameter}\" has no values in this model")]
    NoValues {
        /// Name of the parameter.
        parameter: String,
    },
    /// More than one file of protobuf can hold.
    #[error("the model would have {bytes} bytes, an ONNX file has at most {limit}; train with fewer features")]
    TooLarge {
        /// What it would have.
        bytes: u64,
        /// What a file of protobuf can have.
        limit: u64,
    },
}

/// What ONNX does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// The function itself.
    Function,
    /// The function for inputs that depend on the batch in this way.
    Batch,
    /// This combination of arguments.
    Arguments,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Function => "no operator does the same",
            Self::Batch => "its shape depends on the batch in more than one place",
            Self::Arguments => "no operator takes these arguments",
        })
    }
}
