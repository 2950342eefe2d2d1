//! Sum, Mean, Prod, Max, Min and Norm over axes, and running sums.

use nnp::op::{Accumulate, Norm, Reduce, ReduceKind};

use super::call::{Call, product};
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

pub(super) fn reduce(graph: &mut Graph, call: &Call<'_>, op: &Reduce) -> Result<Vec<String>, OnnxError> {
    let name = match op.kind {
        ReduceKind::Sum => "ReduceSum",
        ReduceKind::Mean => "ReduceMean",
        ReduceKind::Prod => "ReduceProd",
        ReduceKind::Max => "ReduceMax",
        ReduceKind::Min => "ReduceMin",
    };
    let axes: Vec<i64> = op.axes.iter().map(|&axis| call.axis(axis)).collect();
    let mut outputs = Vec::new();
    if !op.only_index {
        outputs.push(over(graph, name, call.input(0), &axes, op.keep_dims));
    }
    if op.with_index || op.only_index {
        outputs.push(place(graph, call, op, &axes, outputs.len())?);
    }
    Ok(outputs)
}

fn over(graph: &mut Graph, name: &str, x: &str, axes: &[i64], keep: bool) -> String {
    let attributes = [("keepdims", Value::Int(keep.into())), ("noop_with_empty_axes", Value::Int(1))];
    let axes = graph.integers(axes);
    graph.op(name, &[x, &axes], &attributes)
}

/// Where the extreme element is, counted over the reduced axes together.
fn place(graph: &mut Graph, call: &Call<'_>, op: &Reduce, axes: &[i64], output: usize) -> Result<String, OnnxError> {
    let mut reduced = axes.to_vec();
    reduced.sort_unstable();
    let kept: Vec<i64> = (0..call.rank()).filter(|axis| !reduced.contains(axis)).collect();
    let extent = |axis: &i64| {
        let at = usize::try_from(*axis).unwrap_or(usize::MAX);
        call.shape(0).get(at).copied().unwrap_or(Extent::Fixed(1))
    };
    let order = [kept.as_slice(), &reduced].concat();
    let turned = graph.op("Transpose", &[call.input(0)], &[("perm", Value::Ints(&order))]);
    let mut flat: Vec<Extent> = kept.iter().map(extent).collect();
    let within: Vec<Extent> = reduced.iter().map(extent).collect();
    flat.push(product(&within).ok_or_else(|| call.missing(Missing::Batch))?);
    let flat = call.reshape(graph, &turned, &flat)?;
    let name = if op.kind == ReduceKind::Min { "ArgMin" } else { "ArgMax" };
    let place = graph.op(name, &[&flat], &[("axis", Value::Int(-1)), ("keepdims", Value::Int(0))]);
    let number = graph.number(&place);
    call.reshape(graph, &number, call.output_shape(output))
}

pub(super) fn norm(graph: &mut Graph, call: &Call<'_>, op: &Norm) -> String {
    let axes: Vec<i64> = op.axes.iter().map(|&axis| call.axis(axis)).collect();
    let x = call.input(0);
    let order = if op.p == 0.0 { 2.0 } else { f64::from(op.p) };
    if axes.is_empty() {
        graph.op("Abs", &[x], &[])
    } else if order == 2.0 {
        over(graph, "ReduceL2", x, &axes, op.keep_dims)
    } else if order == 1.0 {
        over(graph, "ReduceL1", x, &axes, op.keep_dims)
    } else {
        let size = graph.op("Abs", &[x], &[]);
        let power = graph.scalar(order);
        let raised = graph.op("Pow", &[&size, &power], &[]);
        let sum = over(graph, "ReduceSum", &raised, &axes, op.keep_dims);
        let root = graph.scalar(1.0 / order);
        graph.op("Pow", &[&sum, &root], &[])
    }
}

pub(super) fn accumulate(graph: &mut Graph, call: &Call<'_>, op: &Accumulate) -> Result<String, OnnxError> {
    let axis = graph.integers(&[call.axis(op.axis)]);
    let axis = call.reshape(graph, &axis, &[])?;
    let flags = [("exclusive", Value::Int(op.exclusive.into())), ("reverse", Value::Int(op.reverse.into()))];
    Ok(graph.op("CumSum", &[call.input(0), &axis], &flags))
}
