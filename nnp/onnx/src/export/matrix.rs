//! Affine and BatchMatmul.

use nnp::op::{Affine, BatchMatmul};

use super::call::{Call, product};
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

/// Rows of features times a matrix.
pub(super) fn affine(graph: &mut Graph, call: &Call<'_>, op: &Affine) -> Result<String, OnnxError> {
    let shape = call.shape(0);
    let base = usize::try_from(call.axis(op.base_axis)).unwrap_or(0).min(shape.len());
    let (batch, features) = shape.split_at(base);
    let weight_shape = call.shape(1);
    let outputs = weight_shape.get(1..).unwrap_or_default();
    let of = |extents: &[Extent]| product(extents).ok_or_else(|| call.missing(Missing::Batch));
    let (rows, width, columns) = (of(batch)?, of(features)?, of(outputs)?);
    let x = if shape.len() == 2 && base == 1 {
        call.input(0).to_owned()
    } else {
        call.reshape(graph, call.input(0), &[rows, width])?
    };
    let weight = if weight_shape.len() == 2 {
        call.input(1).to_owned()
    } else {
        call.reshape(graph, call.input(1), &[width, columns])?
    };
    let result = if call.has_input(2) {
        let bias = call.reshape(graph, call.input(2), &[columns])?;
        graph.op("Gemm", &[&x, &weight, &bias], &[])
    } else {
        graph.op("MatMul", &[&x, &weight], &[])
    };
    if call.output_shape(0).len() == 2 && base == 1 {
        return Ok(result);
    }
    call.reshape(graph, &result, call.output_shape(0))
}

pub(super) fn batch_matmul(graph: &mut Graph, call: &Call<'_>, op: &BatchMatmul) -> String {
    let mut oriented = |index: usize, transpose: bool| {
        if !transpose {
            return call.input(index).to_owned();
        }
        let rank = i64::try_from(call.shape(index).len()).unwrap_or(i64::MAX);
        let mut axes: Vec<i64> = (0..rank).collect();
        let last = axes.len().saturating_sub(1);
        axes.swap(last.saturating_sub(1), last);
        graph.op("Transpose", &[call.input(index)], &[("perm", Value::Ints(&axes))])
    };
    let (a, b) = (oriented(0, op.transpose_a), oriented(1, op.transpose_b));
    graph.op("MatMul", &[&a, &b], &[])
}
