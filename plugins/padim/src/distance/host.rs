//! The distance on the CPU.
//!
//! A product of a Gaussian's samples with its Σ⁻¹ sums each value in the same order however many samples there are, so
//! maps do not depend on how images are put together, as they would with the products of libtorch.

use std::sync::Arc;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use nnc_engine::values;
use nnc_plugin_api::Result;
use tch::{Kind, Tensor};

use crate::embedding;
use crate::gaussian::Gaussian;

/// Gaussians in the memory of the host.
#[derive(Clone)]
pub(crate) struct Gaussians {
    gaussian: Gaussian,
    dim: usize,
    /// (Gaussians, channels).
    mean: Arc<[f32]>,
    /// (Gaussians, channels, channels).
    cov_inv: Arc<[f32]>,
}

impl Gaussians {
    pub(super) fn new(gaussian: Gaussian, mean: &[f32], cov_inv: &Arc<[f32]>) -> Self {
        let (count, dim) = (gaussian.count(), mean.len() / gaussian.count());
        let mean = (0..count * dim).map(|at| mean[at % dim * count + at / dim]).collect();
        Self { gaussian, dim, mean, cov_inv: Arc::clone(cov_inv) }
    }

    pub(super) fn maps(&self, layers: &[Tensor]) -> Result<Tensor> {
        let batch = layers[0].size()[0];
        let samples = embedding::samples(layers, self.gaussian, Kind::Float)?;
        let (count, each, _) = samples.size3()?;
        let mut delta = values(&samples)?;
        drop(samples);

        let (each, dim) = (usize::try_from(each)?, self.dim);
        let mut product = Array2::zeros((each, dim));
        let mut distances = Vec::with_capacity(self.gaussian.count() * each);
        let by_gaussian = self.mean.chunks(dim).zip(self.cov_inv.chunks(dim * dim));
        for (delta, (mean, cov_inv)) in delta.chunks_mut(each * dim).zip(by_gaussian) {
            let mut delta = ArrayViewMut2::from_shape((each, dim), delta)?;
            delta -= &ndarray::aview1(mean);
            // Row i of Σ⁻¹ meets δ, as in the file, though rows and columns are the same but for rounding.
            general_mat_mul(1.0, &delta, &ArrayView2::from_shape((dim, dim), cov_inv)?.t(), 0.0, &mut product);
            for (delta, product) in delta.axis_iter(Axis(0)).zip(product.axis_iter(Axis(0))) {
                let sum: f32 = delta.iter().zip(product).map(|(delta, product)| delta * product).sum();
                distances.push(self.root(sum));
            }
        }
        Ok(embedding::maps(&Tensor::f_from_slice(&distances)?.f_view([count, each as i64])?, self.gaussian, batch)?)
    }

    fn root(&self, sum: f32) -> f32 {
        match self.gaussian {
            Gaussian::Dense => (sum / self.dim as f32).sqrt(),
            _ => sum.sqrt(),
        }
    }
}
