//! Which functions of a backbone are tapped (NNC contract 6.2).

use super::{Images, TAP_SIZES};
use nnp::{Executor, Function, Network, Variable};
use std::collections::{HashMap, HashSet};

/// For each size, the last function in forward order whose type starts with `ReLU` and that gives that size.
pub(super) fn find<'a>(
    network: &'a Network,
    executor: Option<&Executor>,
    images: Images,
) -> Result<[(&'a Function, &'a Variable); 3], String> {
    let variables: HashMap<&str, &Variable> = network.variables.iter().map(|v| (v.name.as_str(), v)).collect();
    let mut last = [None; 3];
    let mut sizes = Vec::new();
    for function in forward_order(network, &outputs(network, executor)) {
        let output = function.outputs.first().and_then(|name| variables.get(name.as_str()));
        let Some((variable, &[_, a, b, c])) = output.map(|variable| (*variable, variable.shape.as_slice())) else {
            continue;
        };
        let (height, width) = match images {
            Images::Plain => (b, c),
            Images::C1 => (a, b),
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

/// Names of the variables that a network is run for.
fn outputs<'a>(network: &'a Network, executor: Option<&Executor>) -> Vec<&'a str> {
    let named = executor.map(|executor| executor.output_variables.as_slice()).unwrap_or_default();
    if named.is_empty() {
        network.outputs().map(|variable| variable.name.as_str()).collect()
    } else {
        named.iter().filter_map(|output| network.variable(&output.variable_name)).map(|v| v.name.as_str()).collect()
    }
}

/// The functions that `outputs` need, in the order in which nnabla visits them: depth first, inputs before the function
/// itself.
pub(super) fn forward_order<'a>(network: &'a Network, outputs: &[&str]) -> Vec<&'a Function> {
    let producers: HashMap<&str, (usize, &Function)> = network
        .functions
        .iter()
        .enumerate()
        .flat_map(|(index, function)| function.outputs.iter().map(move |name| (name.as_str(), (index, function))))
        .collect();
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
