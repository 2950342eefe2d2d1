//! The Mahalanobis distance of the embedding at each position, computed for many images at once.
//!
//! √(δᵀ·Σ⁻¹·δ), with δ the difference to the mean; dense Gaussians divide by the root of the number of channels, as the
//! network in the file does (NNC contract 6.6). That network holds δ in four orders and passes over it in each of its ten
//! functions; here the samples of a Gaussian are one matrix from the start, and what is left is one matrix product for
//! each, which reads Σ⁻¹ once for all images.

mod device;
mod host;

use std::sync::Arc;

use nnc_plugin_api::Result;
use tch::{Device, Tensor};

use crate::gaussian::Gaussian;

/// The Gaussians of a trained model where they are used.
pub(crate) enum Distance {
    Host(host::Gaussians),
    Device(device::Gaussians),
}

impl Distance {
    /// Takes `mean` (1, D, grid, grid) and `cov_inv` (count·D, D, 1, 1) of a model to `device`. On a CPU `cov_inv` stays
    /// where it is.
    ///
    /// # Errors
    /// What libtorch says.
    pub(crate) fn new(gaussian: Gaussian, mean: &[f32], cov_inv: &Arc<[f32]>, device: Device) -> Result<Self> {
        Ok(match device {
            Device::Cpu => Self::Host(host::Gaussians::new(gaussian, mean, cov_inv)),
            _ => Self::Device(device::Gaussians::new(gaussian, mean, cov_inv, device)?),
        })
    }

    /// The same Gaussians, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        match self {
            Self::Host(gaussians) => Self::Host(gaussians.clone()),
            Self::Device(gaussians) => Self::Device(gaussians.replica()),
        }
    }

    /// Anomaly maps (B, 56, 56) of three layers (B, C, side, side).
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn maps(&self, layers: &[Tensor]) -> Result<Tensor> {
        match self {
            Self::Host(gaussians) => gaussians.maps(layers),
            Self::Device(gaussians) => Ok(gaussians.maps(layers)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    #[test]
    fn both_places_give_the_same_maps() {
        tch::manual_seed(4);
        let random = |shape: &[i64]| Tensor::rand(shape, (Kind::Float, Device::Cpu));
        let layers: Vec<Tensor> = [(2, 56), (1, 28), (3, 14)].map(|(c, side)| random(&[3, c, side, side])).into();
        for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
            let count = gaussian.count() as i64;
            let floats = |tensor: Tensor| Vec::<f32>::try_from(tensor.contiguous().view([-1])).unwrap();
            let mean = floats(random(&[count * 6]));
            let cov_inv: Arc<[f32]> =
                floats(random(&[count, 6, 6]) + 5 * Tensor::eye(6, (Kind::Float, Device::Cpu))).into();
            let host = host::Gaussians::new(gaussian, &mean, &cov_inv).maps(&layers).unwrap();
            let device = device::Gaussians::new(gaussian, &mean, &cov_inv, Device::Cpu).unwrap().maps(&layers).unwrap();
            assert_eq!((host.size(), device.size()), (vec![3, 56, 56], vec![3, 56, 56]));
            let worst = (&host - &device).abs().max().double_value(&[]) / host.max().double_value(&[]);
            assert!(worst < 1e-6, "{gaussian:?}: {worst}");
        }
    }
}
