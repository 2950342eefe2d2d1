//! A backbone from an NNP: which network, which input, and what is done about its layout (NNC contract 6.1).
//!
//! NNC's own backbones ("C1") take (B, 224, 224, 4), scaled outside of the network, with a fourth channel of zeros.

mod taps;
mod zero_channel;

use super::{
    Built, IMAGE_SHAPE, INPUT, TAP_SIZES,
    channels_first::{self, Layout, Rewriter},
};
use crate::error::EngineError;
use nnp::{
    Executor, Model, Network, NetworkBuilder, Parameters, Value, Variable,
    op::{Pad, PadMode, Scalar, ScalarKind},
};
use std::path::Path;

/// Name of the executor and end of the name of the network that are meant for inference.
const RUNTIME: &str = "runtime";

/// What the input of a C1 backbone is multiplied by, and what is added then.
const C1_SCALE: (f64, f64) = (0.01735, -1.99);

/// How a network takes images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Images {
    /// (B, 3, 224, 224), 0 to 255.
    Plain,
    /// (B, 224, 224, 4), scaled.
    C1,
}

/// Reads `path` and cuts the graph at its taps.
pub(super) fn build(path: &Path, batch_size: usize) -> Result<Built, EngineError> {
    let Model { networks, executors, parameters, .. } = nnp::archive::read(path)?;
    let refuse = |reason: String| EngineError::NotBackbone { path: path.to_owned(), reason };
    let (network, executor) = choose(&networks, &executors).map_err(refuse)?;
    let (input, images) = input(network, executor).map_err(refuse)?;
    let taps = taps::find(network, executor, images).map_err(refuse)?;

    let mut builder = NetworkBuilder::new("backbone", batch_size);
    let x = builder.input(INPUT, &IMAGE_SHAPE);
    let names = taps.each_ref().map(|(_, variable)| variable.name.as_str());
    let values = match images {
        Images::C1 => c1(&mut builder, network, parameters, (&input.name, x), names)?,
        Images::Plain if channels_first::has_channels_last(network) => {
            let shape = builder.shape(x).to_vec();
            let mut rewriter = Rewriter::new(&mut builder, network, parameters);
            rewriter.bind_input(&input.name, x, Layout::Stored, shape);
            rewriter.rewrite(&taps::forward_order(network, &names), &names, Layout::Stored)?
        }
        Images::Plain => builder.import(network, &parameters, &[(&input.name, x)], &names)?,
    };
    let values = <[Value; 3]>::try_from(values).map_err(|_| refuse("two taps are the same variable".into()))?;
    for ((value, size), (function, variable)) in values.iter().zip(TAP_SIZES).zip(&taps) {
        let found = builder.shape(*value);
        if !matches!(found, [rows, _, height, width] if (*rows, *height, *width) == (batch_size, size, size)) {
            return Err(refuse(format!(
                "function \"{}\" gives {found:?} for {batch_size} images, variable \"{}\" is declared as {:?}",
                function.name, variable.name, variable.shape
            )));
        }
    }
    let functions = taps.each_ref().map(|(function, _)| function.op.type_name().to_owned());
    Ok(Built { builder, taps: values, functions, channels_last: images == Images::C1 })
}

/// Adds a C1 network with channels first, behind the scaling that NNC does outside of it.
fn c1<'a>(
    builder: &mut NetworkBuilder,
    network: &'a Network,
    mut parameters: Parameters,
    (input, x): (&'a str, Value),
    names: [&'a str; 3],
) -> Result<Vec<Value>, EngineError> {
    let x = builder.apply(Scalar::new(ScalarKind::MulScalar, C1_SCALE.0), &[x])?;
    let mut x = builder.apply(Scalar::new(ScalarKind::AddScalar, C1_SCALE.1), &[x])?;
    let without = zero_channel::remove(network, &mut parameters, input);
    if without.is_none() {
        let zeros = Pad { pad_width: vec![0, 1, 0, 0, 0, 0], mode: PadMode::Constant, constant_value: 0.0 };
        x = builder.apply(zeros, &[x])?;
    }
    let network = without.as_ref().unwrap_or(network);
    let stored = match *builder.shape(x) {
        [batch, channels, height, width] => vec![batch, height, width, channels],
        ref other => other.to_vec(),
    };
    let mut rewriter = Rewriter::new(builder, network, parameters);
    rewriter.bind_input(input, x, Layout::ChannelsFirst, stored);
    rewriter.rewrite(&taps::forward_order(network, &names), &names, Layout::ChannelsFirst)
}

/// The network that is meant for inference, and its executor if there is one.
fn choose<'a>(
    networks: &'a [Network],
    executors: &'a [Executor],
) -> Result<(&'a Network, Option<&'a Executor>), String> {
    let executor = match executors {
        [only] => Some(only),
        many => many.iter().find(|executor| executor.name.eq_ignore_ascii_case(RUNTIME)),
    };
    if let Some(executor) = executor {
        let network = networks.iter().find(|network| network.name == executor.network_name).ok_or_else(|| {
            format!("executor \"{}\" names network \"{}\", which is not there", executor.name, executor.network_name)
        })?;
        return Ok((network, Some(executor)));
    }
    let network = match networks {
        [only] => Some(only),
        many => many.iter().find(|network| network.name.to_ascii_lowercase().ends_with(RUNTIME)),
    };
    network.map(|network| (network, None)).ok_or_else(|| {
        let names: Vec<&str> = networks.iter().map(|network| network.name.as_str()).collect();
        format!("found networks [{}], expected one, or one whose name ends with \"Runtime\"", names.join(", "))
    })
}

/// The one input, once it is known to take images.
fn input<'a>(network: &'a Network, executor: Option<&Executor>) -> Result<(&'a Variable, Images), String> {
    let bound = executor.map(|executor| executor.data_variables.as_slice()).unwrap_or_default();
    let inputs: Vec<&Variable> = if bound.is_empty() {
        network.inputs().collect()
    } else {
        bound.iter().filter_map(|data| network.variable(&data.variable_name)).collect()
    };
    let [input] = inputs.as_slice() else {
        return Err(format!("network \"{}\" has {} inputs, expected one image", network.name, inputs.len()));
    };
    match input.shape.as_slice() {
        [_, 3, 224, 224] => Ok((input, Images::Plain)),
        [_, 224, 224, 4] => Ok((input, Images::C1)),
        found => Err(format!(
            "input \"{}\" has shape {found:?}, expected (B, 3, 224, 224) or, with channels last, (B, 224, 224, 4)",
            input.name
        )),
    }
}
