//! Losses and errors, which the training networks of a file end in.

use super::Call;
use nnp::op::Loss;
use tch::{Kind, TchError, Tensor};

/// Keeps logarithms finite, like nnabla.
const SMALLEST: f64 = f32::MIN_POSITIVE as f64;
/// What nnabla adds before it takes the logarithms of a multinomial distribution.
const MULTINOMIAL: f64 = 1e-8;

pub(super) fn loss(op: &Loss, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, y) = (call.input(0)?, call.input(1)?);
    match *op {
        Loss::EpsilonInsensitive { epsilon } => {
            x.f_sub(y)?.f_abs()?.f_add_scalar(-f64::from(epsilon))?.f_clamp_min(0.0)
        }
        Loss::Huber { delta } => {
            let distance = x.f_sub(y)?.f_abs()?;
            let delta = f64::from(delta);
            let beyond = distance.f_mul_scalar(2.0)?.f_add_scalar(-delta)?.f_mul_scalar(delta)?;
            distance.f_square()?.f_where_self(&distance.f_lt(delta)?, &beyond)
        }
        Loss::SoftmaxCrossEntropy { axis } => at_label(&x.f_log_softmax(axis, None)?, y, axis),
        Loss::CategoricalCrossEntropy { axis } => at_label(&x.f_clamp_min(SMALLEST)?.f_log()?, y, axis),
        Loss::TopNError { axis, n } => {
            let own = x.f_gather(axis, &y.f_to_kind(Kind::Int64)?, false)?;
            let not_smaller = x.f_ge_tensor(&own)?.f_sum_dim_intlist([axis].as_slice(), true, Kind::Int64)?;
            not_smaller.f_gt(n)?.f_to_kind(x.f_kind()?)
        }
        Loss::KLMultinomial { base_axis } => {
            let log = |p: &Tensor| p.f_add_scalar(MULTINOMIAL)?.f_log();
            let terms = x.f_mul(&log(x)?.f_sub(&log(y)?)?)?;
            terms.f_flatten(base_axis, -1)?.f_sum_dim_intlist([-1_i64].as_slice(), true, None)
        }
    }
}

/// −`logarithms` at the label of each; a negative label costs nothing.
fn at_label(logarithms: &Tensor, label: &Tensor, axis: i64) -> Result<Tensor, TchError> {
    let counts = label.f_ge(0.0)?.f_to_kind(logarithms.f_kind()?)?;
    let place = label.f_clamp_min(0.0)?.f_to_kind(Kind::Int64)?;
    logarithms.f_gather(axis, &place, false)?.f_neg()?.f_mul(&counts)
}

pub(super) fn binary_cross_entropy(x: &Tensor, y: &Tensor) -> Result<Tensor, TchError> {
    let one_minus = |p: &Tensor| p.f_neg()?.f_add_scalar(1.0);
    let log = |p: &Tensor| p.f_clamp_min(SMALLEST)?.f_log();
    y.f_mul(&log(x)?)?.f_add(&one_minus(y)?.f_mul(&log(&one_minus(x)?)?)?)?.f_neg()
}

/// Of the number before its sigmoid, in a form that does not overflow.
pub(super) fn sigmoid_cross_entropy(x: &Tensor, y: &Tensor) -> Result<Tensor, TchError> {
    let tail = x.f_abs()?.f_neg()?.f_exp()?.f_log1p()?;
    x.f_clamp_min(0.0)?.f_sub(&x.f_mul(y)?)?.f_add(&tail)
}
