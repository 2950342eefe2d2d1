//! Whether the samples of a batch are kept apart by a network.

use std::collections::HashSet;

use nnp::op::Loss;
use nnp::{Network, Op};

/// Whether a result for one sample could depend on its neighbours in the batch. Errs on the side of yes.
pub fn mixes_samples(network: &Network, wanted: &[&str]) -> bool {
    let Ok(order) = network.topological() else { return true };
    // Values with the batch as their first axis; those that depend on parameters alone have none.
    let mut batched: HashSet<&str> = network.inputs().map(|variable| variable.name.as_str()).collect();
    let mut mixing: HashSet<&str> = HashSet::new();
    for function in order.iter().filter_map(|&index| network.functions.get(index)) {
        if !function.inputs.iter().any(|input| batched.contains(input.as_str())) {
            continue;
        }
        let rank = |name: &String| network.variable(name).map_or(0, |variable| variable.shape.len());
        let of_first = function.inputs.first().map_or(0, rank);
        let mixes = touches_first_axis(&function.op, of_first)
            || function.inputs.iter().any(|input| mixing.contains(input.as_str()));
        for output in &function.outputs {
            batched.insert(output);
            if mixes {
                mixing.insert(output);
            }
        }
    }
    wanted.iter().any(|name| mixing.contains(name))
}

/// Whether the function moves or combines elements along the first axis of an input of `rank` axes. What is not known to
/// keep samples apart counts as mixing them.
fn touches_first_axis(op: &Op, rank: usize) -> bool {
    let first = |axis: i64| axis == 0 || axis.checked_add_unsigned(rank as u64) == Some(0);
    match op {
        Op::Reduce(op) => op.axes.is_empty() || op.axes.iter().any(|&axis| first(axis)),
        Op::Norm(op) => op.axes.is_empty() || op.axes.iter().any(|&axis| first(axis)),
        Op::Softmax(op) => first(op.axis),
        Op::Flip(op) => op.axes.iter().any(|&axis| first(axis)),
        Op::Concatenate(op) => first(op.axis),
        Op::Stack(op) => op.axis == 0 || op.axis.checked_add_unsigned(rank as u64 + 1) == Some(0),
        Op::Split(op) => first(op.axis),
        Op::Transpose(op) => op.axes.first().is_some_and(|&axis| !first(axis)),
        Op::Tile(op) => op.reps.len() >= rank && op.reps.iter().rev().nth(rank.saturating_sub(1)) != Some(&1),
        Op::Affine(op) => first(op.base_axis),
        Op::BinaryConnectAffine(op) => first(op.base_axis),
        Op::BinaryWeightAffine(op) => first(op.base_axis),
        Op::BinaryConnectConvolution(op) => first(op.base_axis),
        Op::BinaryWeightConvolution(op) => first(op.base_axis),
        Op::VatNoise(op) => first(op.base_axis),
        // The picture is the last axes.
        Op::ImageAugmentation(op) => rank <= op.shape.len().max(2),
        Op::Convolution(op) => first(op.base_axis),
        Op::DepthwiseConvolution(op) => first(op.base_axis),
        Op::Deconvolution(op) => first(op.base_axis),
        Op::DepthwiseDeconvolution(op) => first(op.base_axis),
        // Windows over the last axes, which may be all there are.
        Op::Pooling(op) => rank <= op.kernel.len() + usize::from(op.channel_last),
        Op::Unpooling(op) => rank <= op.kernel.len() + usize::from(op.channel_last),
        Op::Interpolate(op) => rank <= op.output_size.len() + usize::from(op.channel_last),
        Op::TopKData(op) => first(op.base_axis),
        Op::CRelu(op) => first(op.axis),
        Op::CElu(op) => first(op.axis),
        Op::Accumulate(op) => first(op.axis),
        Op::Sort(op) => first(op.axis),
        Op::Gather(op) => first(op.axis),
        Op::GatherNd(_) | Op::Meshgrid(_) => true,
        Op::Shift(op) => op.shifts.len() == rank && op.shifts.first() != Some(&0),
        Op::NormNormalization(op) => op.axes.is_empty() || op.axes.iter().any(|&axis| first(axis)),
        Op::BatchNormalization(op) => op.batch_stat || op.axes.iter().any(|&axis| first(axis)),
        Op::FusedBatchNormalization(op) => op.batch_stat || op.axes.iter().any(|&axis| first(axis)),
        Op::SampleNormalization(op) => !op.batch_axis.iter().any(|&axis| first(axis)),
        Op::WeightStandardization(op) => !first(op.channel_axis),
        Op::MeanSubtraction(op) => op.update_running_mean || first(op.base_axis),
        // The batch is an axis of the matrices themselves.
        Op::BatchMatmul(_) => rank <= 2,
        Op::Loss(op) => match *op {
            Loss::SoftmaxCrossEntropy { axis }
            | Loss::CategoricalCrossEntropy { axis }
            | Loss::TopNError { axis, .. }
            | Loss::KLMultinomial { base_axis: axis } => first(axis),
            Loss::EpsilonInsensitive { .. } | Loss::Huber { .. } => false,
        },
        // One that is not written from the first sample on may take its rows from anywhere.
        Op::Slice(op) => op.start.len() == rank && (op.start.first() != Some(&0) || op.step.first() != Some(&1)),
        Op::Pad(op) => op.pad_width.len() >= 2 * rank && op.pad_width.iter().take(2).any(|&width| width != 0),
        // The first extent is the batch, or the samples are cut differently.
        Op::Reshape(op) => op.shape.first() != Some(&-1),
        // Numbers along the last axis belong together.
        Op::OneHot(_) | Op::MatrixDiag(_) => rank <= 1,
        Op::MatrixDiagPart(_) => rank <= 2,
        Op::GlobalAveragePooling(_)
        | Op::Unary(_)
        | Op::PRelu(_)
        | Op::Dropout(_)
        | Op::Binary(_)
        | Op::Scalar(_)
        | Op::AddN(_)
        | Op::MulN(_)
        | Op::Where(_)
        | Op::Embed(_)
        | Op::Broadcast(_)
        | Op::BroadcastTo(_)
        | Op::AffineGrid(_)
        | Op::RandomErase(_)
        | Op::RandomFlip(_)
        | Op::RandomShift(_)
        | Op::WarpByGrid(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_keep_samples_apart_mixes_them() {
        let unknown = Op::Other { type_name: "Novel".into(), arguments: nnp::text::Message::default() };
        assert!(touches_first_axis(&unknown, 4));
        assert!(!touches_first_axis(&nnp::op::AddN.into(), 4));
        let convolution = nnp::op::Convolution::new([1, 1], [1, 1], 1);
        assert!(!touches_first_axis(&convolution.clone().into(), 4));
        assert!(touches_first_axis(&nnp::op::Convolution { base_axis: 0, ..convolution }.into(), 3));
        let enlarged = Op::from(nnp::op::Unpooling::square(2));
        assert!(!touches_first_axis(&enlarged, 4));
        assert!(touches_first_axis(&enlarged, 2), "the batch is a row of the picture");
    }
}
