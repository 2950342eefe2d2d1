//! Normalisations without trained statistics: NormNormalization, WeightStandardization and MeanSubtraction.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// x / (Σ|x|ᵖ + eps)^(1/p) over `axes`.
#[derive(Clone, Debug, PartialEq)]
pub struct NormNormalization {
    /// Order; 0 stands for the default, 2.
    pub p: f32,
    /// Axes that are normalised together; none means all.
    pub axes: Vec<i64>,
    /// Keeps the quotient finite.
    pub eps: f32,
}

impl NormNormalization {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { p: fields.float("p")?, axes: fields.ints("axes")?, eps: fields.float("eps")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_f32("p", self.p);
        out.push_ints("axes", &self.axes);
        out.push_f32("eps", self.eps);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axes("axes", &self.axes, x.len())?;
        Ok(x.to_vec())
    }
}

/// A weight with mean 0 and variance 1 for every channel of `channel_axis`.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightStandardization {
    /// Axis of the output channels.
    pub channel_axis: i64,
    /// Added to the variance.
    pub eps: f32,
}

impl WeightStandardization {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { channel_axis: fields.int("channel_axis")?, eps: fields.float("eps")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("channel_axis", self.channel_axis);
        out.push_f32("eps", self.eps);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let weight = inputs.one()?;
        inputs.axis("channel_axis", self.channel_axis, weight.len())?;
        Ok(weight.to_vec())
    }
}

/// x without the running mean; inputs x, mean and a counter, which only training uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeanSubtraction {
    /// First axis that is not batch.
    pub base_axis: i64,
    /// Subtract the mean of the batch and update the running one.
    pub update_running_mean: bool,
}

impl MeanSubtraction {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { base_axis: fields.int("base_axis")?, update_running_mean: fields.flag("update_running_mean")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("base_axis", self.base_axis);
        out.push_bool("update_running_mean", self.update_running_mean);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
