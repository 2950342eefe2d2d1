//! Noise: Rand and Randn draw it, VATNoise brings it to a length.

use super::{
    declare::function,
    function::{Rules, set_first, starts_with_batch},
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

function! {
    /// Numbers between `low` and `high`, from no input.
    pub struct Rand: "Rand" in "rand_param" {
        /// Smallest number.
        low: float,
        /// Largest number.
        high: float,
        /// Extents of the output. A first −1 in a file is the batch.
        shape: shape,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
    }
}

impl Rules for Rand {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        drawn(&self.shape, inputs)
    }

    fn holds_batch(&self, _: i64) -> bool {
        starts_with_batch(&self.shape)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.shape, rows);
    }
}

function! {
    /// Numbers of the normal distribution, from no input.
    pub struct Randn: "Randn" in "randn_param" {
        /// Their mean.
        mu: float,
        /// Their standard deviation.
        sigma: float,
        /// Extents of the output. A first −1 in a file is the batch.
        shape: shape,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
    }
}

impl Rules for Randn {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        drawn(&self.shape, inputs)
    }

    fn holds_batch(&self, _: i64) -> bool {
        starts_with_batch(&self.shape)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.shape, rows);
    }
}

fn drawn(shape: &[i64], inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    inputs.count(0..=0, "none")?;
    shape.iter().map(|&extent| inputs.extent("shape", extent, 0)).collect()
}

function! {
    /// x of length `eps` for each sample; inputs x and w of the same shape, in which training keeps a gradient.
    pub struct VatNoise: "VATNoise" in "vat_noise_param" {
        /// Axes before it are samples, at least one.
        base_axis: int,
        /// The length.
        eps: float,
    }
}

impl Rules for VatNoise {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and w")?;
        let x = inputs.get(0)?;
        inputs.shape(1, x)?;
        if inputs.axis("base_axis", self.base_axis, x.len())? == 0 {
            return Err(inputs.argument("base_axis", self.base_axis, Requirement::AtLeast(1)));
        }
        Ok(x.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("Rand", "low: 1.0 high: 2.0 shape { dim: 2 dim: 4 } seed: -1", &[], Ok(&[2, 4])),
            ("Randn", "sigma: 2.0 shape { dim: 2 } seed: 7", &[], Ok(&[2])),
            ("Randn", "shape { dim: 2 }", &[&[2]], Err("Randn has 1 inputs, expected none")),
            ("VATNoise", "base_axis: 1 eps: 1.5", &[&[2, 4], &[2, 4]], Ok(&[2, 4])),
            (
                "VATNoise",
                "eps: 1.5",
                &[&[2, 4], &[2, 4]],
                Err("argument base_axis of VATNoise is 0, expected at least 1"),
            ),
            ("VATNoise", "base_axis: 1", &[&[2, 4], &[4]], Err("input 1 of VATNoise has shape [4], expected [2, 4]")),
        ]);
    }
}
