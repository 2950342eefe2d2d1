//! How each function type works on (B, C, H, W) where the file has (B, H, W, C).

use super::Layout;
use nnp::{
    Op,
    op::{Broadcast, Pad, Reduce, Reshape, Slice, Transpose},
};

/// Axis of the file for each axis of (B, C, H, W).
pub(super) const TO_CHANNELS_FIRST: [usize; 4] = [0, 3, 1, 2];
/// Axis of (B, C, H, W) for each axis of the file.
pub(super) const TO_STORED: [usize; 4] = [0, 2, 3, 1];

/// An input of a function.
pub(super) struct Input<'a> {
    /// Shape in the file.
    pub(super) shape: &'a [usize],
    pub(super) is_parameter: bool,
    /// Whether it is an image that is there as (B, C, H, W).
    pub(super) channels_first: bool,
}

/// What becomes of a function.
pub(super) enum Rule {
    /// It runs with these arguments, inputs and outputs.
    Apply { op: Op, inputs: Vec<Layout>, output: Layout },
    /// Its output is its input, seen in another order.
    Nothing { input: Layout, output: Layout },
    /// It cannot be rewritten; says why.
    Refuse(String),
}

/// Whether the function type is told to expect channels last.
pub(super) fn wants_channels_last(op: &Op) -> bool {
    match op {
        Op::Convolution(op) => op.channel_last,
        Op::Deconvolution(op) => op.channel_last,
        Op::Pooling(op) => op.channel_last,
        Op::Unpooling(op) => op.channel_last,
        Op::Interpolate(op) => op.channel_last,
        _ => false,
    }
}

/// The rule for a function with these inputs, whose first output has the shape `output` in the file.
pub(super) fn of(op: &Op, inputs: &[Input<'_>], output: &[usize]) -> Rule {
    if wants_channels_last(op) {
        return channels_last(op, inputs);
    }
    let converted = match op {
        Op::Transpose(op) => transpose(op, inputs),
        Op::Reshape(_) => reshape(inputs, output),
        _ if inputs.iter().any(|input| input.channels_first) => with_images(op, inputs, output),
        _ => None,
    };
    converted.unwrap_or_else(|| Rule::Apply {
        op: op.clone(),
        inputs: vec![Layout::Stored; inputs.len()],
        output: Layout::Stored,
    })
}

/// Functions that want channels last themselves.
fn channels_last(op: &Op, inputs: &[Input<'_>]) -> Rule {
    let rank = inputs.first().map_or(0, |input| input.shape.len());
    if rank != 4 {
        return Rule::Refuse(format!(
            "it wants channels last of {rank} axes; only (B, H, W, C) can be made channel-first"
        ));
    }
    let mut op = op.clone();
    let base_axis = match &mut op {
        Op::Convolution(op) => {
            op.channel_last = false;
            std::mem::replace(&mut op.base_axis, 1)
        }
        Op::Deconvolution(op) => {
            op.channel_last = false;
            std::mem::replace(&mut op.base_axis, 1)
        }
        Op::Pooling(op) => {
            op.channel_last = false;
            rank_of_batch(rank, op.kernel.len())
        }
        Op::Unpooling(op) => {
            op.channel_last = false;
            rank_of_batch(rank, op.kernel.len())
        }
        Op::Interpolate(op) => {
            op.channel_last = false;
            rank_of_batch(rank, op.output_size.len())
        }
        _ => 1,
    };
    if ![1, 1 - signed(rank)].contains(&base_axis) {
        return Rule::Refuse(format!("it has {base_axis} axes of batch; only (B, H, W, C) can be made channel-first"));
    }
    // Weights are (O, rows, columns, I), in the order of images; a bias has one axis.
    let inputs = inputs.iter().map(|input| layout(input.shape.len() == 4)).collect();
    Rule::Apply { op, inputs, output: Layout::ChannelsFirst }
}

/// Batch axes of a function with `spatial` axes in its window and one of channels.
fn rank_of_batch(rank: usize, spatial: usize) -> i64 {
    signed(rank) - signed(spatial) - 1
}

/// Functions with at least one image that is (B, C, H, W) here; `None` where they have to run in the order of the file.
fn with_images(op: &Op, inputs: &[Input<'_>], output: &[usize]) -> Option<Rule> {
    let first = inputs.first()?;
    let images = inputs.iter().all(|input| input.shape.len() == 4);
    let mut op = op.clone();
    let mut layouts = vec![Layout::ChannelsFirst; inputs.len()];
    let mut result = Layout::ChannelsFirst;
    match &mut op {
        Op::Unary(_) | Op::Scalar(_) | Op::Dropout(_) => {}
        Op::Binary(_) => {
            // What broadcasts with fewer axes is aligned at the channels, which is where they are in the file.
            if !inputs.iter().all(|input| input.shape.len() == 4 || input.is_parameter && input.shape.len() < 4) {
                return None;
            }
        }
        Op::BatchNormalization(op) if images => op.axes = axes(&op.axes)?,
        Op::FusedBatchNormalization(op) if images => op.axes = axes(&op.axes)?,
        Op::Concatenate(op) if images => op.axis = axis(op.axis)?,
        Op::Softmax(op) => op.axis = axis(op.axis)?,
        Op::CRelu(op) => op.axis = axis(op.axis)?,
        Op::PRelu(op) if first.channels_first => {
            op.base_axis = axis(op.base_axis)?;
            layouts = vec![Layout::ChannelsFirst, Layout::Stored];
        }
        Op::Reduce(op) => result = reduce(op)?,
        Op::Pad(op) => pad(op)?,
        Op::Slice(op) => slice(op, first.shape)?,
        Op::Broadcast(op) if output.len() == 4 => *op = Broadcast { shape: moved(output) },
        Op::Affine(op) if first.channels_first && is_point(first.shape) && op.base_axis == 1 => {
            layouts = vec![Layout::Stored; inputs.len()];
            *layouts.first_mut()? = Layout::ChannelsFirst;
            result = Layout::Stored;
        }
        _ => return None,
    }
    Some(Rule::Apply { op, inputs: layouts, output: result })
}

/// Reduces over the moved axes. Without `keep_dims` what is left has to be in the order of the file.
fn reduce(op: &mut Reduce) -> Option<Layout> {
    if op.with_index || op.only_index {
        return None;
    }
    op.axes = axes(&op.axes)?;
    if op.keep_dims {
        return Some(Layout::ChannelsFirst);
    }
    let left: Vec<usize> = (0..4).filter(|&at| !op.axes.contains(&signed(at))).collect();
    let stored: Vec<usize> = left.iter().filter_map(|&at| TO_CHANNELS_FIRST.get(at).copied()).collect();
    stored.is_sorted().then_some(Layout::Stored)
}

fn pad(op: &mut Pad) -> Option<()> {
    let mut pairs = [[0; 2]; 4];
    let given = op.pad_width.chunks_exact(2);
    if !given.remainder().is_empty() || given.len() > 4 {
        return None;
    }
    for (to, from) in pairs.iter_mut().rev().zip(given.rev()) {
        to.copy_from_slice(from);
    }
    op.pad_width = moved_pairs(&pairs);
    // The batch is not padded, nor the channels as a rule: they need not be named.
    while op.pad_width.len() > 4 && op.pad_width.starts_with(&[0, 0]) {
        op.pad_width.drain(..2);
    }
    Some(())
}

fn moved_pairs(pairs: &[[i64; 2]; 4]) -> Vec<i64> {
    TO_CHANNELS_FIRST.iter().filter_map(|&from| pairs.get(from)).flatten().copied().collect()
}

fn slice(op: &mut Slice, shape: &[usize]) -> Option<()> {
    let missing = 4_usize.checked_sub(op.start.len())?;
    let whole = shape.get(..missing)?;
    let all = |leading: Vec<i64>, given: &[i64]| -> Vec<i64> {
        let all = [leading, given.to_vec()].concat();
        TO_CHANNELS_FIRST.iter().filter_map(|&from| all.get(from).copied()).collect()
    };
    op.start = all(vec![0; missing], &op.start);
    op.stop = all(whole.iter().map(|&extent| signed(extent)).collect(), &op.stop);
    op.step = all(vec![1; missing], &op.step);
    Some(())
}

/// A Transpose of an image is often only a change of what the file calls its axes.
fn transpose(op: &Transpose, inputs: &[Input<'_>]) -> Option<Rule> {
    let input = inputs.first().filter(|input| input.shape.len() == 4)?;
    let axes: Vec<usize> = op.axes.iter().map(|&axis| from_start(axis)).collect::<Option<_>>()?;
    if input.channels_first {
        let moved: Vec<usize> = axes.iter().filter_map(|&axis| TO_STORED.get(axis).copied()).collect();
        return Some(if moved == [0, 1, 2, 3] {
            Rule::Nothing { input: Layout::ChannelsFirst, output: Layout::Stored }
        } else {
            let op = Transpose { axes: moved.into_iter().map(signed).collect() }.into();
            Rule::Apply { op, inputs: vec![Layout::ChannelsFirst], output: Layout::Stored }
        });
    }
    let back: Vec<usize> = TO_CHANNELS_FIRST.iter().filter_map(|&axis| axes.get(axis).copied()).collect();
    (back == [0, 1, 2, 3]).then_some(Rule::Nothing { input: Layout::Stored, output: Layout::ChannelsFirst })
}

/// A Reshape from or to images of one pixel, whose elements have the same order with channels first and last.
fn reshape(inputs: &[Input<'_>], output: &[usize]) -> Option<Rule> {
    let input = inputs.first()?;
    let from = match input.channels_first {
        true if is_point(input.shape) => Layout::ChannelsFirst,
        true => return None,
        false => Layout::Stored,
    };
    let (shape, to) = if is_point(output) {
        (moved(output), Layout::ChannelsFirst)
    } else {
        (output.iter().map(|&extent| signed(extent)).collect(), Layout::Stored)
    };
    Some(Rule::Apply { op: Reshape::new(shape).into(), inputs: vec![from], output: to })
}

/// Whether a shape of the file is (B, 1, 1, C).
fn is_point(shape: &[usize]) -> bool {
    matches!(shape, [_, 1, 1, _])
}

fn layout(is_image: bool) -> Layout {
    if is_image { Layout::ChannelsFirst } else { Layout::Stored }
}

/// A shape of the file as (B, C, H, W).
fn moved(shape: &[usize]) -> Vec<i64> {
    TO_CHANNELS_FIRST.iter().filter_map(|&from| shape.get(from)).map(|&extent| signed(extent)).collect()
}

/// An axis of four, counted from the start.
fn from_start(axis: i64) -> Option<usize> {
    usize::try_from(if axis < 0 { axis + 4 } else { axis }).ok().filter(|&axis| axis < 4)
}

/// An axis of the file as one of (B, C, H, W).
fn axis(axis: i64) -> Option<i64> {
    TO_STORED.get(from_start(axis)?).map(|&axis| signed(axis))
}

fn axes(stored: &[i64]) -> Option<Vec<i64>> {
    stored.iter().map(|&stored| axis(stored)).collect()
}

pub(super) fn signed(extent: usize) -> i64 {
    i64::try_from(extent).unwrap_or(i64::MAX)
}
