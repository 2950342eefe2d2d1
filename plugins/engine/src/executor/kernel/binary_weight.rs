//! Affine and Convolution with binary weights. The binary weights in the file are not read: nnabla makes them again, too.

use super::{Call, convolution::convolution, elementwise::sign, matrix::affine};
use nnp::op::{BinaryConnectAffine, BinaryConnectConvolution, BinaryWeightAffine, BinaryWeightConvolution};
use tch::{Kind, TchError, Tensor};

pub(super) fn connect_affine(op: &BinaryConnectAffine, call: &Call<'_>) -> Result<Tensor, TchError> {
    let weight = sign(call.input(1)?, op.quantize_zero_to)?;
    with_weight(call, &weight, 3, |call| affine(&op.plain(), call))
}

pub(super) fn connect_convolution(op: &BinaryConnectConvolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let weight = sign(call.input(1)?, op.quantize_zero_to)?;
    with_weight(call, &weight, 3, |call| convolution(&op.plain(), call))
}

/// An output is a column of W.
pub(super) fn scaled_affine(op: &BinaryWeightAffine, call: &Call<'_>) -> Result<Tensor, TchError> {
    let weight = call.input(1)?;
    let scales = mean_size(weight, &[0], weight.size().first().copied())?;
    let scaled = sign(weight, op.quantize_zero_to)?.f_mul(&scales)?;
    with_weight(call, &scaled, 4, |call| affine(&op.plain(), call))
}

/// An output is a row of W.
pub(super) fn scaled_convolution(op: &BinaryWeightConvolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let weight = call.input(1)?;
    let axes: Vec<i64> = (1..).take(weight.dim().saturating_sub(1)).collect();
    let scales = mean_size(weight, &axes, Some(weight.size().iter().skip(1).product()))?;
    let scaled = sign(weight, op.quantize_zero_to)?.f_mul(&scales)?;
    with_weight(call, &scaled, 4, |call| convolution(&op.plain(), call))
}

/// The mean of |W| over `axes`, as a sum and a factor.
#[allow(clippy::cast_precision_loss)] // nnabla counts in 32-bit floats.
fn mean_size(weight: &Tensor, axes: &[i64], count: Option<i64>) -> Result<Tensor, TchError> {
    let factor = 1.0 / count.unwrap_or(1) as f32;
    weight.f_abs()?.f_sum_dim_intlist(axes, true, None::<Kind>)?.f_mul_scalar(f64::from(factor))
}

/// Runs `plain` on x, another weight and the bias, which is input `bias` here.
fn with_weight(
    call: &Call<'_>,
    weight: &Tensor,
    bias: usize,
    plain: impl Fn(&Call<'_>) -> Result<Tensor, TchError>,
) -> Result<Tensor, TchError> {
    let inputs: Vec<&Tensor> = [call.input(0)?, weight].into_iter().chain(call.optional(bias)).collect();
    plain(&Call { inputs: &inputs, in_place: false, ..*call })
}
