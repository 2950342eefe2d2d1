//! Inverses of the regularised covariances, in parallel, by Cholesky factorisation with ndarray-linalg and a statically
//! linked OpenBLAS (docs/decisions/linear-algebra.md says why).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use ndarray_linalg::cholesky::InverseC;
use nnc_plugin_api::{Error, ErrorKind, Host, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::moments::Gaussians;

/// Added to the diagonal of every covariance (PaDiM paper, section III-B; NNC contract 6.5).
pub(crate) const REGULARISATION: f64 = 0.01;

unsafe extern "C" {
    fn openblas_set_num_threads(threads: std::ffi::c_int);
}

/// Mean and inverse covariance of every Gaussian, as the network stores them.
pub(crate) struct Model {
    /// (1, D, grid, grid).
    pub(crate) mean: Arc<[f32]>,
    /// (count·D, D, 1, 1): the inverses one below the other.
    pub(crate) cov_inv: Arc<[f32]>,
}

/// Inverts on `host.environment().threads` threads.
///
/// # Errors
/// A covariance with values that are not finite, or cancellation.
pub(crate) fn invert(gaussians: &Gaussians, host: &Host) -> Result<Model> {
    // The matrices are small: one thread each on all processors beats all processors on each.
    // SAFETY: sets a number inside the statically linked OpenBLAS.
    unsafe { openblas_set_num_threads(1) };
    let (dim, count) = (gaussians.dim(), gaussians.count());
    let (mut shared_mean, mut shared_cov_inv) = room(count, dim);
    let (Some(mean), Some(cov_inv)) = (Arc::get_mut(&mut shared_mean), Arc::get_mut(&mut shared_cov_inv)) else {
        return Err(Error::new(ErrorKind::Internal, "memory of the model is shared before it is filled"));
    };
    let done = AtomicUsize::new(0);
    let threads = host.environment().threads.clamp(1, count);
    // Not the threads of the whole process: how many there are is the host's decision.
    ThreadPoolBuilder::new().num_threads(threads).build()?.install(|| {
        cov_inv.par_chunks_mut(dim * dim).enumerate().try_for_each(|(index, out)| {
            invert_one(gaussians, index, out)?;
            host.checkpoint()?;
            host.progress(done.fetch_add(1, Ordering::Relaxed) + 1, count);
            Ok::<_, Error>(())
        })
    })?;
    let mut values = vec![0.0; dim];
    for index in 0..count {
        gaussians.mean(index, &mut values);
        for (channel, &value) in values.iter().enumerate() {
            mean[channel * count + index] = value as f32;
        }
    }
    Ok(Model { mean: shared_mean, cov_inv: shared_cov_inv })
}

/// Memory for the means and inverses of `count` Gaussians with `dim` channels. It is shared from the start: the network
/// takes it without a copy, and the inverses may be half of all memory.
pub(crate) fn room(count: usize, dim: usize) -> (Arc<[f32]>, Arc<[f32]>) {
    let zeros = |length| std::iter::repeat_n(0.0_f32, length).collect();
    (zeros(dim * count), zeros(count * dim * dim))
}

fn invert_one(gaussians: &Gaussians, index: usize, out: &mut [f32]) -> Result<()> {
    let dim = gaussians.dim();
    let mut covariance = vec![0.0; dim * dim];
    gaussians.covariance(index, &mut covariance);
    if covariance.iter().any(|v| !v.is_finite()) {
        return Err(Error::data("the features of the training images are not finite, so there is no covariance"));
    }
    let mut matrix = Array2::from_shape_vec((dim, dim), covariance)?;
    matrix.diag_mut().mapv_inplace(|v| v + REGULARISATION);
    let inverse = matrix.invc()?;
    for (out, &value) in out.iter_mut().zip(&inverse) {
        *out = value as f32;
    }
    Ok(())
}
