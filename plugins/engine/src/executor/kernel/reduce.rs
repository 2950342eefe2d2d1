//! Sum, Mean, Prod, Max, Min and Norm over axes; CumSum and CumProd along one.

use super::Call;
use nnp::op::{Accumulate, Norm, Reduce, ReduceKind};
use tch::{TchError, Tensor};

pub(super) fn reduce(op: &Reduce, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let x = call.input(0)?;
    if op.with_index || op.only_index {
        let (values, indices) = with_index(op, x)?;
        return Ok(if op.only_index { vec![indices] } else { vec![values, indices] });
    }
    // For libtorch, no axes means all axes.
    if op.axes.is_empty() {
        return Ok(vec![x.shallow_clone()]);
    }
    let axes = op.axes.as_slice();
    let result = match op.kind {
        ReduceKind::Sum => x.f_sum_dim_intlist(axes, op.keep_dims, None),
        ReduceKind::Mean => x.f_mean_dim(axes, op.keep_dims, None),
        ReduceKind::Max => x.f_amax(axes, op.keep_dims),
        ReduceKind::Min => x.f_amin(axes, op.keep_dims),
        ReduceKind::Prod => product(x, axes, op.keep_dims),
    }?;
    Ok(vec![result])
}

pub(super) fn norm(op: &Norm, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let order = if op.p == 0.0 { 2.0 } else { f64::from(op.p) };
    if op.axes.is_empty() {
        return x.f_abs();
    }
    x.f_norm_scalaropt_dim(order, op.axes.as_slice(), op.keep_dims)
}

pub(super) fn accumulate(op: &Accumulate, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let axis = [op.axis];
    let turned = |x: &Tensor| if op.reverse { x.f_flip(axis.as_slice()) } else { Ok(x.shallow_clone()) };
    let mut values = turned(x)?;
    let rank = i64::try_from(values.dim()).unwrap_or(i64::MAX);
    let at = usize::try_from(if op.axis < 0 { op.axis + rank } else { op.axis }).unwrap_or(0);
    let extent = values.size().get(at).copied().unwrap_or(0);
    if op.exclusive && extent > 0 {
        // The first has nothing before it: 0 for a sum, 1 for a product.
        let first = values.f_narrow(op.axis, 0, 1)?.f_full_like(if op.product { 1.0 } else { 0.0 })?;
        values = Tensor::f_cat(&[first, values.f_narrow(op.axis, 0, extent - 1)?], op.axis)?;
    }
    turned(&if op.product { values.f_cumprod(op.axis, None)? } else { values.f_cumsum(op.axis, None)? })
}

/// libtorch multiplies along one axis at a time, so the last goes first and the others keep their numbers.
fn product(x: &Tensor, axes: &[i64], keep_dims: bool) -> Result<Tensor, TchError> {
    let mut result = x.shallow_clone();
    for axis in descending(x, axes) {
        result = result.f_prod_dim_int(axis, keep_dims, None)?;
    }
    Ok(result)
}

/// The extreme and its place, counted in row-major order over the reduced axes.
fn with_index(op: &Reduce, x: &Tensor) -> Result<(Tensor, Tensor), TchError> {
    let mut reduced = descending(x, &op.axes);
    reduced.reverse();
    let shape = x.size();
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let kept: Vec<i64> = (0..rank).filter(|axis| !reduced.contains(axis)).collect();
    let extent = |axis: &i64| usize::try_from(*axis).ok().and_then(|axis| shape.get(axis)).copied().unwrap_or(1);
    let flat = x
        .f_permute([kept.as_slice(), &reduced].concat())?
        .f_reshape([kept.iter().map(extent).collect::<Vec<_>>(), vec![-1]].concat())?;
    let (values, indices) = match op.kind {
        ReduceKind::Min => flat.f_min_dim(-1, false)?,
        _ => flat.f_max_dim(-1, false)?,
    };
    let shape: Vec<i64> = if op.keep_dims {
        (0..rank).map(|axis| if reduced.contains(&axis) { 1 } else { extent(&axis) }).collect()
    } else {
        kept.iter().map(extent).collect()
    };
    Ok((values.f_reshape(shape.as_slice())?, indices.f_to_kind(x.f_kind()?)?.f_reshape(shape)?))
}

/// The axes counted from the start, highest first.
fn descending(x: &Tensor, axes: &[i64]) -> Vec<i64> {
    let rank = i64::try_from(x.dim()).unwrap_or(i64::MAX);
    let mut axes: Vec<i64> = axes.iter().map(|&axis| if axis < 0 { axis + rank } else { axis }).collect();
    axes.sort_unstable_by_key(|&axis| std::cmp::Reverse(axis));
    axes
}
