//! Normalisations without trained statistics: NormNormalization, WeightStandardization and MeanSubtraction.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::ShapeError;

function! {
    /// x / (Σ|x|ᵖ + eps)^(1/p) over `axes`.
    pub struct NormNormalization: "NormNormalization" in "norm_normalization_param" {
        /// Order; 0 stands for the default, 2.
        p: float,
        /// Axes that are normalised together; none means all.
        axes: ints,
        /// Keeps the quotient finite.
        eps: float,
    }
}

impl Rules for NormNormalization {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axes("axes", &self.axes, x.len())?;
        Ok(x.to_vec())
    }
}

function! {
    /// A weight with mean 0 and variance 1 for every channel of `channel_axis`.
    pub struct WeightStandardization: "WeightStandardization" in "weight_standardization_param" {
        /// Axis of the output channels.
        channel_axis: int,
        /// Added to the variance.
        eps: float,
    }
}

impl Rules for WeightStandardization {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let weight = inputs.one()?;
        inputs.axis("channel_axis", self.channel_axis, weight.len())?;
        Ok(weight.to_vec())
    }
}

function! {
    /// x without the running mean; inputs x, mean and a counter, which only training uses.
    #[derive(Eq)]
    pub struct MeanSubtraction: "MeanSubtraction" in "mean_subtraction_param" {
        /// First axis that is not batch.
        base_axis: int,
        /// Subtract the mean of the batch and update the running one.
        update_running_mean: flag,
    }
}

impl Rules for MeanSubtraction {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(3..=3, "x, mean and counter")?;
        let x = inputs.get(0)?;
        let axis = inputs.axis("base_axis", self.base_axis, x.len())?;
        inputs.shape(1, x.get(axis..).unwrap_or_default())?;
        Ok(x.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("NormNormalization", "p: 2.0 axes: 1 eps: 1e-12", &[&[2, 4]], Ok(&[2, 4])),
            ("WeightStandardization", "channel_axis: 3 eps: 1e-05", &[&[2, 4, 3, 3]], Ok(&[2, 4, 3, 3])),
            ("MeanSubtraction", "base_axis: 1", &[&[2, 4, 9], &[4, 9], &[1]], Ok(&[2, 4, 9])),
            (
                "MeanSubtraction",
                "base_axis: 1",
                &[&[2, 4], &[2, 4], &[1]],
                Err("input 1 of MeanSubtraction has shape [2, 4], expected [4]"),
            ),
        ]);
    }
}
