//! BatchNormalization and its relatives.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Inputs x, beta, gamma, running mean and variance, each of the last four 1 except on `axes`.
///
/// y = (x − mean)/√(variance + eps)·gamma + beta; with `batch_stat` mean and variance are those of x.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalization {
    /// The channel axis: 1, or 3 with channels last.
    pub axes: Vec<i64>,
    /// Weight of the old running statistics in training.
    pub decay_rate: f32,
    /// Added to the variance.
    pub eps: f32,
    /// Use the statistics of x, not the running ones.
    pub batch_stat: bool,
    /// There is no gamma among the inputs.
    pub no_scale: bool,
    /// There is no beta among the inputs.
    pub no_bias: bool,
}

impl BatchNormalization {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            axes: fields.ints("axes")?,
            decay_rate: fields.float("decay_rate")?,
            eps: fields.float("eps")?,
            batch_stat: fields.flag("batch_stat")?,
            no_scale: fields.flag("no_scale")?,
            no_bias: fields.flag("no_bias")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("axes", &self.axes);
        out.push_f32("decay_rate", self.decay_rate);
        out.push_f32("eps", self.eps);
        out.push_bool("batch_stat", self.batch_stat);
        out.push_bool("no_scale", self.no_scale);
        out.push_bool("no_bias", self.no_bias);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let expected = 5 - usize::from(self.no_scale) - usize::from(self.no_bias);
        inputs.count(expected..=expected, "x, beta (unless no_bias), gamma (unless no_scale), mean, variance")?;
        statistics(inputs, &self.axes, 1..expected)?;
        Ok(inputs.get(0)?.to_vec())
    }
}

/// BatchNormalization, then an optional sixth input added, then the nonlinearity.
#[derive(Clone, Debug, PartialEq)]
pub struct FusedBatchNormalization {
    /// The channel axis: 1, or 3 with channels last.
    pub axes: Vec<i64>,
    /// Weight of the old running statistics in training.
    pub decay_rate: f32,
    /// Added to the variance.
    pub eps: f32,
    /// Use the statistics of x, not the running ones.
    pub batch_stat: bool,
    /// `relu`, the only one nnabla knows.
    pub nonlinearity: String,
}

impl FusedBatchNormalization {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            axes: fields.ints("axes")?,
            decay_rate: fields.float("decay_rate")?,
            eps: fields.float("eps")?,
            batch_stat: fields.flag("batch_stat")?,
            nonlinearity: fields.text("nonlinearity")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("axes", &self.axes);
        out.push_f32("decay_rate", self.decay_rate);
        out.push_f32("eps", self.eps);
        out.push_bool("batch_stat", self.batch_stat);
        out.push_text("nonlinearity", &self.nonlinearity);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
