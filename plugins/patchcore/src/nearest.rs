//! The distance to the nearest patch of the memory, exactly and in bounded memory.
//!
//! Candidates come from |m|² - 2hm, a matrix product, after the mean of the memory was taken from both sides: the
//! nearest patch is known to some millionths of the patches' spread. The distance itself is then computed from the
//! differences to that patch, so that nothing cancels. [`BLOCK`] patches are compared at once, whatever the size of
//! the memory.

use nnc_plugin_api::{Error, Result};
use tch::{Device, Kind, Tensor};

/// Patches compared at once: 13 MB of products for each image.
const BLOCK: i64 = 4096;

/// The patches of a trained model.
pub(crate) struct Memory {
    /// (D), what was taken from the patches.
    mean: Tensor,
    /// (M, D).
    patches: Tensor,
    /// (M), squared lengths.
    lengths: Tensor,
}

impl Memory {
    /// From the parameter (1,D,M,1,1).
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn new(values: &[f32], dim: usize, device: Device) -> Result<Self> {
        if dim == 0 || values.is_empty() || !values.len().is_multiple_of(dim) {
            return Err(Error::model(format!("the model's memory has {} values of {dim} channels", values.len())));
        }
        let columns = Tensor::f_from_slice(values)?.f_view([i64::try_from(dim)?, -1])?.f_to_device(device)?;
        let mean = columns.f_mean_dim([1].as_slice(), false, Kind::Float)?;
        let patches = columns.f_tr()?.f_sub(&mean)?.f_contiguous()?;
        let lengths = patches.f_square()?.f_sum_dim_intlist([1].as_slice(), false, Kind::Float)?;
        Ok(Self { mean, patches, lengths })
    }

    /// The same patches, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        Self {
            mean: self.mean.shallow_clone(),
            patches: self.patches.shallow_clone(),
            lengths: self.lengths.shallow_clone(),
        }
    }

    /// Channels of a patch.
    pub(crate) fn dim(&self) -> i64 {
        self.patches.size()[1]
    }

    /// The distances of an embedding (B, D, positions); gives (B, positions).
    ///
    /// # Errors
    /// As [`Memory::new`].
    pub(crate) fn distances(&self, embedding: &Tensor) -> Result<Tensor> {
        let _no_grad = tch::no_grad_guard();
        let (batch, dim, positions) = embedding.size3()?;
        let rows = embedding.f_transpose(1, 2)?.f_sub(&self.mean)?.f_contiguous()?.f_view([batch * positions, dim])?;
        let mut best: Option<(Tensor, Tensor)> = None;
        let count = self.patches.size()[0];
        for start in (0..count).step_by(BLOCK as usize) {
            let length = BLOCK.min(count - start);
            let patches = self.patches.f_narrow(0, start, length)?.f_tr()?;
            let products = self.lengths.f_narrow(0, start, length)?.f_addmm(&rows, &patches.f_mul_scalar(-2.0)?)?;
            let (value, index) = products.f_min_dim(1, false)?;
            let index = index.f_add_scalar(start)?;
            best = Some(match best {
                None => (value, index),
                Some((best, found)) => {
                    let nearer = value.f_lt_tensor(&best)?;
                    (value.f_minimum(&best)?, index.f_where_self(&nearer, &found)?)
                }
            });
        }
        let (_, index) = best.ok_or_else(|| Error::model("the model's memory is empty"))?;
        let squares = rows.f_sub(&self.patches.f_index_select(0, &index)?)?.f_square_()?;
        let distances = squares.f_sum_dim_intlist([1].as_slice(), false, Kind::Float)?.f_sqrt_()?;
        Ok(distances.f_view([batch, positions])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_comparing_everything() {
        tch::manual_seed(3);
        // Far from the origin, more patches than a block, and a row that is in the memory.
        let (dim, count, positions) = (7_i64, BLOCK + 100, 6_i64);
        let memory = Tensor::randn([dim, count], (Kind::Float, Device::Cpu)) + 200.0;
        let queries = Tensor::randn([2, dim, positions], (Kind::Float, Device::Cpu)) + 200.0;
        queries.get(1).narrow(1, 3, 1).copy_(&memory.narrow(1, BLOCK + 5, 1));
        let flat = |tensor: &Tensor| Vec::<f32>::try_from(tensor.reshape([-1])).unwrap();
        let (values, asked) = (flat(&memory), flat(&queries));
        let found = Memory::new(&values, dim as usize, Device::Cpu).unwrap().distances(&queries).unwrap();
        assert_eq!(found.size(), [2, positions]);
        let (dim, count, positions) = (dim as usize, count as usize, positions as usize);
        for (at, found) in flat(&found).into_iter().enumerate() {
            let (image, position) = (at / positions, at % positions);
            let value = |c: usize| asked[(image * dim + c) * positions + position];
            let squared = |patch: usize, c: usize| (f64::from(value(c)) - f64::from(values[c * count + patch])).powi(2);
            let distance = |patch| (0..dim).map(|c| squared(patch, c)).sum::<f64>().sqrt();
            let due = (0..count).map(distance).fold(f64::INFINITY, f64::min);
            assert!((f64::from(found) - due).abs() < 1e-4, "{found} {due}");
        }
        assert_eq!(found.double_value(&[1, 3]), 0.0);
    }

    #[test]
    fn a_memory_without_patches_is_refused() {
        for (values, dim) in [(&[][..], 3), (&[1.0, 2.0], 3), (&[1.0], 0)] {
            assert!(Memory::new(values, dim, Device::Cpu).is_err());
        }
    }
}
