//! The same values elsewhere: slices, borders, repeats, other shapes, and arrays from a rule.

use nnp::op::{BroadcastTo, Flip, Pad, PadMode, Sequence, Slice, Split, Stack, Tile, Transpose};

use super::call::Call;
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

pub(super) fn transpose(graph: &mut Graph, call: &Call<'_>, op: &Transpose) -> String {
    let axes: Vec<i64> = op.axes.iter().map(|&axis| call.axis(axis)).collect();
    graph.op("Transpose", &[call.input(0)], &[("perm", Value::Ints(&axes))])
}

pub(super) fn stack(graph: &mut Graph, call: &Call<'_>, op: &Stack) -> String {
    // The new axis counts among those of the output.
    let axis = if op.axis < 0 { op.axis + call.rank() + 1 } else { op.axis };
    let at = graph.integers(&[axis]);
    let inputs: Vec<String> = call.inputs().iter().map(|input| graph.op("Unsqueeze", &[input, &at], &[])).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    graph.op("Concat", &inputs, &[("axis", Value::Int(axis))])
}

pub(super) fn split(graph: &mut Graph, call: &Call<'_>, op: &Split) -> Result<Vec<String>, OnnxError> {
    let axis = call.axis(op.axis);
    let extent = usize::try_from(axis).ok().and_then(|at| call.shape(0).get(at).copied());
    let Some(Extent::Fixed(extent)) = extent else { return Err(call.missing(Missing::Batch)) };
    let count = usize::try_from(extent).unwrap_or(0);
    let attributes = [("axis", Value::Int(axis)), ("num_outputs", Value::Int(extent))];
    let parts = graph.ops("Split", &[call.input(0)], &attributes, count);
    let at = graph.integers(&[axis]);
    Ok(parts.iter().map(|part| graph.op("Squeeze", &[part, &at], &[])).collect())
}

pub(super) fn slice(graph: &mut Graph, call: &Call<'_>, op: &Slice) -> Result<String, OnnxError> {
    let shape = call.shape(0);
    // Extents that depend on the batch are taken whole or not at all.
    let concrete: Vec<usize> = shape
        .iter()
        .map(|extent| match extent {
            Extent::Fixed(extent) => usize::try_from(*extent).unwrap_or(0),
            Extent::Batch(times) => usize::try_from(times * call.batch()).unwrap_or(0),
        })
        .collect();
    let ranges = op.ranges(&concrete).map_err(|_| call.missing(Missing::Arguments))?;
    let (mut starts, mut stops, mut axes, mut steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (axis, ((first, step, count), (&extent, whole))) in
        (0_i64..).zip(ranges.into_iter().zip(shape.iter().zip(concrete)))
    {
        if (first, step, count) == (0, 1, whole) {
            continue;
        }
        if matches!(extent, Extent::Batch(_)) {
            return Err(call.missing(Missing::Batch));
        }
        let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        let stop = number(first) + step * number(count);
        starts.push(number(first));
        // Beyond the first element there is no stop to name but one that lies before all.
        stops.push(if stop < 0 { i64::MIN + 1 } else { stop });
        axes.push(axis);
        steps.push(step);
    }
    if axes.is_empty() {
        return Ok(call.input(0).to_owned());
    }
    let [starts, stops, axes, steps] = [starts, stops, axes, steps].map(|values| graph.integers(&values));
    Ok(graph.op("Slice", &[call.input(0), &starts, &stops, &axes, &steps], &[]))
}

pub(super) fn flip(graph: &mut Graph, call: &Call<'_>, op: &Flip) -> String {
    let mut axes: Vec<i64> = op.axes.iter().map(|&axis| call.axis(axis)).collect();
    axes.sort_unstable();
    axes.dedup();
    let all = |value: i64| vec![value; axes.len()];
    let (starts, stops, steps) = (all(-1), all(i64::MIN + 1), all(-1));
    let [starts, stops, axes, steps] = [starts, stops, axes, steps].map(|values| graph.integers(&values));
    graph.op("Slice", &[call.input(0), &starts, &stops, &axes, &steps], &[])
}

pub(super) fn pad(graph: &mut Graph, call: &Call<'_>, op: &Pad) -> String {
    let (pairs, _) = op.pad_width.as_chunks::<2>();
    let outer = call.shape(0).len().saturating_sub(pairs.len());
    let side = |at: usize| vec![0; outer].into_iter().chain(pairs.iter().map(move |pair| pair[at]));
    let widths: Vec<i64> = side(0).chain(side(1)).collect();
    let widths = graph.integers(&widths);
    let mode = match op.mode {
        PadMode::Constant => "constant",
        PadMode::Reflect => "reflect",
        PadMode::Repeat => "edge",
    };
    let value = graph.scalar(f64::from(op.constant_value));
    let inputs: &[&str] =
        if op.mode == PadMode::Constant { &[call.input(0), &widths, &value] } else { &[call.input(0), &widths] };
    graph.op("Pad", inputs, &[("mode", Value::Text(mode))])
}

pub(super) fn broadcast(graph: &mut Graph, call: &Call<'_>) -> Result<String, OnnxError> {
    expand(graph, call, call.input(0), call.shape(0))
}

pub(super) fn broadcast_to(graph: &mut Graph, call: &Call<'_>, op: &BroadcastTo) -> Result<String, OnnxError> {
    let (rank, second) = (call.shape(0).len(), call.shape(1));
    let start = op.start(rank, second.len()).ok_or_else(|| call.missing(Missing::Arguments))?;
    let mut shape = vec![Extent::Fixed(1); start];
    shape.extend_from_slice(second);
    shape.resize(rank, Extent::Fixed(1));
    let y = call.reshape(graph, call.input(1), &shape)?;
    expand(graph, call, &y, &shape)
}

/// Repeats `x` of shape `from` to the shape of the output.
fn expand(graph: &mut Graph, call: &Call<'_>, x: &str, from: &[Extent]) -> Result<String, OnnxError> {
    let wanted = call.output_shape(0);
    let missing = wanted.len().saturating_sub(from.len());
    // An extent that is there already may be given as 1, so a batch that `x` has needs not be known.
    let extents = wanted.iter().enumerate().map(|(at, extent)| {
        let present = at.checked_sub(missing).and_then(|at| from.get(at));
        if present == Some(extent) { Extent::Fixed(1) } else { *extent }
    });
    let shape = call.shape_value(graph, &extents.collect::<Vec<_>>())?;
    Ok(graph.op("Expand", &[x, &shape], &[]))
}

pub(super) fn tile(graph: &mut Graph, call: &Call<'_>, op: &Tile) -> Result<String, OnnxError> {
    let rank = call.shape(0).len();
    let mut x = call.input(0).to_owned();
    let mut reps = vec![1; rank.saturating_sub(op.reps.len())];
    reps.extend_from_slice(&op.reps);
    if reps.len() > rank {
        let mut shape = vec![Extent::Fixed(1); reps.len() - rank];
        shape.extend_from_slice(call.shape(0));
        x = call.reshape(graph, &x, &shape)?;
    }
    let reps = graph.integers(&reps);
    Ok(graph.op("Tile", &[&x, &reps], &[]))
}

pub(super) fn constant(graph: &mut Graph, call: &Call<'_>, value: f32) -> Result<String, OnnxError> {
    let value = graph.scalar(f64::from(value));
    let shape = call.shape_value(graph, call.output_shape(0))?;
    Ok(graph.op("Expand", &[&value, &shape], &[]))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "arrays are float32")]
pub(super) fn sequence(graph: &mut Graph, call: &Call<'_>, op: &Sequence) -> Result<String, OnnxError> {
    let &[Extent::Fixed(count)] = call.output_shape(0) else { return Err(call.missing(Missing::Batch)) };
    super::check_made(count)?;
    let (start, step) = match *op {
        Sequence::Arange { start, step, .. } => (start, step),
        Sequence::Linspace { start, stop, num } => (start, (stop - start) / (num - 1).max(1) as f64),
    };
    let values: Vec<f32> = (0..count).map(|at| (start + step * at as f64) as f32).collect();
    Ok(graph.floats(&[count], &values))
}
