//! Functions that work on every element alone, with one input, two, or one and a constant.

use super::Call;
use nnp::op::{BinaryKind, CRelu, PRelu, Scalar, ScalarKind, Softmax, Unary};
use tch::{TchError, Tensor};

pub(super) fn unary(op: Unary, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    match op {
        Unary::Relu { .. } if call.in_place => x.shallow_clone().f_relu_(),
        Unary::Relu { .. } => x.f_relu(),
        Unary::Relu6 if call.in_place => x.shallow_clone().f_clamp_(0.0, 6.0),
        Unary::Relu6 => x.f_clamp(0.0, 6.0),
        Unary::LeakyRelu { alpha, .. } => {
            x.f_clamp_min(0.0)?.f_add_(&x.f_clamp_max(0.0)?.f_mul_scalar(f64::from(alpha))?)
        }
        Unary::Elu { alpha } => elu(x, alpha),
        Unary::Selu { scale, alpha } => elu(x, alpha)?.f_mul_scalar(scale),
        Unary::Gelu => x.f_gelu("tanh"),
        Unary::Sigmoid => x.f_sigmoid(),
        Unary::LogSigmoid => x.f_log_sigmoid(),
        // libtorch's own has another slope.
        Unary::HardSigmoid => x.f_mul_scalar(0.2)?.f_add_scalar(0.5)?.f_clamp(0.0, 1.0),
        Unary::Tanh => x.f_tanh(),
        Unary::HardTanh => x.f_clamp(-1.0, 1.0),
        Unary::TanhShrink => x.f_sub(&x.f_tanh()?),
        Unary::Swish => x.f_silu(),
        Unary::Mish => x.f_mish(),
        Unary::SoftPlus { beta } => x.f_mul_scalar(beta)?.f_softplus()?.f_mul_scalar(1.0 / beta),
        Unary::SoftSign => x.f_div(&x.f_abs()?.f_add_scalar(1.0)?),
        // libtorch's is sin(πx)/(πx).
        Unary::Sinc => x.f_mul_scalar(std::f64::consts::FRAC_1_PI)?.f_sinc(),
        Unary::Identity => Ok(x.shallow_clone()),
        Unary::Abs => x.f_abs(),
        Unary::Exp => x.f_exp(),
        Unary::Log => x.f_log(),
        Unary::Round => round(x),
        Unary::Ceil => x.f_ceil(),
        Unary::Floor => x.f_floor(),
        Unary::Sign { alpha } => {
            let at_zero = x.f_eq(0.0)?.f_to_kind(x.f_kind()?)?.f_mul_scalar(f64::from(alpha))?;
            x.f_sign()?.f_add_(&at_zero)
        }
        Unary::Sin => x.f_sin(),
        Unary::Cos => x.f_cos(),
        Unary::Tan => x.f_tan(),
        Unary::Sinh => x.f_sinh(),
        Unary::Cosh => x.f_cosh(),
        Unary::ASin => x.f_asin(),
        Unary::ACos => x.f_acos(),
        Unary::ATan => x.f_atan(),
        Unary::ASinh => x.f_asinh(),
        Unary::ACosh => x.f_acosh(),
        Unary::ATanh => x.f_atanh(),
    }
}

pub(super) fn crelu(op: &CRelu, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    Tensor::f_cat(&[x.f_relu()?, x.f_neg()?.f_relu_()?], op.axis)
}

pub(super) fn prelu(op: &PRelu, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, slope) = (call.input(0)?, call.input(1)?);
    let rank = i64::try_from(x.dim()).unwrap_or(i64::MAX);
    let axis = if op.base_axis < 0 { op.base_axis + rank } else { op.base_axis };
    let shape: Vec<i64> = (0..rank).map(|at| if at == axis && slope.numel() > 1 { -1 } else { 1 }).collect();
    x.f_clamp_min(0.0)?.f_add_(&x.f_clamp_max(0.0)?.f_mul(&slope.f_reshape(shape)?)?)
}

pub(super) fn binary(kind: BinaryKind, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (a, b) = (call.input(0)?, call.input(1)?);
    match kind {
        // The sum is larger than an input that is repeated along an axis.
        BinaryKind::Add2 if call.in_place && a.size() == b.size() => a.shallow_clone().f_add_(b),
        BinaryKind::Add2 => a.f_add(b),
        BinaryKind::Sub2 => a.f_sub(b),
        BinaryKind::Mul2 => a.f_mul(b),
        BinaryKind::Div2 => a.f_div(b),
        BinaryKind::Pow2 => a.f_pow(b),
        BinaryKind::Maximum2 => a.f_maximum(b),
        BinaryKind::Minimum2 => a.f_minimum(b),
    }
}

pub(super) fn scalar(op: &Scalar, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, value) = (call.input(0)?, op.val);
    match op.kind {
        ScalarKind::AddScalar => x.f_add_scalar(value),
        ScalarKind::MulScalar => x.f_mul_scalar(value),
        ScalarKind::PowScalar => x.f_pow_tensor_scalar(value),
        ScalarKind::RSubScalar => x.f_neg()?.f_add_scalar(value),
        ScalarKind::RDivScalar => x.f_reciprocal()?.f_mul_scalar(value),
        ScalarKind::RPowScalar => Tensor::f_pow_scalar(value, x),
        ScalarKind::MaximumScalar => x.f_clamp_min(value),
        ScalarKind::MinimumScalar => x.f_clamp_max(value),
    }
}

pub(super) fn softmax(op: &Softmax, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    if op.log { x.f_log_softmax(op.axis, None) } else { x.f_softmax(op.axis, None) }
}

fn elu(x: &Tensor, alpha: f64) -> Result<Tensor, TchError> {
    x.f_clamp_min(0.0)?.f_add_(&x.f_clamp_max(0.0)?.f_expm1()?.f_mul_scalar(alpha)?)
}

/// Halves go away from zero; libtorch rounds them to even.
fn round(x: &Tensor) -> Result<Tensor, TchError> {
    let whole = x.f_trunc()?;
    let up = x.f_sub(&whole)?.f_abs()?.f_ge(0.5)?.f_to_kind(x.f_kind()?)?;
    whole.f_add(&up.f_mul(&x.f_sign()?)?)
}
