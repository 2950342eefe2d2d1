//! From the moments of all positions to what the network holds: means, and for each position a matrix W with
//! |W·δ| the Mahalanobis distance of the difference δ to the mean.
//!
//! Channels are divided by their standard deviation over all images and positions, so that shrinkage weighs them alike; then
//! each covariance is shrunk. W is the inverse of its Cholesky factor L, Σ = L·Lᵀ, with the division of the channels folded
//! in: δᵀ·Σ⁻¹·δ = |L⁻¹·δ|². A sum of squares cannot become negative by rounding, as δᵀ·(Σ⁻¹·δ) in 32 bits can.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, ArrayViewMut2};
use ndarray_linalg::{Cholesky, Diag, SolveTriangularInto, UPLO};
use nnc_plugin_api::{Error, ErrorKind, Host, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::POSITIONS;
use crate::shrinkage::shrink;
use crate::sums::Moments;

/// The largest deviation, as a share of the mean, of a channel that does not change but for what averages in 32 bits round.
const ROUNDING: f64 = 1e-6;

unsafe extern "C" {
    fn openblas_set_num_threads(threads: std::ffi::c_int);
}

/// The parameters of the network.
pub(crate) struct Gaussians {
    /// (1, D, 14, 14).
    pub(crate) mean: Arc<[f32]>,
    /// (196·D, D, 1, 1): the matrices one below the other.
    pub(crate) whitening: Arc<[f32]>,
    /// How far covariances were shrunk, on average: 0 for not at all, 1 when nothing but the variance was left.
    pub(crate) shrinkage: f64,
}

/// Fits the Gaussians on `host.environment().threads` threads.
///
/// # Errors
/// A covariance that cannot be factorised, and cancellation.
pub(crate) fn fit(images: usize, moments: &[Moments], host: &Host) -> Result<Gaussians> {
    let done = AtomicUsize::new(0);
    fit_with(images, moments, host.environment().threads, || {
        host.checkpoint()?;
        host.progress(done.fetch_add(1, Ordering::Relaxed) + 1, POSITIONS);
        Ok(())
    })
}

fn fit_with(
    images: usize,
    moments: &[Moments],
    threads: usize,
    each: impl Fn() -> Result<()> + Sync,
) -> Result<Gaussians> {
    // The matrices are small: one thread each on all processors beats all processors on each.
    // SAFETY: sets a number inside the statically linked OpenBLAS.
    unsafe { openblas_set_num_threads(1) };
    let scale = scale(moments);
    let dim = scale.len();
    // Shared from the start: the network takes them without a copy.
    let zeros = |length| -> Arc<[f32]> { std::iter::repeat_n(0.0, length).collect() };
    let (mut shared_mean, mut shared_whitening) = (zeros(POSITIONS * dim), zeros(POSITIONS * dim * dim));
    let (Some(mean), Some(whitening)) = (Arc::get_mut(&mut shared_mean), Arc::get_mut(&mut shared_whitening)) else {
        return Err(Error::new(ErrorKind::Internal, "memory of the model is shared before it is filled"));
    };
    // Not the threads of the whole process: how many there are is the host's decision.
    let pool = ThreadPoolBuilder::new().num_threads(threads.clamp(1, POSITIONS)).build()?;
    let shares: Vec<f64> = pool.install(|| {
        let matrices = whitening.par_chunks_exact_mut(dim * dim).zip(moments);
        matrices
            .map(|(out, moments)| {
                let share = whiten(&moments.covariance, &scale, images, out)?;
                each()?;
                Ok(share)
            })
            .collect::<Result<_>>()
    })?;
    for (position, moments) in moments.iter().enumerate() {
        for (channel, &value) in moments.mean.iter().enumerate() {
            mean[channel * POSITIONS + position] = value as f32;
        }
    }
    let shrinkage = shares.iter().sum::<f64>() / shares.len() as f64;
    Ok(Gaussians { mean: shared_mean, whitening: shared_whitening, shrinkage })
}

/// What each channel is multiplied by: 1 / its standard deviation over all images and positions, and 1 for a channel
/// that never changes.
fn scale(moments: &[Moments]) -> Vec<f64> {
    let dim = moments.first().map_or(0, |first| first.mean.len());
    let average = |value: &dyn Fn(&Moments) -> f64| moments.iter().map(value).sum::<f64>() / moments.len() as f64;
    let of_channel = |channel: usize| {
        let mean = average(&|moments| moments.mean[channel]);
        // Within each position, and between them.
        let variance =
            average(&|moments| moments.covariance[channel * (dim + 1)] + (moments.mean[channel] - mean).powi(2));
        let deviation = variance.sqrt();
        if deviation > ROUNDING * mean.abs() { 1.0 / deviation } else { 1.0 }
    };
    (0..dim).map(of_channel).collect()
}

/// Writes the matrix of one position to `out` and says how far its covariance was shrunk.
fn whiten(covariance: &[f64], scale: &[f64], images: usize, out: &mut [f32]) -> Result<f64> {
    let dim = scale.len();
    let mut scaled = Array2::from_shape_vec((dim, dim), covariance.to_vec())?;
    for ((row, column), value) in scaled.indexed_iter_mut() {
        *value *= scale[row] * scale[column];
    }
    let values = scaled.as_slice_mut().ok_or_else(|| Error::new(ErrorKind::Internal, "a matrix is in pieces"))?;
    let share = shrink(values, dim, images);
    let factor = scaled.cholesky(UPLO::Lower)?;
    let inverse = factor.solve_triangular_into(UPLO::Lower, Diag::NonUnit, Array2::eye(dim))?;
    let mut out = ArrayViewMut2::from_shape((dim, dim), out)?;
    for (((_, column), out), value) in out.indexed_iter_mut().zip(&inverse) {
        *out = (value * scale[column]) as f32;
    }
    Ok(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments of all positions that differ between them, for 3 channels of very different size.
    fn moments() -> Vec<Moments> {
        (0..POSITIONS)
            .map(|at| {
                let t = at as f64 / POSITIONS as f64;
                Moments {
                    mean: vec![t, 100.0 - t, 5.0],
                    covariance: vec![2.0 + t, 0.5, 0.001, 0.5, 1.0, -0.002, 0.001, -0.002, 1e-4],
                }
            })
            .collect()
    }

    #[test]
    fn distances_are_those_of_the_inverse() {
        let moments = moments();
        let fitted = fit_with(5, &moments, 2, || Ok(())).unwrap();
        let scale = scale(&moments);
        let delta = [0.3, -0.7, 0.02];
        for position in [0, 77, 195] {
            let mut covariance = Array2::from_shape_vec((3, 3), moments[position].covariance.clone()).unwrap();
            for ((i, j), value) in covariance.indexed_iter_mut() {
                *value *= scale[i] * scale[j];
            }
            shrink(covariance.as_slice_mut().unwrap(), 3, 5);
            // Solved by Cramer's rule.
            let d: Vec<f64> = delta.iter().zip(&scale).map(|(d, s)| d * s).collect();
            let det = |m: &Array2<f64>| {
                m[(0, 0)] * (m[(1, 1)] * m[(2, 2)] - m[(1, 2)] * m[(2, 1)])
                    - m[(0, 1)] * (m[(1, 0)] * m[(2, 2)] - m[(1, 2)] * m[(2, 0)])
                    + m[(0, 2)] * (m[(1, 0)] * m[(2, 1)] - m[(1, 1)] * m[(2, 0)])
            };
            let due: f64 = (0..3)
                .map(|column| {
                    let mut replaced = covariance.clone();
                    replaced.column_mut(column).assign(&ndarray::aview1(&d));
                    d[column] * det(&replaced) / det(&covariance)
                })
                .sum();
            let matrix = &fitted.whitening[position * 9..][..9];
            let found: f64 = matrix
                .chunks(3)
                .map(|row| row.iter().zip(delta).map(|(w, d)| f64::from(*w) * d).sum::<f64>().powi(2))
                .sum();
            assert!((found / due - 1.0).abs() < 1e-5, "{found} {due}");
            for channel in 0..3 {
                assert_eq!(fitted.mean[channel * POSITIONS + position], moments[position].mean[channel] as f32);
            }
        }
        assert!(fitted.shrinkage > 0.0 && fitted.shrinkage <= 1.0);
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let moments = moments();
        let [one, three] = [1, 3].map(|threads| fit_with(5, &moments, threads, || Ok(())).unwrap());
        assert_eq!(one.whitening, three.whitening);
        assert_eq!(one.shrinkage.to_bits(), three.shrinkage.to_bits());
    }

    #[test]
    fn images_that_are_all_the_same_have_a_finite_model() {
        let same = || Moments { mean: vec![1.0, 2.0], covariance: vec![0.0; 4] };
        let moments: Vec<Moments> = (0..POSITIONS).map(|_| same()).collect();
        let fitted = fit_with(3, &moments, 1, || Ok(())).unwrap();
        assert!(fitted.whitening.iter().all(|value| value.is_finite()));
        assert_eq!(fitted.whitening[0], 1000.0);
    }

    #[test]
    fn a_channel_that_only_rounding_moves_is_not_enlarged() {
        let mut moments = moments();
        for (at, moments) in moments.iter_mut().enumerate() {
            moments.mean[1] = if at % 2 == 0 { 7.0 } else { f64::from(7.0_f32.next_up()) };
            moments.covariance[4] = 1e-14;
        }
        let scale = scale(&moments);
        assert_eq!(scale[1], 1.0);
        assert!(scale[0] < 1.0 && scale[2] > 50.0, "{scale:?}");
    }
}
