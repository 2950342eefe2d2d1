//! Slice, Pad and Tile: elements in other places.

use super::Call;
use nnp::op::{Pad, PadMode, Slice, Tile};
use tch::{TchError, Tensor};

pub(super) fn slice(op: &Slice, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let shape: Vec<usize> = x.size().iter().map(|&extent| usize::try_from(extent).unwrap_or(0)).collect();
    let ranges = op.ranges(&shape).map_err(|error| TchError::Shape(error.to_string()))?;
    let mut result = x.shallow_clone();
    for (axis, ((first, step, count), extent)) in ranges.into_iter().zip(shape).enumerate() {
        if (first, step, count) == (0, 1, extent) {
            continue;
        }
        let axis = to_i64(axis)?;
        let (first, count) = (to_i64(first)?, to_i64(count)?);
        // libtorch goes up only: going down is going up from the last element taken, reversed.
        let last = first + step * (count - 1).max(0);
        let (low, high) = (first.min(last), first.max(last));
        result = result.f_slice(axis, low, if count == 0 { low } else { high + 1 }, step.abs())?;
        if step < 0 {
            result = result.f_flip([axis].as_slice())?;
        }
    }
    Ok(result)
}

pub(super) fn pad(op: &Pad, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let (pairs, _) = op.pad_width.as_chunks::<2>();
    if op.mode == PadMode::Constant {
        // libtorch lists the last axis first.
        let widths: Vec<i64> = pairs.iter().rev().flatten().copied().collect();
        return x.f_pad(widths, "constant", f64::from(op.constant_value));
    }
    // libtorch's own borders exist for some ranks only, so each axis picks its elements.
    let shape = x.size();
    let mut result = x.shallow_clone();
    for (distance, &[before, after]) in pairs.iter().rev().enumerate() {
        if (before, after) == (0, 0) {
            continue;
        }
        let axis = -1 - to_i64(distance)?;
        let extent = shape.iter().rev().nth(distance).copied().unwrap_or(0);
        let place = |at: i64| match op.mode {
            PadMode::Reflect if at < 0 => -at,
            PadMode::Reflect if at >= extent => 2 * (extent - 1) - at,
            _ => at.clamp(0, (extent - 1).max(0)),
        };
        let places: Vec<i64> = (-before..extent + after).map(place).collect();
        result = result.f_index_select(axis, &Tensor::f_from_slice(&places)?.f_to(x.device())?)?;
    }
    Ok(result)
}

pub(super) fn tile(op: &Tile, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let missing = x.dim().saturating_sub(op.reps.len());
    x.f_repeat([vec![1; missing], op.reps.clone()].concat())
}

fn to_i64(value: usize) -> Result<i64, TchError> {
    i64::try_from(value).map_err(|_| TchError::Shape(format!("{value} is too large")))
}
