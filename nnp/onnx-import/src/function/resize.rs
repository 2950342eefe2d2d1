//! Resize: spatial axes to another size.

use nnp::op::{Interpolate, InterpolateMode};

use super::spatial::spatial;
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};

pub(super) fn resize(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let extents = spatial(call)?;
    let mode = match call.text("mode", "nearest")? {
        "nearest" => InterpolateMode::Nearest,
        "linear" => InterpolateMode::Linear,
        _ => return Err(call.lack(Lack::Attribute("mode".to_owned()))),
    };
    let places = call.text("coordinate_transformation_mode", "half_pixel")?;
    let rounding = call.text("nearest_mode", "round_prefer_floor")?;
    if call.flag("antialias", false)? {
        return Err(call.lack(Lack::Attribute("antialias".to_owned())));
    }
    if call.text("keep_aspect_ratio_policy", "stretch")? != "stretch" {
        return Err(call.lack(Lack::Attribute("keep_aspect_ratio_policy".to_owned())));
    }
    // Of the other modes alone.
    call.float("cubic_coeff_a", -0.75)?;
    call.float("extrapolation_value", 0.0)?;
    call.int("exclude_outside")?;
    let sizes = sizes(call, &extents)?;
    let mut op = Interpolate {
        output_size: sizes.iter().map(|&size| i64::try_from(size).unwrap_or(i64::MAX)).collect(),
        mode,
        align_corners: false,
        half_pixel: false,
        half_pixel_for_nn: false,
        channel_last: false,
    };
    // One element has only one place to go to.
    let shrinks_to_one = sizes.contains(&1);
    let whole = extents.iter().zip(&sizes).all(|(old, new)| new.is_multiple_of(*old));
    match (mode, places, rounding) {
        (InterpolateMode::Linear, "align_corners", _) => op.align_corners = true,
        (InterpolateMode::Linear, "half_pixel", _) => op.half_pixel = true,
        (InterpolateMode::Linear, "pytorch_half_pixel", _) if !shrinks_to_one => op.half_pixel = true,
        (_, "asymmetric", _) if mode == InterpolateMode::Linear || rounding == "floor" => {}
        (InterpolateMode::Nearest, "align_corners", "floor") => op.align_corners = true,
        (InterpolateMode::Nearest, "half_pixel", "floor") => op.half_pixel = true,
        (InterpolateMode::Nearest, "half_pixel", "round_prefer_ceil") => {
            (op.half_pixel, op.half_pixel_for_nn) = (true, true);
        }
        // A whole number of copies of each element, whichever way places are rounded.
        (InterpolateMode::Nearest, "half_pixel", "round_prefer_floor") if whole => {}
        _ => return Err(call.lack(Lack::Attribute("coordinate_transformation_mode".to_owned()))),
    }
    let x = call.number(0)?;
    Ok(Value::Made(call.apply(op, &[x])?))
}

/// New extents of the spatial axes, by sizes or by factors that give whole ones. The other axes stay.
fn sizes(call: &Call<'_, '_, '_>, extents: &[usize]) -> Result<Vec<usize>, ImportError> {
    let rank = extents.len() + 2;
    let axes: Vec<usize> = match call.ints("axes")? {
        Some(axes) => axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).collect(),
    };
    let mut sizes = extents.to_vec();
    let refused = || call.lack(Lack::Arguments);
    if call.optional(3).is_some() {
        let given = call.whole(3)?;
        if given.len() != axes.len() {
            return Err(refused());
        }
        let shape = call.shape(0)?;
        for (axis, size) in axes.into_iter().zip(given) {
            let size = size.map(|size| usize::try_from(size).unwrap_or(0));
            match axis.checked_sub(2).and_then(|at| sizes.get_mut(at)) {
                Some(extent) if size[0] == size[1] && size[0] > 0 => *extent = size[0],
                None if shape.get(axis) == Some(&size) => {}
                _ => return Err(refused()),
            }
        }
        return Ok(sizes);
    }
    let (factors, of_batch) = call.constant(2)?.as_floats();
    if of_batch || factors.len() != axes.len() {
        return Err(refused());
    }
    for (axis, &factor) in axes.into_iter().zip(factors.iter()) {
        match axis.checked_sub(2).and_then(|at| sizes.get_mut(at)) {
            Some(extent) => {
                let size = *extent as f64 * f64::from(factor);
                // nnabla takes the scale from the sizes.
                if !(1.0..1e9).contains(&size) || (size - size.round()).abs() > 1e-6 * size {
                    return Err(refused());
                }
                *extent = size.round() as usize;
            }
            None if factor == 1.0 => {}
            None => return Err(refused()),
        }
    }
    Ok(sizes)
}
