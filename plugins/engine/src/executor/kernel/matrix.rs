//! Affine and BatchMatmul.

use super::Call;
use nnp::op::{Affine, BatchMatmul};
use tch::{TchError, Tensor};

pub(super) fn affine(op: &Affine, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, weight) = (call.input(0)?, call.input(1)?);
    let (shape, weight_shape) = (x.size(), weight.size());
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let base_axis = usize::try_from(if op.base_axis < 0 { op.base_axis + rank } else { op.base_axis }).unwrap_or(0);
    let (batch, features) = shape.split_at_checked(base_axis).unwrap_or((&[], &shape));
    let outputs = weight_shape.get(1..).unwrap_or_default();
    let rows = x.f_reshape([batch.iter().product::<i64>(), features.iter().product()])?;
    let columns = weight.f_reshape([features.iter().product::<i64>(), outputs.iter().product()])?;
    let result = match call.optional(2) {
        Some(bias) => bias.f_reshape([1, -1])?.f_addmm(&rows, &columns)?,
        None => rows.f_mm(&columns)?,
    };
    result.f_reshape([batch, outputs].concat())
}

pub(super) fn batch_matmul(op: &BatchMatmul, call: &Call<'_>) -> Result<Tensor, TchError> {
    let oriented = |matrix: &Tensor, transpose: bool| {
        if transpose { matrix.f_transpose(-2, -1) } else { Ok(matrix.shallow_clone()) }
    };
    let a = oriented(call.input(0)?, op.transpose_a)?;
    a.f_matmul(&oriented(call.input(1)?, op.transpose_b)?)
}
