//! Folds BatchNormalization into the convolution before it.
//!
//! y = (conv(x) − mean)·s + beta with s = gamma/√(variance + eps) is a convolution with W·s per output channel and the
//! bias (bias − mean)·s + beta. Both are computed in float64, so that only their last rounding differs.

use super::Graph;
use crate::{
    error::{EngineError, torch},
    executor::graph::Node,
};
use nnp::{
    Op,
    op::{BatchNormalization, Convolution},
};
use tch::{Kind, TchError, Tensor};

pub(super) fn run(graph: &mut Graph) -> Result<(), EngineError> {
    let uses = graph.uses();
    let mut producers = vec![None; uses.len()];
    let mut folded: Vec<Node> = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        let convolution = node.inputs.first().and_then(|&x| {
            let at: usize = (*producers.get(x)?)?;
            (uses.get(x) == Some(&1)).then_some(at)
        });
        if let (Op::BatchNormalization(normalization), Some(at)) = (&node.op, convolution)
            && let Some(Node { op: Op::Convolution(op), inputs, .. }) = folded.get(at)
            && let Some((weight, bias)) =
                fold(graph, op, inputs, normalization, &node.inputs).map_err(torch("folding batch normalisation"))?
        {
            let (weight, bias) = (graph.value(Some(weight)), graph.value(Some(bias)));
            if let Some(convolution) = folded.get_mut(at) {
                convolution.inputs = convolution.inputs.iter().take(1).copied().chain([weight, bias]).collect();
                convolution.outputs.clone_from(&node.outputs);
            }
            continue;
        }
        if let (Op::Convolution(_), Some(producer)) =
            (&node.op, node.outputs.first().and_then(|&y| producers.get_mut(y)))
        {
            *producer = Some(folded.len());
        }
        folded.push(node);
    }
    graph.nodes = folded;
    Ok(())
}

/// The new weight and bias; `None` where the two do not go together.
fn fold(
    graph: &Graph,
    convolution: &Convolution,
    convolution_inputs: &[usize],
    normalization: &BatchNormalization,
    normalization_inputs: &[usize],
) -> Result<Option<(Tensor, Tensor)>, TchError> {
    let spatial = i64::try_from(convolution.stride.len()).unwrap_or(i64::MAX);
    let channel_axis = convolution.base_axis + if convolution.channel_last { spatial } else { 0 };
    // With the statistics of the batch there is nothing to fold.
    if normalization.batch_stat || normalization.axes != [channel_axis] {
        return Ok(None);
    }
    let constants = |ids: &[usize]| ids.iter().skip(1).map(|&id| graph.constant(id)).collect::<Option<Vec<&Tensor>>>();
    let (Some(weights), Some(statistics)) = (constants(convolution_inputs), constants(normalization_inputs)) else {
        return Ok(None);
    };
    let mut statistics = statistics.into_iter();
    let beta = if normalization.no_bias { None } else { statistics.next() };
    let gamma = if normalization.no_scale { None } else { statistics.next() };
    let (Some(mean), Some(variance), Some(weight)) = (statistics.next(), statistics.next(), weights.first()) else {
        return Ok(None);
    };

    let double = |tensor: &Tensor| tensor.f_to_kind(Kind::Double)?.f_reshape([-1]);
    let deviation = double(variance)?.f_add_scalar(f64::from(normalization.eps))?.f_sqrt()?;
    let scale = match gamma {
        Some(gamma) => double(gamma)?.f_div(&deviation)?,
        None => deviation.f_reciprocal()?,
    };
    let shift = match weights.get(1) {
        Some(bias) => double(bias)?.f_sub(&double(mean)?)?,
        None => double(mean)?.f_neg()?,
    };
    let shift = shift.f_mul(&scale)?;
    let shift = match beta {
        Some(beta) => shift.f_add(&double(beta)?)?,
        None => shift,
    };
    // Output channels are the first axis of W in both layouts.
    let per_output: Vec<i64> = (0..weight.dim()).map(|axis| if axis == 0 { -1 } else { 1 }).collect();
    let weight = weight.f_to_kind(Kind::Double)?.f_mul(&scale.f_reshape(per_output)?)?;
    Ok(Some((weight.f_to_kind(Kind::Float)?, shift.f_to_kind(Kind::Float)?)))
}
