//! The distance on a GPU, in libtorch's functions.

use tch::{Device, Kind, TchError, Tensor};

use crate::embedding;
use crate::gaussian::Gaussian;

/// Gaussians in the memory of a device.
pub(crate) struct Gaussians {
    gaussian: Gaussian,
    /// (Gaussians, 1, channels).
    mean: Tensor,
    /// (Gaussians, channels, channels).
    cov_inv: Tensor,
}

impl Gaussians {
    pub(super) fn new(gaussian: Gaussian, mean: &[f32], cov_inv: &[f32], device: Device) -> Result<Self, TchError> {
        let count = gaussian.count() as i64;
        let dim = mean.len() as i64 / count;
        let mean = Tensor::f_from_slice(mean)?.f_reshape([dim, count])?.f_transpose(0, 1)?.f_contiguous()?;
        let cov_inv = Tensor::f_from_slice(cov_inv)?.f_reshape([count, dim, dim])?;
        Ok(Self { gaussian, mean: mean.f_unsqueeze(1)?.f_to(device)?, cov_inv: cov_inv.f_to(device)? })
    }

    pub(super) fn replica(&self) -> Self {
        Self { gaussian: self.gaussian, mean: self.mean.shallow_clone(), cov_inv: self.cov_inv.shallow_clone() }
    }

    pub(super) fn maps(&self, layers: &[Tensor]) -> Result<Tensor, TchError> {
        let _no_grad = tch::no_grad_guard();
        let batch = layers[0].size()[0];
        let mut delta = embedding::samples(layers, self.gaussian, Kind::Float)?;
        let delta = delta.f_sub_(&self.mean)?;
        let squares = delta.f_bmm(&self.cov_inv.f_transpose(1, 2)?)?.f_mul_(&delta)?;
        let sum = match self.gaussian {
            Gaussian::Dense => squares.f_mean_dim([-1].as_slice(), false, None)?,
            _ => squares.f_sum_dim_intlist([-1].as_slice(), false, None)?,
        };
        embedding::maps(&sum.f_sqrt()?, self.gaussian, batch)
    }
}
