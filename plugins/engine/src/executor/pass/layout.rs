//! Chooses the order of elements in memory.
//!
//! libtorch runs a convolution with channels innermost when its weight is stored that way, keeps that order through what
//! follows, and is faster with it on a CPU: a 1×1 convolution is one matrix product, and a depthwise one reads neighbours.
//! Shapes stay as they are; only strides change.

use super::Graph;
use crate::error::{EngineError, torch};
use nnp::Op;
use tch::{Device, TchError, Tensor};

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    if graph.device != Device::Cpu {
        return Ok(());
    }
    let mut weights: Vec<usize> = graph
        .nodes
        .iter()
        .filter(|node| matches!(&node.op, Op::Convolution(op) if !op.channel_last))
        .filter_map(|node| node.inputs.get(1).copied())
        .collect();
    weights.sort_unstable();
    weights.dedup();
    for id in weights {
        if let Some(Some(weight)) = graph.constants.get_mut(id)
            && weight.dim() == 4
        {
            *weight = channels_innermost(weight).map_err(torch("storing a weight"))?;
        }
    }
    Ok(())
}

fn channels_innermost(weight: &Tensor) -> Result<Tensor, TchError> {
    weight.f_permute([0_i64, 2, 3, 1].as_slice())?.f_contiguous()?.f_permute([0_i64, 3, 1, 2].as_slice())
}
