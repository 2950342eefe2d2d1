//! Everything that can go wrong between a file and a feature.

use crate::device::DeviceError;
use nnc_state_dict::{pickle::PickleError, safetensors::SafetensorsError};
use std::path::PathBuf;

/// Why the engine refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A device that cannot be had.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// An NNP that cannot be read.
    #[error(transparent)]
    Nnp(#[from] nnp::NnpError),
    /// A network that does not hold together.
    #[error(transparent)]
    Graph(#[from] nnp::GraphError),
    /// A state dict that cannot be read.
    #[error(transparent)]
    Pickle(#[from] PickleError),
    /// A safetensors file that cannot be read.
    #[error(transparent)]
    Safetensors(#[from] SafetensorsError),
    /// Weights with tensors that the model does not have.
    #[error("{path}: tensor \"{name}\"{more} is none of {model}; is this the right file?", path = path.display(),
        more = if *others == 0 { String::new() } else { format!(" (and {others} more)") })]
    UnexpectedTensor {
        /// File concerned.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// Key of the first such tensor.
        name: String,
        /// How many more there are.
        others: usize,
    },
    /// Weights of another architecture than their name says.
    #[error("{path}: holds {found}, {model} is {expected}", path = path.display())]
    Architecture {
        /// File concerned.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// What the shapes of its tensors tell.
        found: String,
        /// What the name stands for.
        expected: String,
    },
    /// Weights of an architecture that is not known.
    #[error(
        "{path}: its tensors ({example}, ...) are those of no known architecture, expected a ResNet of torchvision or an \
         EfficientNet-Lite0",
        path = path.display()
    )]
    UnknownWeights {
        /// File concerned.
        path: PathBuf,
        /// Key of one of its tensors.
        example: String,
    },
    /// Weights that lack a tensor of the model.
    #[error("{path}: no tensor \"{name}\", which {model} needs; is this the right file?", path = path.display())]
    MissingTensor {
        /// File concerned.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// Key of the tensor.
        name: String,
    },
    /// Weights with a tensor of another shape than the model has.
    #[error("{path}: tensor \"{name}\" has shape {found:?}, {model} expects {expected:?}", path = path.display())]
    TensorShape {
        /// File concerned.
        path: PathBuf,
        /// Name of the model.
        model: String,
        /// Key of the tensor.
        name: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape of the model.
        expected: Vec<usize>,
    },
    /// An NNP that is not a backbone.
    #[error("{path}: {reason}", path = path.display())]
    NotBackbone {
        /// File concerned.
        path: PathBuf,
        /// What was found and what was expected.
        reason: String,
    },
    /// A ratio of features that keeps none of a layer.
    #[error(
        "parameter `feature_ratio` is {ratio}, which keeps none of the {all} channels of layer {layer}; use at least {:.4}",
        // Rounded up, so that the suggested value works.
        (1e4 / *all as f64).ceil() / 1e4
    )]
    NoChannels {
        /// The ratio.
        ratio: f64,
        /// Channels of the layer.
        all: usize,
        /// Its number, counted from 1.
        layer: usize,
    },
    /// A model without a network.
    #[error("the model holds no network")]
    NoNetwork,
    /// A model of another kind of detector.
    #[error("the model has no output {output}: it is no model of a detector; its outputs are {}", outputs.join(", "))]
    NoOutput {
        /// Name of the output.
        output: String,
        /// The outputs there are.
        outputs: Vec<String>,
    },
    /// A variable that is not in the network, or a parameter without values.
    #[error("network \"{network}\": {what} \"{name}\" {problem}")]
    Variable {
        /// Name of the network.
        network: String,
        /// `variable`, `parameter` or `input`.
        what: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with it, as the end of a sentence.
        problem: String,
    },
    /// A function that cannot be run.
    #[error("function \"{function}\" of type {type_name} cannot be run: {reason}")]
    Unsupported {
        /// Name of the function.
        function: String,
        /// Its type.
        type_name: String,
        /// Why.
        reason: String,
    },
    /// A function that failed while it ran.
    #[error("function \"{function}\" of type {type_name} failed: {reason}")]
    Function {
        /// Name of the function.
        function: String,
        /// Its type.
        type_name: String,
        /// libtorch's words, first line.
        reason: String,
    },
    /// Input of another shape than the network has.
    #[error("input \"{name}\" has shape {found:?}, the network expects {expected:?} after the batch axis")]
    Input {
        /// Name of the input.
        name: String,
        /// Shape given.
        found: Vec<i64>,
        /// Shape of one sample.
        expected: Vec<i64>,
    },
    /// Bytes that do not fill the images they are said to be.
    #[error("{found} bytes for {images} images of {shape:?}")]
    Image {
        /// Bytes given.
        found: usize,
        /// Images.
        images: usize,
        /// Channels, height, width.
        shape: [usize; 3],
    },
    /// An engine that is not known, or cannot be had.
    #[error("{reason}")]
    Engine {
        /// Which, why, and what to do.
        reason: String,
    },
    /// libtorch or ONNX Runtime failed outside of any function.
    #[error("{action} failed: {reason}")]
    Torch {
        /// What was tried.
        action: &'static str,
        /// The library's words, first line.
        reason: String,
    },
}

/// libtorch's message without the C++ stack under it.
pub(crate) fn first_line(error: &tch::TchError) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("Internal torch error: ").to_owned()
}

/// For `map_err`: a failure of libtorch during `action`.
pub(crate) fn torch(action: &'static str) -> impl Fn(tch::TchError) -> EngineError {
    move |error| EngineError::Torch { action, reason: first_line(&error) }
}
