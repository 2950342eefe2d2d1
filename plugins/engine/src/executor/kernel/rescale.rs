//! Normalisations without trained statistics.

use super::Call;
use nnp::op::{MeanSubtraction, NormNormalization, WeightStandardization};
use tch::{TchError, Tensor};

pub(super) fn by_norm(op: &NormNormalization, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let p = if op.p == 0.0 { 2.0 } else { f64::from(op.p) };
    let all: Vec<i64> = (0..i64::try_from(x.dim()).unwrap_or(0)).collect();
    let axes = if op.axes.is_empty() { all.as_slice() } else { op.axes.as_slice() };
    let sum = x.f_abs()?.f_pow_tensor_scalar(p)?.f_sum_dim_intlist(axes, true, None)?;
    x.f_div(&sum.f_add_scalar(f64::from(op.eps))?.f_pow_tensor_scalar(1.0 / p)?)
}

pub(super) fn weight(op: &WeightStandardization, call: &Call<'_>) -> Result<Tensor, TchError> {
    let weight = call.input(0)?;
    let rank = i64::try_from(weight.dim()).unwrap_or(0);
    let channel = if op.channel_axis < 0 { op.channel_axis + rank } else { op.channel_axis };
    let axes: Vec<i64> = (0..rank).filter(|&axis| axis != channel).collect();
    let centred = weight.f_sub(&weight.f_mean_dim(axes.as_slice(), true, None)?)?;
    let variance = centred.f_square()?.f_mean_dim(axes.as_slice(), true, None)?;
    centred.f_div(&variance.f_add_scalar(f64::from(op.eps))?.f_sqrt()?)
}

pub(super) fn check_mean(op: &MeanSubtraction) -> Result<(), String> {
    if op.update_running_mean { Err("it updates its running mean, which only training does".into()) } else { Ok(()) }
}

pub(super) fn without_mean(call: &Call<'_>) -> Result<Tensor, TchError> {
    call.input(0)?.f_sub(call.input(1)?)
}
