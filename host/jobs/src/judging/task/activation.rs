//! The function that an output of a network comes from, as far as the model tells it.

use std::path::Path;

use nnp::{Model, Network};

/// Functions that say what their values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    /// Shares of classes that exclude each other.
    Softmax,
    /// A share of its own.
    Sigmoid,
}

/// The function behind the output that the table calls `column`; `None` for another one, and for a model that is no NNP.
pub(super) fn activation_of(model: &Path, column: &str) -> Option<Activation> {
    // What is wrong with the file is for those who need all of it.
    let model = nnp::archive::read_graph(model).ok()?;
    let (network, variable) = output_of(&model, column)?;
    let function = network.functions.iter().find(|function| function.outputs.iter().any(|name| name == variable))?;
    match function.op.type_name() {
        "Softmax" => Some(Activation::Softmax),
        "Sigmoid" => Some(Activation::Sigmoid),
        _ => None,
    }
}

/// The network and the variable behind a column.
fn output_of<'a>(model: &'a Model, column: &'a str) -> Option<(&'a Network, &'a str)> {
    if model.executors.is_empty() {
        return Some((model.networks.first()?, column));
    }
    model.executors.iter().find_map(|executor| {
        let output = executor.output_variables.iter().find(|output| output.data_name == column)?;
        Some((model.network(&executor.network_name)?, output.variable_name.as_str()))
    })
}
