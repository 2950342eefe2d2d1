//! Feature extractors: networks with three taps at 56×56, 28×28 and 14×14.
//!
//! A backbone is an NNP graph wherever it came from, cut down to what its taps need. It can be run as it is
//! ([`Backbone::network`]) or added to a network that is being built ([`Backbone::attach`]), so that a trained detector is
//! stored whole.

mod archive;
mod channels_first;
mod efficientnet_lite;
mod imagenet;
mod known;
mod onnx;
mod resnet;
mod weights;

use crate::error::EngineError;
use nnp::{Network, NetworkBuilder, Op, Parameter, Parameters, Value};
use std::path::Path;

pub use onnx::{Normalization, OnnxBackbone};

/// Height and width of the input image.
pub const IMAGE_SIZE: usize = 224;
/// Shape of one input image: channels, height, width; values 0 to 255.
pub const IMAGE_SHAPE: [usize; 3] = [3, IMAGE_SIZE, IMAGE_SIZE];
/// Height and width of each tap, in the order of layers.
pub const TAP_SIZES: [usize; 3] = [56, 28, 14];

/// Name of the input variable of [`Backbone::network`].
pub const INPUT: &str = "x";
/// Names of the tapped variables of [`Backbone::network`], in the order of layers.
pub const LAYERS: [&str; 3] = ["layer1", "layer2", "layer3"];

/// An output of a backbone that features are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// Type of the function that gives it, such as `ReLU`.
    pub function: String,
    /// Channels, height, width.
    pub shape: [usize; 3],
    /// Whether the file that the backbone was read from has it as height, width, channels.
    pub channels_last: bool,
}

impl Tap {
    /// NNC's log line about the first `kept` channels of this tap as layer `layer`, counted from 1 (NNC contract 5.5).
    pub fn line(&self, kept: usize, layer: usize) -> String {
        let [c, h, w] = self.shape;
        let stored = if self.channels_last { [h, w, c] } else { [c, h, w] };
        let [a, b, c] = stored;
        let function = &self.function;
        format!("Use ({kept}, {h}, {w}) of the output of {function} of shape ({a}, {b}, {c}) as layer {layer}")
    }
}

/// A feature extractor for images of [`IMAGE_SHAPE`] with values 0 to 255.
#[derive(Debug)]
pub struct Backbone {
    network: Network,
    parameters: Parameters,
    taps: [Tap; 3],
}

/// A graph from one of the sources: its builder, the tapped values, and the types of the functions that give them.
struct Built {
    builder: NetworkBuilder,
    taps: [Value; 3],
    functions: [String; 3],
    /// Whether the graph was channel-last where it came from.
    channels_last: bool,
}

impl Backbone {
    /// Opens the model that a user calls `model`, whose weights or NNP lie in `file`: what is not known by name is told by
    /// what is in the file. The graph is saved for `batch_size` rows.
    ///
    /// # Errors
    /// Weights that belong to another model, and an NNP that is no backbone.
    pub fn open(model: &str, file: &Path, batch_size: usize) -> Result<Self, EngineError> {
        known::build(model, file, batch_size)?.finish()
    }

    /// Opens the ONNX file `file`; `wanted` says what it does not say itself.
    ///
    /// # Errors
    /// A file that is no network of ONNX with a counterpart in NNP, or no backbone.
    pub fn of_onnx(file: &Path, wanted: &OnnxBackbone, batch_size: usize) -> Result<Self, EngineError> {
        onnx::build(file, wanted, batch_size)?.finish()
    }

    /// Whether a file is one for [`of_onnx`](Self::of_onnx), by its name.
    pub fn is_onnx(file: &Path) -> bool {
        onnx::is_onnx(file)
    }

    /// Adds the backbone to a network that is being built and returns its taps, layer 1 first. `x` is (B, 3, 224, 224).
    ///
    /// # Errors
    /// When names of parameters are taken there, or `x` has another shape.
    pub fn attach(&self, builder: &mut NetworkBuilder, x: Value) -> Result<[Value; 3], EngineError> {
        let taps = builder.import(&self.network, &self.parameters, &[(INPUT, x)], &LAYERS)?;
        <[Value; 3]>::try_from(taps).map_err(|taps| EngineError::Variable {
            network: self.network.name.clone(),
            what: "variable",
            name: LAYERS.join(", "),
            problem: format!("gave {} values", taps.len()),
        })
    }

    /// What features are taken from, layer 1 first.
    pub fn taps(&self) -> &[Tap; 3] {
        &self.taps
    }

    /// The graph from [`INPUT`] to [`LAYERS`].
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The parameters of the graph.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

impl Built {
    fn finish(self) -> Result<Backbone, EngineError> {
        let Self { mut builder, taps, functions, channels_last } = self;
        let shapes = taps.map(|tap| match builder.shape(tap) {
            [_, channels, height, width] => [*channels, *height, *width],
            _ => [0; 3],
        });
        for (tap, name) in taps.into_iter().zip(LAYERS) {
            builder.name(tap, name);
        }
        let model = builder.finish(&taps, true)?;
        let network = model.networks.into_iter().next().unwrap_or_default();
        let mut parameters = model.parameters;
        mark_statistics(&network, &mut parameters);
        let [first, second, third] = functions;
        let taps = [(first, shapes[0]), (second, shapes[1]), (third, shapes[2])];
        let taps = taps.map(|(function, shape)| Tap { function, shape, channels_last });
        Ok(Backbone { network, parameters, taps })
    }
}

/// Running means and variances are no parameters that a solver updates.
fn mark_statistics(network: &Network, parameters: &mut Parameters) {
    let normalizations = network.functions.iter().filter(|f| matches!(f.op, Op::BatchNormalization(_)));
    for name in normalizations.flat_map(|function| function.inputs.iter().skip(3)) {
        if let Some(parameter) = parameters.get(name).filter(|parameter| parameter.need_grad) {
            let parameter = Parameter { need_grad: false, ..parameter.clone() };
            parameters.insert(parameter);
        }
    }
}

#[cfg(test)]
mod tests;
