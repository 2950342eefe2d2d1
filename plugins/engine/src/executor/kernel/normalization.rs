//! Batch normalisation with the running statistics, or with those of the batch where the file says so, and normalisation
//! of each sample alone.

use super::Call;
use nnp::op::{BatchNormalization, FusedBatchNormalization, SampleNormalization, SampleNormalizationKind};
use tch::{TchError, Tensor};

pub(super) fn batch(op: &BatchNormalization, call: &Call<'_>) -> Result<Tensor, TchError> {
    let mut inputs = call.inputs.iter().copied();
    let x = call.input(0)?;
    inputs.next();
    let beta = if op.no_bias { None } else { inputs.next() };
    let gamma = if op.no_scale { None } else { inputs.next() };
    let (Some(mean), Some(variance)) = (inputs.next(), inputs.next()) else {
        return Err(TchError::Shape("mean or variance is missing".into()));
    };
    let statistics = if op.batch_stat { Some(of_batch(x, &op.axes)?) } else { None };
    let (mean, variance) = statistics.as_ref().map_or((mean, variance), |(mean, variance)| (mean, variance));
    normalize(x, beta, gamma, mean, variance, f64::from(op.eps))
}

pub(super) fn fused(op: &FusedBatchNormalization, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let statistics = if op.batch_stat { Some(of_batch(x, &op.axes)?) } else { None };
    let (mean, variance) = match &statistics {
        Some((mean, variance)) => (mean, variance),
        None => (call.input(3)?, call.input(4)?),
    };
    let y = normalize(x, call.optional(1), call.optional(2), mean, variance, f64::from(op.eps))?;
    match call.optional(5) {
        Some(z) => y.f_add(z)?.f_relu_(),
        None => y.f_relu(),
    }
}

pub(super) fn sample(op: &SampleNormalization, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let shape = x.size();
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let from_start = |axis: i64| if axis < 0 { axis + rank } else { axis };
    let mut batch: Vec<i64> = op.batch_axis.iter().map(|&axis| from_start(axis)).collect();
    let mut split = shape.clone();
    match op.kind {
        SampleNormalizationKind::Layer => {}
        SampleNormalizationKind::Instance { channel_axis } => batch.push(from_start(channel_axis)),
        SampleNormalizationKind::Group { channel_axis, num_groups } => {
            // The channel axis becomes two, groups and the channels of a group; statistics are kept for the first.
            let axis = from_start(channel_axis);
            let at = usize::try_from(axis).unwrap_or(0);
            let channels = shape.get(at).copied().unwrap_or(1);
            split.splice(at..=at, [num_groups, channels / num_groups.max(1)]);
            batch.iter_mut().filter(|batch| **batch > axis).for_each(|batch| *batch += 1);
            batch.push(axis);
        }
    }
    let x = x.f_reshape(split)?;
    let (mean, variance) = of_batch(&x, &batch)?;
    let y = normalize(&x, None, None, &mean, &variance, f64::from(op.eps))?.f_reshape(shape)?;
    let mut affine = call.inputs.iter().skip(1);
    let beta = if op.no_bias { None } else { affine.next() };
    let y = match if op.no_scale { None } else { affine.next() } {
        Some(gamma) => y.f_mul(gamma)?,
        None => y,
    };
    match beta {
        Some(beta) => y.f_add(beta),
        None => Ok(y),
    }
}

/// (x − mean)/√(variance + eps)·gamma + beta, as x·scale + shift: the statistics are far smaller than x.
fn normalize(
    x: &Tensor,
    beta: Option<&Tensor>,
    gamma: Option<&Tensor>,
    mean: &Tensor,
    variance: &Tensor,
    eps: f64,
) -> Result<Tensor, TchError> {
    let deviation = variance.f_add_scalar(eps)?.f_sqrt()?;
    let scale = match gamma {
        Some(gamma) => gamma.f_div(&deviation)?,
        None => deviation.f_reciprocal()?,
    };
    let shift = mean.f_mul(&scale)?.f_neg()?;
    let shift = match beta {
        Some(beta) => shift.f_add(beta)?,
        None => shift,
    };
    x.f_mul(&scale)?.f_add_(&shift)
}

/// Mean and biased variance over all axes but `axes`, which stay with extent 1.
fn of_batch(x: &Tensor, axes: &[i64]) -> Result<(Tensor, Tensor), TchError> {
    let rank = i64::try_from(x.dim()).unwrap_or(i64::MAX);
    let others: Vec<i64> = (0..rank).filter(|axis| !axes.contains(axis) && !axes.contains(&(axis - rank))).collect();
    Ok((x.f_mean_dim(others.as_slice(), true, None)?, x.f_var_dim(others.as_slice(), false, true)?))
}
