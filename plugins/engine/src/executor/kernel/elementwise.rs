//! Functions that work on every element alone, with one input, two, or one and a constant.

use super::{Call, loss};
use nnp::op::{BinaryKind, CElu, CRelu, PRelu, Scalar, ScalarKind, Softmax, Unary};
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
        Unary::Identity | Unary::Unlink => Ok(x.shallow_clone()),
        Unary::Abs => x.f_abs(),
        Unary::Exp => x.f_exp(),
        Unary::Log => x.f_log(),
        Unary::Round => round(x),
        Unary::Ceil => x.f_ceil(),
        Unary::Floor => x.f_floor(),
        Unary::Sign { alpha } => sign(x, alpha),
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
        Unary::Erf => x.f_erf(),
        Unary::BinarySigmoid => as_number(&x.f_gt(0.0)?, x),
        Unary::BinaryTanh => as_number(&x.f_gt(0.0)?, x)?.f_mul_scalar(2.0)?.f_add_scalar(-1.0),
        Unary::LogicalNot => as_number(&x.f_eq(0.0)?, x),
        Unary::IsNan => as_number(&x.f_isnan()?, x),
        Unary::IsInf => as_number(&x.f_isinf()?, x),
        Unary::FixedPointQuantize { sign, n, delta, .. } => quantize(x, sign, n, f64::from(delta)),
    }
}

/// −1 or 1, `at_zero` at 0.
pub(super) fn sign(x: &Tensor, at_zero: f32) -> Result<Tensor, TchError> {
    let zeros = x.f_eq(0.0)?.f_to_kind(x.f_kind()?)?.f_mul_scalar(f64::from(at_zero))?;
    x.f_sign()?.f_add_(&zeros)
}

/// Conditions are numbers to nnabla, 1 or 0.
fn as_number(condition: &Tensor, like: &Tensor) -> Result<Tensor, TchError> {
    condition.f_to_kind(like.f_kind()?)
}

/// Halves go away from zero.
fn quantize(x: &Tensor, sign: bool, n: i64, delta: f64) -> Result<Tensor, TchError> {
    let bits = i32::try_from(n).unwrap_or(i32::MAX) - i32::from(sign);
    let largest = (2_f64.powi(bits) - 1.0) * delta;
    let steps = x.f_abs()?.f_mul_scalar(1.0 / delta)?.f_add_scalar(0.5)?.f_floor()?;
    steps.f_mul_scalar(delta)?.f_mul(&x.f_sign()?)?.f_clamp(if sign { -largest } else { 0.0 }, largest)
}

pub(super) fn celu(op: &CElu, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    Tensor::f_cat(&[elu(x, op.alpha)?, elu(&x.f_neg()?, op.alpha)?], op.axis)
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
        BinaryKind::Equal => as_number(&a.f_eq_tensor(b)?, a),
        BinaryKind::NotEqual => as_number(&a.f_ne_tensor(b)?, a),
        BinaryKind::Greater => as_number(&a.f_gt_tensor(b)?, a),
        BinaryKind::GreaterEqual => as_number(&a.f_ge_tensor(b)?, a),
        BinaryKind::Less => as_number(&a.f_lt_tensor(b)?, a),
        BinaryKind::LessEqual => as_number(&a.f_le_tensor(b)?, a),
        BinaryKind::LogicalAnd => as_number(&a.f_logical_and(b)?, a),
        BinaryKind::LogicalOr => as_number(&a.f_logical_or(b)?, a),
        BinaryKind::LogicalXor => as_number(&a.f_logical_xor(b)?, a),
        BinaryKind::ATan2 => a.f_atan2(b),
        BinaryKind::AbsoluteError => a.f_sub(b)?.f_abs(),
        BinaryKind::SquaredError => a.f_sub(b)?.f_square(),
        BinaryKind::BinaryCrossEntropy => loss::binary_cross_entropy(a, b),
        BinaryKind::SigmoidCrossEntropy => loss::sigmoid_cross_entropy(a, b),
        BinaryKind::BinaryError => as_number(&a.f_ge(0.5)?.f_ne_tensor(&b.f_ge(0.5)?)?, a),
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
        ScalarKind::EqualScalar => as_number(&x.f_eq(value)?, x),
        ScalarKind::NotEqualScalar => as_number(&x.f_ne(value)?, x),
        ScalarKind::GreaterScalar => as_number(&x.f_gt(value)?, x),
        ScalarKind::GreaterEqualScalar => as_number(&x.f_ge(value)?, x),
        ScalarKind::LessScalar => as_number(&x.f_lt(value)?, x),
        ScalarKind::LessEqualScalar => as_number(&x.f_le(value)?, x),
        ScalarKind::LogicalAndScalar => as_number(&x.f_logical_and(&x.f_full_like(value)?)?, x),
        ScalarKind::LogicalOrScalar => as_number(&x.f_logical_or(&x.f_full_like(value)?)?, x),
        ScalarKind::LogicalXorScalar => as_number(&x.f_logical_xor(&x.f_full_like(value)?)?, x),
    }
}

/// Adds up or multiplies all inputs.
pub(super) fn many(
    call: &Call<'_>,
    combine: fn(&Tensor, &Tensor) -> Result<Tensor, TchError>,
) -> Result<Tensor, TchError> {
    let mut result = call.input(0)?.shallow_clone();
    for input in call.inputs.iter().skip(1) {
        result = combine(&result, input)?;
    }
    Ok(result)
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
