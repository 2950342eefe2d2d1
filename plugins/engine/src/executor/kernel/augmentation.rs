//! ImageAugmentation as a network that is evaluated has it: nnabla's arithmetic with every draw at the middle of its range.
//! What is left where the ranges are empty, as in the networks that NNC evaluates, is scaling and a cut from the middle, and
//! the numbers are nnabla's own. Nothing is turned, mirrored or distorted, brightness and contrast stay, and noise is zero.

use super::Call;
use nnp::op::ImageAugmentation;
use tch::{TchError, Tensor};

/// Where the pixels of an output row or column read: two neighbours, and how far from the first to the second.
struct Axis {
    places: Vec<i64>,
    neighbours: Vec<i64>,
    shares: Vec<f32>,
}

pub(super) fn augment(op: &ImageAugmentation, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let shape = x.size();
    let misfit = || TchError::Shape(format!("{:?} is no picture out of {shape:?}", op.shape));
    let (outer, &[height_in, width_in]) = shape.split_last_chunk::<2>().ok_or_else(misfit)?;
    let &[height, width] = op.shape.last_chunk::<2>().ok_or_else(misfit)?;
    let &[pad_y, pad_x] = op.pad.as_slice() else { return Err(misfit()) };
    let upload = |axis: Axis, shape: [i64; 2]| -> Result<_, TchError> {
        let [places, neighbours] = [axis.places, axis.neighbours]
            .map(|places| Tensor::f_from_slice(&places)?.f_to(x.device())?.f_reshape(shape));
        let share = Tensor::f_from_slice(&axis.shares)?.f_to(x.device())?.f_reshape(shape)?;
        let rest = share.f_neg()?.f_add_scalar(1.0)?;
        Ok([(places?, rest), (neighbours?, share)])
    };
    let across = upload(axis(width_in, width, pad_x, op)?, [1, width])?;
    let down = upload(axis(height_in, height, pad_y, op)?, [height, 1])?;
    let flat = x.f_reshape([-1, height_in * width_in])?;
    let mut sum: Option<Tensor> = None;
    for ((row, of_row), (column, of_column)) in
        down.iter().flat_map(|row| across.iter().map(move |column| (row, column)))
    {
        let places = row.f_mul_scalar(width_in)?.f_add(column)?.f_reshape([-1])?;
        let shares = of_column.f_mul(of_row)?.f_reshape([-1])?.f_to_kind(x.f_kind()?)?;
        let part = flat.f_index_select(1, &places)?.f_mul(&shares)?;
        sum = Some(match sum {
            Some(sum) => sum.f_add(&part)?,
            None => part,
        });
    }
    // As nnabla writes it, since the two roundings are part of its numbers.
    let center = f64::from(op.contrast_center);
    let result = sum.ok_or_else(misfit)?.f_add_scalar(-center)?.f_add_scalar(center)?;
    result.f_reshape([outer, &[height, width]].concat())
}

/// In nnabla's 32-bit arithmetic.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // Extents of pictures, and places within them.
fn axis(extent_in: i64, extent: i64, pad: i64, op: &ImageAugmentation) -> Result<Axis, TchError> {
    let scale = op.min_scale * (0.5 * (op.max_scale / op.min_scale).ln()).exp();
    let inverse = 1.0 / scale;
    let scaled = extent_in.saturating_add(pad.saturating_mul(2)) as f32 * scale;
    let center = (extent - 1) as f32 * 0.5;
    let center_scaled = 0.5 * (scaled - extent as f32) + center;
    let mut at = center_scaled * inverse - inverse * center - pad as f32;
    let mut axis = Axis { places: Vec::new(), neighbours: Vec::new(), shares: Vec::new() };
    // A file may ask for any extent.
    let count = usize::try_from(extent).unwrap_or(usize::MAX);
    let reserved = (axis.places.try_reserve_exact(count), axis.neighbours.try_reserve_exact(count));
    let (Ok(()), Ok(()), Ok(())) = (reserved.0, reserved.1, axis.shares.try_reserve_exact(count)) else {
        return Err(TchError::Shape(format!("there is no memory for {extent} pixels")));
    };
    for _ in 0..count {
        let inside = at.clamp(0.0, (extent_in - 1).max(0) as f32);
        let place = inside as i64;
        axis.places.push(place);
        axis.neighbours.push((place + 1).min(extent_in - 1));
        axis.shares.push(inside - place as f32);
        at += inverse;
    }
    Ok(axis)
}
