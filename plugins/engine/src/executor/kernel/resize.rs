//! Unpooling and Interpolate: other extents for the spatial axes.

use super::{Call, spatial::Planes};
use nnp::op::{Interpolate, InterpolateMode, Unpooling};
use tch::{TchError, Tensor};

/// Repeats every element along each axis. libtorch's own nearest enlargement finds the source by a product in float32,
/// which is off by one for some factors.
pub(super) fn unpooling(op: &Unpooling, call: &Call<'_>) -> Result<Tensor, TchError> {
    let planes = Planes::windows(call.input(0)?, op.kernel.len(), op.channel_last)?;
    let shape = planes.tensor.size();
    let (outer, inner) = shape.split_at_checked(2).unwrap_or((&shape, &[]));
    let (mut thin, mut wide, mut result) = (outer.to_vec(), outer.to_vec(), outer.to_vec());
    for (&extent, &repeats) in inner.iter().zip(&op.kernel) {
        thin.extend([extent, 1]);
        wide.extend([extent, repeats]);
        result.push(extent.saturating_mul(repeats));
    }
    let tensor = planes.tensor.f_reshape(thin)?.f_expand(wide, false)?.f_reshape(result)?;
    planes.restore(tensor)
}

/// nnabla's sampling points, which libtorch has only in part: axis by axis, each output is a mix of two inputs.
pub(super) fn interpolate(op: &Interpolate, call: &Call<'_>) -> Result<Tensor, TchError> {
    let planes = Planes::windows(call.input(0)?, op.output_size.len(), op.channel_last)?;
    let mut result = planes.tensor.shallow_clone();
    for (axis, &extent) in (2_i64..).zip(&op.output_size) {
        let old = result.size().get(usize::try_from(axis).unwrap_or(0)).copied().unwrap_or(1);
        result = resample(&result, axis, old, extent, op)?;
    }
    planes.restore(result)
}

fn resample(x: &Tensor, axis: i64, old: i64, new: i64, op: &Interpolate) -> Result<Tensor, TchError> {
    let points: Vec<f32> = (0..new).map(|at| source(at, old, new, op)).collect();
    let low: Vec<i64> = points.iter().map(|&point| (point as i64).min(old - 1)).collect();
    let pick = |places: &[i64]| x.f_index_select(axis, &Tensor::f_from_slice(places)?.f_to(x.device())?);
    if op.mode == InterpolateMode::Nearest {
        return pick(&low);
    }
    let high: Vec<i64> = low.iter().map(|&low| (low + 1).min(old - 1)).collect();
    let share: Vec<f32> = points.iter().zip(&low).map(|(&point, &low)| point - low as f32).collect();
    let shape: Vec<i64> = (0..x.size().len()).map(|at| if i64::try_from(at) == Ok(axis) { -1 } else { 1 }).collect();
    let share = Tensor::f_from_slice(&share)?.f_reshape(shape)?.f_to(x.device())?;
    let low = pick(&low)?;
    let step = pick(&high)?.f_sub(&low)?.f_mul(&share)?;
    low.f_add(&step)
}

/// Where output element `at` lies among `old` input elements, in float32 like nnabla.
fn source(at: i64, old: i64, new: i64, op: &Interpolate) -> f32 {
    let (at, old, new) = (at as f32, old as f32, new as f32);
    let nearest = op.mode == InterpolateMode::Nearest;
    let scale = match (op.align_corners, new <= 1.0) {
        (_, true) if !nearest => 0.0,
        (true, false) => (old - 1.0) / (new - 1.0),
        _ => old / new,
    };
    if nearest && op.half_pixel_for_nn {
        scale * (at + 0.5)
    } else if op.half_pixel {
        (scale * (at + 0.5) - 0.5).max(0.0)
    } else {
        scale * at
    }
}
