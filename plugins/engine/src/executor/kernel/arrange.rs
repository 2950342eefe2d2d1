//! Arrays from a rule, and elements in other places: Arange, Linspace, Meshgrid, Shift, BroadcastTo and diagonals.

use super::Call;
use nnp::op::{Border, BroadcastTo, Meshgrid, Sequence, Shift};
use tch::{Kind, TchError, Tensor};

pub(super) fn sequence(op: &Sequence, call: &Call<'_>) -> Result<Tensor, TchError> {
    let options = (Kind::Float, call.device);
    match *op {
        Sequence::Arange { start, stop, step } => Tensor::f_arange_start_step(start, stop, step, options),
        Sequence::Linspace { start, stop, num } => Tensor::f_linspace(start, stop, num, options),
    }
}

pub(super) fn meshgrid(op: &Meshgrid, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let indexing = if op.ij_indexing || call.inputs.len() < 2 { "ij" } else { "xy" };
    Tensor::f_meshgrid_indexing(call.inputs, indexing)
}

pub(super) fn shift(op: &Shift, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let mut result = x.shallow_clone();
    for (distance, (&shift, &extent)) in op.shifts.iter().rev().zip(x.size().iter().rev()).enumerate() {
        if shift == 0 || extent == 0 {
            continue;
        }
        let place = |at: i64| match op.border_mode {
            Border::Nearest => at.saturating_sub(shift).clamp(0, extent - 1),
            Border::Reflect => mirrored(at.saturating_sub(shift), extent),
        };
        let places: Vec<i64> = (0..extent).map(place).collect();
        let axis = -1 - i64::try_from(distance).unwrap_or(0);
        result = result.f_index_select(axis, &Tensor::f_from_slice(&places)?.f_to(x.device())?)?;
    }
    Ok(result)
}

/// A place outside, mirrored at the edges until it lies inside: the outermost elements come twice, as nnabla has it.
fn mirrored(at: i64, extent: i64) -> i64 {
    let at = at.rem_euclid(2 * extent);
    at.min(2 * extent - 1 - at)
}

pub(super) fn broadcast_to(op: &BroadcastTo, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (shape, y) = (call.input(0)?.size(), call.input(1)?);
    let of_second = y.size();
    let start = op.start(shape.len(), of_second.len());
    let start = start.ok_or_else(|| TchError::Shape(format!("{of_second:?} does not fit into {shape:?}")))?;
    let trailing = shape.len() - start - of_second.len();
    y.f_reshape([of_second, vec![1; trailing]].concat())?.f_broadcast_to(shape)
}

pub(super) fn diagonal_matrix(call: &Call<'_>) -> Result<Tensor, TchError> {
    call.input(0)?.f_diag_embed(0, -2, -1)
}

pub(super) fn diagonal(call: &Call<'_>) -> Result<Tensor, TchError> {
    call.input(0)?.f_diagonal(0, -2, -1)
}
