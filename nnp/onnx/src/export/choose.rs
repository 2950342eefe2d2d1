//! Elements picked by index, by size or by a condition.

use nnp::op::{Gather, OneHot, Sort, TopKData};

use super::call::{Call, product};
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

pub(super) fn embed(graph: &mut Graph, call: &Call<'_>) -> String {
    let places = graph.indices(call.input(0));
    graph.op("Gather", &[call.input(1), &places], &[("axis", Value::Int(0))])
}

pub(super) fn gather(graph: &mut Graph, call: &Call<'_>, op: &Gather) -> String {
    let places = graph.indices(call.input(1));
    graph.op("Gather", &[call.input(0), &places], &[("axis", Value::Int(call.axis(op.axis)))])
}

/// Whether each row of the last axis has places of its own.
pub(super) fn is_of_elements(call: &Call<'_>, op: &Gather) -> bool {
    let axis = call.axis(op.axis);
    axis == op.batch_dims && axis + 1 == call.rank() && call.shape(1).len() == call.shape(0).len()
}

pub(super) fn gather_elements(graph: &mut Graph, call: &Call<'_>, op: &Gather) -> String {
    let places = graph.indices(call.input(1));
    graph.op("GatherElements", &[call.input(0), &places], &[("axis", Value::Int(call.axis(op.axis)))])
}

/// nnabla has the coordinates on the first axis, ONNX on the last.
pub(super) fn gather_nd(graph: &mut Graph, call: &Call<'_>) -> String {
    let places = graph.indices(call.input(1));
    let rank = i64::try_from(call.shape(1).len()).unwrap_or(i64::MAX);
    let order: Vec<i64> = (1..rank).chain([0]).collect();
    let places = graph.op("Transpose", &[&places], &[("perm", Value::Ints(&order))]);
    graph.op("GatherND", &[call.input(0), &places], &[])
}

pub(super) fn one_hot(graph: &mut Graph, call: &Call<'_>, op: &OneHot) -> Result<String, OnnxError> {
    let &[depth] = op.shape.as_slice() else { return Err(call.missing(Missing::Arguments)) };
    let places = graph.indices(call.input(0));
    let shape = call.shape(0);
    let places = call.reshape(graph, &places, shape.get(..shape.len().saturating_sub(1)).unwrap_or_default())?;
    let depth = graph.integers(&[depth]);
    let values = graph.floats(&[2], &[0.0, 1.0]);
    Ok(graph.op("OneHot", &[&places, &depth, &values], &[("axis", Value::Int(-1))]))
}

pub(super) fn where_(graph: &mut Graph, call: &Call<'_>) -> Result<String, OnnxError> {
    let condition = graph.truth(call.input(0));
    let mut shape = call.shape(0).to_vec();
    shape.resize(call.shape(1).len(), Extent::Fixed(1));
    let condition = call.reshape(graph, &condition, &shape)?;
    Ok(graph.op("Where", &[&condition, call.input(1), call.input(2)], &[]))
}

pub(super) fn top_k(graph: &mut Graph, call: &Call<'_>, op: &TopKData) -> Result<Vec<String>, OnnxError> {
    let shape = call.shape(0);
    let base = usize::try_from(call.axis(op.base_axis)).unwrap_or(0).min(shape.len());
    let (batch, sample) = shape.split_at(base);
    let of = |extents: &[Extent]| product(extents).ok_or_else(|| call.missing(Missing::Batch));
    let flat = call.reshape(graph, call.input(0), &[of(batch)?, of(sample)?])?;
    let ranked = if op.abs { graph.op("Abs", &[&flat], &[]) } else { flat.clone() };
    let k = graph.integers(&[op.k]);
    let attributes = [("axis", Value::Int(1)), ("largest", Value::Int(op.largest.into()))];
    let found = graph.ops("TopK", &[&ranked, &k], &attributes, 2);
    let places = found.get(1).cloned().unwrap_or_default();
    let picked = graph.op("GatherElements", &[&flat, &places], &[("axis", Value::Int(1))]);
    let mut of_picked = batch.to_vec();
    of_picked.push(Extent::Fixed(op.k));
    let result = if op.reduce {
        call.reshape(graph, &picked, &of_picked)?
    } else {
        let extents = graph.op("Shape", &[&flat], &[]);
        let zeros = graph.op("ConstantOfShape", &[&extents], &[]);
        let scattered = graph.op("ScatterElements", &[&zeros, &places, &picked], &[("axis", Value::Int(1))]);
        call.reshape(graph, &scattered, shape)?
    };
    let mut outputs = vec![result];
    if op.with_index {
        let numbers = graph.number(&places);
        outputs.push(call.reshape(graph, &numbers, &of_picked)?);
    }
    Ok(outputs)
}

pub(super) fn sort(graph: &mut Graph, call: &Call<'_>, op: &Sort) -> Result<Vec<String>, OnnxError> {
    let axis = call.axis(op.axis);
    let extent = usize::try_from(axis).ok().and_then(|at| call.shape(0).get(at).copied());
    let Some(Extent::Fixed(extent)) = extent else { return Err(call.missing(Missing::Batch)) };
    let k = graph.integers(&[extent]);
    let attributes = [("axis", Value::Int(axis)), ("largest", Value::Int(op.reverse.into()))];
    let found = graph.ops("TopK", &[call.input(0), &k], &attributes, 2);
    let [values, places] = found.as_slice() else { return Err(call.missing(Missing::Function)) };
    let mut outputs = Vec::new();
    if !op.only_index {
        outputs.push(values.clone());
    }
    if op.with_index || op.only_index {
        outputs.push(graph.number(places));
    }
    Ok(outputs)
}
