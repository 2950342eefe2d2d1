//! The Mahalanobis distance of the embedding at each position, computed for many images at once.
//!
//! √(δᵀ·Σ⁻¹·δ), with δ the difference to the mean; dense Gaussians divide by the root of the number of channels, as the
//! network in the file does (NNC contract 6.6). That network holds δ in four orders and passes over it for each of its ten
//! functions; here the samples of a Gaussian are one matrix from the start, and what is left is one matrix product for
//! each, whose cost is reading Σ⁻¹ once for all images.

use tch::{Device, Kind, TchError, Tensor};

use crate::embedding;
use crate::gaussian::Gaussian;

/// The Gaussians of a trained model.
pub(crate) struct Distance {
    gaussian: Gaussian,
    /// (Gaussians, 1, channels).
    mean: Tensor,
    /// (Gaussians, channels, channels).
    cov_inv: Tensor,
}

impl Distance {
    /// Takes `mean` (1, D, grid, grid) and `cov_inv` (count·D, D, 1, 1) of a model to `device`.
    ///
    /// # Errors
    /// What libtorch says.
    pub(crate) fn new(
        gaussian: Gaussian,
        dim: usize,
        mean: &[f32],
        cov_inv: &[f32],
        device: Device,
    ) -> Result<Self, TchError> {
        let (count, dim) = (gaussian.count() as i64, dim as i64);
        let mean = Tensor::f_from_slice(mean)?.f_reshape([dim, count])?.f_transpose(0, 1)?.f_contiguous()?;
        let cov_inv = Tensor::f_from_slice(cov_inv)?.f_reshape([count, dim, dim])?;
        Ok(Self { gaussian, mean: mean.f_unsqueeze(1)?.f_to(device)?, cov_inv: cov_inv.f_to(device)? })
    }

    /// The same Gaussians, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        Self { gaussian: self.gaussian, mean: self.mean.shallow_clone(), cov_inv: self.cov_inv.shallow_clone() }
    }

    /// Score maps (B, 56, 56) of three layers (B, C, side, side).
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn maps(&self, layers: &[Tensor]) -> Result<Tensor, TchError> {
        let _no_grad = tch::no_grad_guard();
        let batch = layers[0].size()[0];
        let mut delta = embedding::samples(layers, self.gaussian, Kind::Float)?;
        let delta = delta.f_sub_(&self.mean)?;
        // Row i of Σ⁻¹ meets δ, as in the file, though the two are the same but for rounding.
        let squares = delta.f_bmm(&self.cov_inv.f_transpose(1, 2)?)?.f_mul_(&delta)?;
        let sum = match self.gaussian {
            Gaussian::Dense => squares.f_mean_dim([-1].as_slice(), false, None)?,
            _ => squares.f_sum_dim_intlist([-1].as_slice(), false, None)?,
        };
        embedding::maps(&sum.f_sqrt()?, self.gaussian, batch)
    }
}
