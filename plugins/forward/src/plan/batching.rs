//! How many samples may go through a network at once.
//!
//! A network that is stored for 64 samples usually runs on any number: its text says −1 in place of the batch. But
//! literal numbers may stand there too, and functions may mix samples. Such a network gets exactly as many samples as
//! it was stored for, as NNC always does.

use std::collections::HashSet;

use nnp::op::Loss;
use nnp::{Network, Op, VariableKind};

/// How many samples a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batching {
    /// Any number.
    Any,
    /// This many, no fewer and no more.
    Exactly(usize),
    /// One sample is the whole batch.
    Whole,
}

impl Batching {
    /// What the network allows that is stored for `stored` samples, for the part of it that leads to `wanted`.
    pub(super) fn of(network: &Network, stored: usize, wanted: &[&str]) -> Self {
        if scales(network, stored) && !mixes_samples(network, wanted) { Self::Any } else { Self::Exactly(stored) }
    }
}

/// Whether every shape follows the number of samples as it is declared to.
fn scales(network: &Network, stored: usize) -> bool {
    // Two numbers that no literal extent of the file stands for by chance.
    [1, stored.saturating_mul(2).saturating_add(1)].into_iter().all(|rows| {
        let Ok(shapes) = network.infer_shapes(rows) else { return false };
        network.variables.iter().filter(|variable| variable.kind == VariableKind::Buffer).all(|variable| {
            match (variable.shape_at(rows), shapes.get(&variable.name)) {
                (Some(declared), Some(found)) => declared == *found,
                // Declared and never used.
                (_, None) => true,
                (None, Some(_)) => false,
            }
        })
    })
}

/// Whether a result for one sample could depend on its neighbours in the batch. Errs on the side of yes.
fn mixes_samples(network: &Network, wanted: &[&str]) -> bool {
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
        | Op::WarpByGrid(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batching(functions: &str, extra: &str) -> Batching {
        let shape = "shape { dim: -1 dim: 2 dim: 3 }";
        let text = format!(
            "network {{ name: \"n\" batch_size: 4 variable {{ name: \"x\" type: \"Buffer\" {shape} }} {extra} \
             {functions} }}"
        );
        let model = nnp::nntxt::read(&text).unwrap();
        Batching::of(&model.networks[0], 4, &["y"])
    }

    fn buffer(name: &str, dims: &[i64]) -> String {
        let dims: String = dims.iter().map(|dim| format!(" dim: {dim}")).collect();
        format!("variable {{ name: \"{name}\" type: \"Buffer\" shape {{{dims} }} }}")
    }

    #[test]
    fn a_network_that_says_minus_one_everywhere_takes_any_number() {
        let relu = "function { name: \"f\" type: \"ReLU\" input: \"x\" output: \"y\" relu_param { } }";
        assert_eq!(batching(relu, &buffer("y", &[-1, 2, 3])), Batching::Any);
        assert_eq!(batching(relu, &buffer("y", &[4, 2, 3])), Batching::Exactly(4));
        let slice = "function { name: \"f\" type: \"Slice\" input: \"x\" output: \"y\" slice_param { start: 0 start: 1 \
                     start: 0 stop: 4 stop: 2 stop: 3 step: 1 step: 1 step: 1 } }";
        assert_eq!(batching(slice, &buffer("y", &[-1, 1, 3])), Batching::Any);
        let literal = "function { name: \"f\" type: \"Reshape\" input: \"x\" output: \"y\" reshape_param { shape { dim: \
                       4 dim: 6 } } }";
        assert_eq!(batching(literal, &buffer("y", &[-1, 6])), Batching::Exactly(4));
    }

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

    #[test]
    fn functions_that_mix_samples_get_the_stored_number() {
        let flip = |axis: i64| {
            let function = format!(
                "function {{ name: \"f\" type: \"Flip\" input: \"x\" output: \"y\" flip_param {{ axes: {axis} }} }}"
            );
            batching(&function, &buffer("y", &[-1, 2, 3]))
        };
        assert_eq!(flip(1), Batching::Any);
        assert_eq!(flip(-1), Batching::Any);
        assert_eq!(flip(0), Batching::Exactly(4));
        assert_eq!(flip(-3), Batching::Exactly(4));
        let normalization = |axis: i64| {
            let function = format!(
                "function {{ name: \"f\" type: \"LayerNormalization\" input: \"x\" output: \"y\" \
                 layer_normalization_param {{ batch_axis: {axis} eps: 1e-5 no_scale: true no_bias: true }} }}"
            );
            batching(&function, &buffer("y", &[-1, 2, 3]))
        };
        assert_eq!(normalization(0), Batching::Any);
        assert_eq!(normalization(1), Batching::Exactly(4));
        // A mean over everything that then meets every sample again.
        let mean = "function { name: \"m\" type: \"Mean\" input: \"x\" output: \"m\" mean_param { axes: 0 axes: 1 axes: \
                    2 keep_dims: true } } function { name: \"s\" type: \"Sub2\" input: \"x\" input: \"m\" output: \"y\" \
                    sub2_param { } }";
        let extra = format!("{} {}", buffer("m", &[1, 1, 1]), buffer("y", &[-1, 2, 3]));
        assert_eq!(batching(mean, &extra), Batching::Exactly(4));
    }
}
