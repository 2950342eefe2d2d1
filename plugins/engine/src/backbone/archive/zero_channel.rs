//! The fourth channel of a C1 input, which is zero: convolutions need not read it.

use nnp::{Function, Network, Op, Parameter, Parameters};

/// Channels that carry an image.
const CHANNELS: usize = 3;

/// A copy of the network whose `input` has three channels, with the weights that read the fourth cut to fit; `None` where
/// something else than plain convolutions reads the input.
pub(super) fn remove(network: &Network, parameters: &mut Parameters, input: &str) -> Option<Network> {
    let readers: Vec<&Function> = network.functions.iter().filter(|function| reads(function, input)).collect();
    let weights: Vec<&str> = readers.iter().map(|function| weight(function, input)).collect::<Option<_>>()?;
    let shared = network.functions.iter().filter(|function| !reads(function, input));
    let shared = shared.flat_map(|function| &function.inputs).any(|name| weights.contains(&name.as_str()));
    if shared || weights.is_empty() {
        return None;
    }
    let cut = weights.iter().map(|name| parameters.get(name).and_then(cut)).collect::<Option<Vec<Parameter>>>()?;
    let mut network = network.clone();
    for variable in &mut network.variables {
        if variable.name == input || weights.contains(&variable.name.as_str()) {
            *variable.shape.last_mut()? = CHANNELS.try_into().ok()?;
        }
    }
    for parameter in cut {
        parameters.insert(parameter);
    }
    Some(network)
}

fn reads(function: &Function, name: &str) -> bool {
    function.inputs.iter().any(|input| input == name)
}

/// The weight of a convolution of the image in one group.
fn weight<'a>(function: &'a Function, input: &str) -> Option<&'a str> {
    match (&function.op, function.inputs.as_slice()) {
        (Op::Convolution(op), [x, weight, ..]) if op.channel_last && op.group == 1 && x == input => Some(weight),
        _ => None,
    }
}

/// (O, rows, columns, 4) without the last of the four.
fn cut(parameter: &Parameter) -> Option<Parameter> {
    let [outputs, rows, columns, channels] = *parameter.shape.as_slice() else { return None };
    if channels != CHANNELS + 1 {
        return None;
    }
    let data = parameter.data.chunks_exact(channels).flat_map(|place| place.iter().take(CHANNELS)).copied().collect();
    Some(Parameter { shape: vec![outputs, rows, columns, CHANNELS], data, ..parameter.clone() })
}
