//! A backbone from an NNP: which network, which input, which functions are tapped (NNC contract 6.1, 6.2).

use super::{Built, IMAGE_SHAPE, INPUT, TAP_SIZES};
use crate::error::EngineError;
use nnp::{Executor, Function, Model, Network, NetworkBuilder, Value, Variable};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

/// Name of the executor and end of the name of the network that are meant for inference.
const RUNTIME: &str = "runtime";

/// Reads `path` and cuts the graph at its taps.
pub(super) fn build(path: &Path, batch_size: usize) -> Result<Built, EngineError> {
    let model = nnp::archive::read(path)?;
    let refuse = |reason: String| EngineError::NotBackbone { path: path.to_owned(), reason };
    let (network, executor) = choose(&model).map_err(refuse)?;
    let input = input(network, executor).map_err(refuse)?;
    let taps = taps(network, executor).map_err(refuse)?;

    let mut builder = NetworkBuilder::new("backbone", batch_size);
    let x = builder.input(INPUT, &IMAGE_SHAPE);
    let names = taps.each_ref().map(|(_, variable)| variable.name.as_str());
    let values = builder.import(network, &model.parameters, &[(&input.name, x)], &names)?;
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
    Ok(Built { builder, taps: values, functions })
}

/// The network that is meant for inference, and its executor if there is one.
fn choose(model: &Model) -> Result<(&Network, Option<&Executor>), String> {
    let executor = match model.executors.as_slice() {
        [only] => Some(only),
        many => many.iter().find(|executor| executor.name.eq_ignore_ascii_case(RUNTIME)),
    };
    if let Some(executor) = executor {
        let network = model.network(&executor.network_name).ok_or_else(|| {
            format!("executor \"{}\" names network \"{}\", which is not there", executor.name, executor.network_name)
        })?;
        return Ok((network, Some(executor)));
    }
    let network = match model.networks.as_slice() {
        [only] => Some(only),
        many => many.iter().find(|network| network.name.to_ascii_lowercase().ends_with(RUNTIME)),
    };
    network.map(|network| (network, None)).ok_or_else(|| {
        let names: Vec<&str> = model.networks.iter().map(|network| network.name.as_str()).collect();
        format!("found networks [{}], expected one, or one whose name ends with \"Runtime\"", names.join(", "))
    })
}

/// The one input, once it is known to take images in a layout that we can run.
fn input<'a>(network: &'a Network, executor: Option<&Executor>) -> Result<&'a Variable, String> {
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
        [_, 3, 224, 224] => Ok(input),
        [_, 224, 224, 4] => Err(format!(
            "input \"{}\" is (B, 224, 224, 4): channel-last backbones (C1) are not supported yet, expected (B, 3, 224, 224)",
            input.name
        )),
        found => Err(format!("input \"{}\" has shape {found:?}, expected (B, 3, 224, 224)", input.name)),
    }
}

/// For each size, the last function in forward order whose type starts with `ReLU` and that gives that size.
fn taps<'a>(network: &'a Network, executor: Option<&Executor>) -> Result<[(&'a Function, &'a Variable); 3], String> {
    let variables: HashMap<&str, &Variable> = network.variables.iter().map(|v| (v.name.as_str(), v)).collect();
    let mut last = [None; 3];
    let mut sizes = Vec::new();
    for function in forward_order(network, executor) {
        let output = function.outputs.first().and_then(|name| variables.get(name.as_str()));
        let Some((variable, &[_, _, height, width])) = output.map(|variable| (*variable, variable.shape.as_slice()))
        else {
            continue;
        };
        if !function.op.type_name().starts_with("ReLU") {
            continue;
        }
        sizes.push(format!("{height}x{width}"));
        for (slot, size) in last.iter_mut().zip(TAP_SIZES) {
            if usize::try_from(height) == Ok(size) && usize::try_from(width) == Ok(size) {
                *slot = Some((function, variable));
            }
        }
    }
    let [Some(first), Some(second), Some(third)] = last else {
        let missing = last.iter().zip(TAP_SIZES).find(|(tap, _)| tap.is_none()).map_or(0, |(_, size)| size);
        sizes.dedup();
        let (name, found) = (&network.name, sizes.join(", "));
        return Err(format!("network \"{name}\" has no ReLU output of {missing}x{missing}, found [{found}]"));
    };
    Ok([first, second, third])
}

/// Functions in the order in which nnabla visits them: depth first from the outputs, inputs before the function itself.
fn forward_order<'a>(network: &'a Network, executor: Option<&Executor>) -> Vec<&'a Function> {
    let producers: HashMap<&str, (usize, &Function)> = network
        .functions
        .iter()
        .enumerate()
        .flat_map(|(index, function)| function.outputs.iter().map(move |name| (name.as_str(), (index, function))))
        .collect();
    let named = executor.map(|executor| executor.output_variables.as_slice()).unwrap_or_default();
    let outputs: Vec<&str> = if named.is_empty() {
        network.outputs().map(|variable| variable.name.as_str()).collect()
    } else {
        named.iter().filter_map(|output| network.variable(&output.variable_name)).map(|v| v.name.as_str()).collect()
    };
    let mut order = Vec::with_capacity(network.functions.len());
    let mut seen = HashSet::new();
    // Each entry is a function and the number of its inputs that have been followed: deep networks need no deep stack.
    let mut open: Vec<(&Function, usize)> = Vec::new();
    for output in outputs {
        let enter = |name: &str, seen: &mut HashSet<usize>| {
            producers.get(name).filter(|(index, _)| seen.insert(*index)).map(|(_, function)| (*function, 0))
        };
        open.extend(enter(output, &mut seen));
        while let Some((function, followed)) = open.last_mut() {
            if let Some(input) = function.inputs.get(*followed) {
                *followed += 1;
                open.extend(enter(input, &mut seen));
            } else {
                order.push(*function);
                open.pop();
            }
        }
    }
    order
}
