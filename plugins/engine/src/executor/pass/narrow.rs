//! Does not compute channels that are cut off again.
//!
//! Detectors keep the first channels of a tap. Where nothing else reads the tap, the cut moves up through element-wise
//! functions into the convolution that makes the channels, which then makes fewer.

use super::Graph;
use crate::{
    error::{EngineError, torch},
    executor::graph::Node,
};
use nnp::{
    Op,
    op::{BinaryKind, Slice, Unary},
};

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    // From the end, so that a cut that has moved up is seen again.
    let mut at = graph.nodes.len();
    while let Some(before) = at.checked_sub(1) {
        at = before;
        if let Some(moved) = kept(graph, at).map(|channels| move_up(graph, at, channels)).transpose()? {
            at = moved;
        }
    }
    Ok(())
}

/// How many channels node number `at` keeps, if that is all it does.
fn kept(graph: &Graph, at: usize) -> Option<usize> {
    let node = graph.nodes.get(at)?;
    let Op::Slice(Slice { start, stop, step }) = &node.op else { return None };
    let shape = graph.shapes.get(*node.inputs.first()?)?;
    let first = start.iter().all(|&start| start == 0) && step.iter().all(|&step| step == 1);
    let of_channels = shape.len() == 4
        && stop.len() == 4
        && stop.iter().zip(shape).enumerate().all(|(axis, (&stop, &extent))| axis == 1 || stop == extent as i64);
    let channels = usize::try_from(*stop.get(1)?).ok()?;
    (first && of_channels && channels < *shape.get(1)?).then_some(channels)
}

/// Moves cut number `at` up if it can; answers below which number the cuts are to be looked at next.
fn move_up(graph: &mut Graph, at: usize, channels: usize) -> Result<usize, EngineError> {
    let cut = graph.nodes[at].clone();
    let whole = cut.inputs[0];
    let made = graph.nodes[..at].iter().rposition(|node| node.outputs == [whole]);
    let Some(maker) = made.filter(|_| graph.uses()[whole] == 1) else { return Ok(at) };
    let mut node = graph.nodes[maker].clone();
    let like_whole = node.inputs.iter().all(|&id| graph.shapes[id] == graph.shapes[whole]);
    let mut cuts = Vec::new();
    match &node.op {
        Op::Convolution(op) if op.base_axis == 1 && op.group == 1 && !op.channel_last => {
            for id in node.inputs.iter_mut().skip(1) {
                let Some(all) = graph.constant(*id) else { return Ok(at) };
                let few = all.f_narrow(0, 0, channels as i64).map_err(torch("cutting a weight"))?;
                *id = graph.value(Some(few));
            }
        }
        op if like_whole && is_elementwise(op) => {
            for id in &mut node.inputs {
                let output = graph.value(None);
                graph.shapes[output] = graph.shapes[cut.outputs[0]].clone();
                cuts.push(Node { inputs: vec![*id], outputs: vec![output], ..cut.clone() });
                *id = output;
            }
        }
        _ => return Ok(at),
    }
    let next = maker + cuts.len();
    graph.nodes[at] = Node { outputs: cut.outputs, ..node };
    graph.nodes.splice(maker..=maker, cuts);
    Ok(next)
}

fn is_elementwise(op: &Op) -> bool {
    match op {
        Op::Unary(op) => matches!(op, Unary::Relu { .. } | Unary::Relu6 | Unary::Swish),
        Op::Binary(op) => op.kind == BinaryKind::Add2,
        _ => false,
    }
}
