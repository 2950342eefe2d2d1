//! Affine and BatchMatmul.

use super::Call;
use crate::micro_batch::CPU_ROWS;
use nnp::op::{Affine, BatchMatmul};
use tch::{Device, TchError, Tensor};

/// Up to so many rows, which is what detectors run at once on a CPU, each is multiplied alone. A product of several sums in
/// another order for each place among them, and what an image gives must not depend on those beside it.
const FEW_ROWS: i64 = CPU_ROWS as i64;

pub(super) fn affine(op: &Affine, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, weight) = (call.input(0)?, call.input(1)?);
    let (shape, weight_shape) = (x.size(), weight.size());
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let base_axis = usize::try_from(if op.base_axis < 0 { op.base_axis + rank } else { op.base_axis }).unwrap_or(0);
    let (batch, features) = shape.split_at_checked(base_axis).unwrap_or((&[], &shape));
    let outputs = weight_shape.get(1..).unwrap_or_default();
    let count = batch.iter().product::<i64>();
    let rows = x.f_reshape([count, features.iter().product()])?;
    let columns = weight.f_reshape([features.iter().product::<i64>(), outputs.iter().product()])?;
    let product = |rows: &Tensor| match call.optional(2) {
        Some(bias) => bias.f_reshape([1, -1])?.f_addmm(rows, &columns),
        None => rows.f_mm(&columns),
    };
    let result = if call.device == Device::Cpu && (1..=FEW_ROWS).contains(&count) {
        // In memory of its own, since the order also depends on where a row starts.
        let alone = |row| product(&rows.f_narrow_copy(0, row, 1)?);
        Tensor::f_cat(&(0..count).map(alone).collect::<Result<Vec<_>, TchError>>()?, 0)?
    } else {
        product(&rows)?
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
