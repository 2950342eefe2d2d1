//! The anomaly map of an embedding in the place of the network's own functions: the differences of one position are one
//! matrix for all images, and one product with the matrix of the position gives their distances.

use std::sync::Arc;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use nnc_engine::values;
use nnc_plugin_api::Result;
use tch::{Device, Kind, TchError, Tensor};

use crate::{GRID, MAP, POSITIONS};

/// The Gaussians of a trained model where they are used.
pub(crate) enum Distance {
    /// In the memory of the host. A product there sums each value in the same order however many images there are, so
    /// maps do not depend on how images are put together, as they would with the products of libtorch.
    Host {
        /// (positions, channels).
        mean: Arc<[f32]>,
        /// (positions, channels, channels).
        whitening: Arc<[f32]>,
    },
    /// On a GPU.
    Device {
        /// (positions, 1, channels).
        mean: Tensor,
        /// (positions, channels, channels), transposed.
        whitening: Tensor,
    },
}

impl Distance {
    /// Takes `mean` (1, D, 14, 14) and `whitening` (196·D, D, 1, 1) of a model to `device`. On a CPU `whitening` stays where
    /// it is.
    ///
    /// # Errors
    /// What libtorch says.
    pub(crate) fn new(mean: &[f32], whitening: &Arc<[f32]>, device: Device) -> Result<Self> {
        let dim = mean.len() / POSITIONS;
        let mean: Arc<[f32]> =
            (0..mean.len()).filter_map(|at| mean.get(at % dim * POSITIONS + at / dim).copied()).collect();
        if device == Device::Cpu {
            return Ok(Self::Host { mean, whitening: Arc::clone(whitening) });
        }
        Ok(Self::on_device(&mean, whitening, device)?)
    }

    fn on_device(mean: &[f32], whitening: &[f32], device: Device) -> Result<Self, TchError> {
        let (positions, dim) = (POSITIONS as i64, (mean.len() / POSITIONS) as i64);
        let mean = Tensor::f_from_slice(mean)?.f_view([positions, 1, dim])?.f_to(device)?;
        let whitening = Tensor::f_from_slice(whitening)?.f_view([positions, dim, dim])?.f_to(device)?;
        Ok(Self::Device { mean, whitening: whitening.f_transpose(1, 2)? })
    }

    /// The same Gaussians, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        match self {
            Self::Host { mean, whitening } => Self::Host { mean: Arc::clone(mean), whitening: Arc::clone(whitening) },
            Self::Device { mean, whitening } => {
                Self::Device { mean: mean.shallow_clone(), whitening: whitening.shallow_clone() }
            }
        }
    }

    /// Maps (B, 28, 28) of an embedding (B, D, 14, 14).
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn maps(&self, embedding: &Tensor) -> Result<Tensor> {
        let (batch, dim, _, _) = embedding.size4()?;
        let samples = embedding.f_reshape([batch, dim, POSITIONS as i64])?.f_permute([2, 0, 1])?;
        let distances = match self {
            Self::Host { mean, whitening } => {
                Tensor::f_from_slice(&host(values(&samples)?, usize::try_from(batch)?, mean, whitening)?)?
            }
            Self::Device { mean, whitening } => {
                let white = samples.f_sub(mean)?.f_bmm(whitening)?;
                white.f_square()?.f_sum_dim_intlist(-1, false, Kind::Float)?.f_sqrt()?
            }
        };
        let grid = GRID as i64;
        let maps = distances.f_view([POSITIONS as i64, batch])?.f_transpose(0, 1)?.f_reshape([batch, 1, grid, grid])?;
        let map = MAP as i64;
        Ok(maps.f_upsample_bilinear2d([map, map], false, None, None)?.f_view([batch, map, map])?)
    }
}

/// Distances (positions, B) of features (positions, B, channels).
fn host(mut features: Vec<f32>, batch: usize, mean: &[f32], whitening: &[f32]) -> Result<Vec<f32>> {
    let dim = mean.len() / POSITIONS;
    let mut white = Array2::zeros((batch, dim));
    let mut distances = Vec::with_capacity(POSITIONS * batch);
    let by_position = mean.chunks_exact(dim).zip(whitening.chunks_exact(dim * dim));
    for (delta, (mean, whitening)) in features.chunks_exact_mut(batch * dim).zip(by_position) {
        let mut delta = ArrayViewMut2::from_shape((batch, dim), delta)?;
        delta -= &ndarray::aview1(mean);
        general_mat_mul(1.0, &delta, &ArrayView2::from_shape((dim, dim), whitening)?.t(), 0.0, &mut white);
        distances.extend(white.outer_iter().map(|row| row.iter().map(|value| value * value).sum::<f32>().sqrt()));
    }
    Ok(distances)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_places_give_the_same_maps() {
        tch::manual_seed(4);
        let random = |shape: &[i64]| Tensor::rand(shape, (Kind::Float, Device::Cpu));
        let floats = |tensor: Tensor| Vec::<f32>::try_from(tensor.contiguous().view([-1])).unwrap();
        let embedding = random(&[3, 6, 14, 14]);
        let (mean, whitening): (Vec<f32>, Arc<[f32]>) =
            (floats(random(&[6 * 196])), floats(random(&[196, 6, 6]) - 0.5).into());
        let host = Distance::new(&mean, &whitening, Device::Cpu).unwrap().replica();
        let Distance::Host { mean: by_position, .. } = &host else { panic!("not on the host") };
        let device = Distance::on_device(by_position, &whitening, Device::Cpu).unwrap().replica();
        let [host, device] = [host, device].map(|distance| distance.maps(&embedding).unwrap());
        assert_eq!((host.size(), device.size()), (vec![3, 28, 28], vec![3, 28, 28]));
        let worst = (&host - &device).abs().max().double_value(&[]) / host.max().double_value(&[]);
        assert!(worst < 1e-6, "{worst}");
    }
}
