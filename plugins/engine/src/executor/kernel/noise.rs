//! Rand, Randn and VATNoise. Draws are those of libtorch's generator ([`Executor::seed_draws`](crate::Executor::seed_draws)),
//! which are others than nnabla's, of the same distribution.

use super::Call;
use nnp::op::{Rand, Randn, VatNoise};
use tch::{Kind, TchError, Tensor};

pub(super) fn uniform(op: &Rand, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (low, high) = (f64::from(op.low), f64::from(op.high));
    Tensor::f_rand(op.shape.as_slice(), (Kind::Float, call.device))?.f_mul_scalar(high - low)?.f_add_scalar(low)
}

pub(super) fn normal(op: &Randn, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (mean, deviation) = (f64::from(op.mu), f64::from(op.sigma));
    Tensor::f_randn(op.shape.as_slice(), (Kind::Float, call.device))?.f_mul_scalar(deviation)?.f_add_scalar(mean)
}

/// The square of the length begins at 1e-8, so that a sample of zeros stays one.
pub(super) fn of_length(op: &VatNoise, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let rank = i64::try_from(x.dim()).unwrap_or(i64::MAX);
    let base_axis = if op.base_axis < 0 { op.base_axis + rank } else { op.base_axis };
    let axes: Vec<i64> = (base_axis..rank).collect();
    let squares = x.f_square()?.f_sum_dim_intlist(axes.as_slice(), true, None::<Kind>)?.f_add_scalar(1e-8)?;
    x.f_mul(&squares.f_sqrt()?.f_reciprocal()?.f_mul_scalar(f64::from(op.eps))?)
}
