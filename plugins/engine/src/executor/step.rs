//! The steps of a compiled network, with the last use of every value.

use nnp::Op;

use super::graph::{Graph, Id};

/// One function, ready to run.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) op: Op,
    /// Whether the arguments name the batch.
    pub(super) batched: bool,
    /// Whether the result may overwrite the first input.
    pub(super) in_place: bool,
    pub(super) inputs: Vec<Id>,
    pub(super) outputs: Vec<Id>,
    /// Values that are not needed after this step.
    pub(super) last_used: Vec<Id>,
}

/// The nodes of a graph as steps.
pub(super) fn steps(graph: &Graph) -> Vec<Step> {
    let mut needed = vec![false; graph.constants.len()];
    let mut need = |id: Id| needed.get_mut(id).is_some_and(|needed| !std::mem::replace(needed, true));
    for &id in &graph.wanted {
        need(id);
    }
    let mut steps: Vec<Step> = graph
        .nodes
        .iter()
        .rev()
        .map(|node| Step {
            name: node.name.clone(),
            op: node.op.clone(),
            batched: node.batched,
            in_place: node.in_place,
            inputs: node.inputs.clone(),
            outputs: node.outputs.clone(),
            // An output that is never read is released at once.
            last_used: node.outputs.iter().chain(&node.inputs).copied().filter(|&id| need(id)).collect(),
        })
        .collect();
    steps.reverse();
    steps
}
