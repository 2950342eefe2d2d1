//! BatchNormalization and its relatives.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Inputs x, beta, gamma, running mean and variance, each of the last four 1 except on `axes`.
    ///
    /// y = (x − mean)/√(variance + eps)·gamma + beta; with `batch_stat` mean and variance are those of x.
    pub struct BatchNormalization: "BatchNormalization" in "batch_normalization_param" {
        /// The channel axis: 1, or 3 with channels last.
        axes: ints,
        /// Weight of the old running statistics in training.
        decay_rate: float,
        /// Added to the variance.
        eps: float,
        /// Use the statistics of x, not the running ones.
        batch_stat: flag,
        /// There is no gamma among the inputs.
        no_scale: flag,
        /// There is no beta among the inputs.
        no_bias: flag,
    }
}

impl Rules for BatchNormalization {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let expected = 5 - usize::from(self.no_scale) - usize::from(self.no_bias);
        inputs.count(expected..=expected, "x, beta (unless no_bias), gamma (unless no_scale), mean, variance")?;
        statistics(inputs, &self.axes, 1..expected)?;
        Ok(inputs.get(0)?.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::multiply_add(work.outputs())
    }
}

function! {
    /// BatchNormalization, then an optional sixth input added, then the nonlinearity.
    pub struct FusedBatchNormalization: "FusedBatchNormalization" in "fused_batch_normalization_param" {
        /// The channel axis: 1, or 3 with channels last.
        axes: ints,
        /// Weight of the old running statistics in training.
        decay_rate: float,
        /// Added to the variance.
        eps: float,
        /// Use the statistics of x, not the running ones.
        batch_stat: flag,
        /// `relu`, the only one nnabla knows.
        nonlinearity: text,
    }
}

impl Rules for FusedBatchNormalization {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(5..=6, "x, beta, gamma, mean, variance and an optional z")?;
        if self.nonlinearity != "relu" {
            return Err(inputs.argument("nonlinearity", format!("\"{}\"", self.nonlinearity), "\"relu\""));
        }
        statistics(inputs, &self.axes, 1..5)?;
        let x = inputs.get(0)?;
        if inputs.shapes.len() == 6 {
            inputs.shape(5, x)?;
        }
        Ok(x.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::multiply_add(work.outputs()).and(Operations::comparison(work.outputs()))
    }
}

/// Refuses statistics that are not shaped like x on `axes` and 1 elsewhere.
fn statistics(inputs: Inputs<'_>, axes: &[i64], which: std::ops::Range<usize>) -> Result<(), ShapeError> {
    let x = inputs.get(0)?;
    let axes = inputs.axes("axes", axes, x.len())?;
    let expected: Vec<usize> =
        x.iter().enumerate().map(|(axis, &extent)| if axes.contains(&axis) { extent } else { 1 }).collect();
    which.into_iter().try_for_each(|index| inputs.shape(index, &expected))
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        const BN: &str = "axes: 1 decay_rate: 0.9 eps: 1e-05";
        const C: &[usize] = &[1, 4, 1, 1];
        let x: &[usize] = &[2, 4, 9, 8];
        let fused = format!("{BN} nonlinearity: \"relu\"");
        check(&[
            ("BatchNormalization", BN, &[x, C, C, C, C], Ok(x)),
            ("BatchNormalization", "axes: 1 eps: 1e-05 no_scale: true no_bias: true", &[x, C, C], Ok(x)),
            (
                "BatchNormalization",
                "axes: 3 decay_rate: 0.9 eps: 1e-05",
                &[&[2, 9, 8, 4], &[1, 1, 1, 4], &[1, 1, 1, 4], &[1, 1, 1, 4], &[1, 1, 1, 4]],
                Ok(&[2, 9, 8, 4]),
            ),
            (
                "BatchNormalization",
                BN,
                &[x, C, C, C, &[1, 5, 1, 1]],
                Err("input 4 of BatchNormalization has shape [1, 5, 1, 1], expected [1, 4, 1, 1]"),
            ),
            (
                "BatchNormalization",
                BN,
                &[x, C, C],
                Err("BatchNormalization has 3 inputs, \
                     expected x, beta (unless no_bias), gamma (unless no_scale), mean, variance"),
            ),
            ("FusedBatchNormalization", &fused, &[x, C, C, C, C], Ok(x)),
            ("FusedBatchNormalization", &fused, &[x, C, C, C, C, x], Ok(x)),
            (
                "FusedBatchNormalization",
                &fused,
                &[x, C, C, C, C, C],
                Err("input 5 of FusedBatchNormalization has shape [1, 4, 1, 1], expected [2, 4, 9, 8]"),
            ),
            (
                "FusedBatchNormalization",
                BN,
                &[x, C, C, C, C],
                Err("argument nonlinearity of FusedBatchNormalization is \"\", expected \"relu\""),
            ),
        ]);
    }
}
