//! First and second moments of the embedding on a GPU, and the inverses made from them there.
//!
//! The same sums as `moments`, but of the whole embedding: a GPU does the repeated products faster than it could be told
//! to leave them out. In f64, and shifted by the mean of the first batch, so that both agree.

use std::sync::Arc;

use nnc_engine::copy_values;
use nnc_plugin_api::{Error, ErrorKind, Result};
use tch::{Kind, Tensor};

use crate::embedding;
use crate::gaussian::Gaussian;
use crate::inverse::{self, REGULARISATION};

/// Bytes of covariances that are inverted at once.
const AT_ONCE: usize = 256 << 20;

/// Running sums over images, on the device of the features.
pub(crate) struct DeviceMoments {
    gaussian: Gaussian,
    samples: usize,
    sums: Option<Sums>,
}

struct Sums {
    /// (Gaussians, 1, D).
    shift: Tensor,
    /// (Gaussians, 1, D).
    first: Tensor,
    /// (Gaussians, D, D).
    second: Tensor,
}

impl DeviceMoments {
    /// No images yet.
    pub(crate) fn new(gaussian: Gaussian) -> Self {
        Self { gaussian, samples: 0, sums: None }
    }

    /// Adds three layers (B, C, side, side) and returns how many images they are of.
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn add(&mut self, layers: &[Tensor]) -> Result<usize> {
        let _no_grad = tch::no_grad_guard();
        let mut samples = embedding::samples(layers, self.gaussian, Kind::Double)?;
        let (count, _, dim) = samples.size3()?;
        if self.sums.is_none() {
            let zeros = |shape: [i64; 3]| Tensor::f_zeros(shape, (Kind::Double, samples.device()));
            let shift = samples.f_mean_dim([1].as_slice(), true, None)?;
            self.sums = Some(Sums { shift, first: zeros([count, 1, dim])?, second: zeros([count, dim, dim])? });
        }
        let Some(sums) = &mut self.sums else { return Err(Error::new(ErrorKind::Internal, "sums without memory")) };
        let samples = samples.f_sub_(&sums.shift)?;
        let _ = sums.first.f_add_(&samples.f_sum_dim_intlist([1].as_slice(), true, None)?)?;
        let _ = sums.second.f_baddbmm_(&samples.f_transpose(1, 2)?, &samples)?;
        let images = usize::try_from(layers[0].size()[0])?;
        self.samples += images * self.gaussian.samples_per_image();
        Ok(images)
    }

    /// Ends the summing: mean and inverse of the regularised covariance of every Gaussian, in the memory of the host.
    /// `done` hears how many of how many are ready, and may end the work.
    ///
    /// # Errors
    /// When no image was added, for features that are not finite, and what libtorch says.
    pub(crate) fn finish(self, done: impl Fn(usize, usize) -> Result<()>) -> Result<inverse::Model> {
        let _no_grad = tch::no_grad_guard();
        let sums = self.sums.ok_or_else(|| Error::data("there is no image to train on"))?;
        let (n, (count, _, dim)) = (self.samples as f64, sums.second.size3()?);
        let mean = sums.shift.f_add(&sums.first.f_div_scalar(n)?)?;
        if !bool::try_from(mean.f_isfinite()?.f_all()?)? {
            return Err(Error::data("the features of the training images are not finite, so there is no covariance"));
        }
        let (mut means, mut inverses) = inverse::room(count as usize, dim as usize);
        let (Some(mean_values), Some(inverse_values)) = (Arc::get_mut(&mut means), Arc::get_mut(&mut inverses)) else {
            return Err(Error::new(ErrorKind::Internal, "memory of the model is shared before it is filled"));
        };
        // (1, D, grid, grid).
        copy_values(&mean.f_squeeze_dim(1)?.f_transpose(0, 1)?, mean_values)?;
        let ridge = Tensor::f_eye(dim, (Kind::Double, mean.device()))?.f_mul_scalar(REGULARISATION)?;
        let block = (AT_ONCE / (8 * (dim * dim) as usize)).max(1);
        for (number, out) in inverse_values.chunks_mut(block * (dim * dim) as usize).enumerate() {
            let (start, length) = ((number * block) as i64, out.len() as i64 / (dim * dim));
            let (first, second) = (sums.first.f_narrow(0, start, length)?, sums.second.f_narrow(0, start, length)?);
            let products = first.f_transpose(1, 2)?.f_bmm(&first)?.f_div_scalar(n)?;
            let covariance = second.f_sub(&products)?.f_div_scalar(n - 1.0)?.f_add(&ridge)?;
            let factor = covariance.f_linalg_cholesky(false)?;
            copy_values(&factor.f_cholesky_inverse(false)?, out)?;
            done(number * block + length as usize, count as usize)?;
        }
        Ok(inverse::Model { mean: means, cov_inv: inverses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    use crate::moments::{Features, Moments};

    /// libtorch runs the same functions on every device, so a CPU shows that the sums are right.
    #[test]
    fn both_ways_to_sum_give_the_same_gaussians() {
        tch::manual_seed(11);
        let layers: Vec<Tensor> = [(2, 56), (1, 28), (3, 14)]
            .map(|(channels, side)| Tensor::randn([37, channels, side, side], (Kind::Float, Device::Cpu)) * 0.1 + 30.0)
            .into();
        for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
            let (mut sums, mut device) = (Moments::new(gaussian, [2, 1, 3], 2).unwrap(), DeviceMoments::new(gaussian));
            for start in (0..37).step_by(10) {
                let part: Vec<Tensor> = layers.iter().map(|f| f.narrow(0, start, 10.min(37 - start))).collect();
                sums.add(&Features::read(&part).unwrap());
                device.add(&part).unwrap();
            }
            let sums = sums.finish().unwrap();
            let (mut means, mut covariances) = (Vec::new(), Vec::new());
            for index in 0..sums.count() {
                let (mut mean, mut covariance) = ([0.0; 6], [0.0; 36]);
                sums.mean(index, &mut mean);
                sums.covariance(index, &mut covariance);
                means.extend(mean);
                covariances.extend(covariance);
            }
            let ridge = Tensor::eye(6, (Kind::Double, Device::Cpu)) * REGULARISATION;
            let inverses = Tensor::linalg_inv(&(Tensor::from_slice(&covariances).view([-1, 6, 6]) + ridge));
            let floats =
                |tensor: Tensor| Vec::<f32>::try_from(tensor.to_kind(Kind::Float).contiguous().view([-1])).unwrap();
            let due_mean = floats(Tensor::from_slice(&means).view([-1, 6]).transpose(0, 1));
            let due_inverse = floats(inverses);
            let found = device.finish(|_, _| Ok(())).unwrap();
            for (found, due) in [(&found.mean, &due_mean), (&found.cov_inv, &due_inverse)] {
                assert_eq!(found.len(), due.len());
                let most = due.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
                let worst = found.iter().zip(due.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst <= 1e-6 * most, "{gaussian:?}: {worst} of {most}");
            }
        }
    }
}
