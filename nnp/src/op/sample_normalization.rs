//! LayerNormalization, InstanceNormalization and GroupNormalization: statistics of each sample alone.

use super::{
    function::{Arguments, Rules, Type},
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// What shares a mean and a variance within a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleNormalizationKind {
    /// Everything but the batch axes.
    Layer,
    /// Each channel.
    Instance {
        /// The channel axis.
        channel_axis: i64,
    },
    /// Neighbouring channels in equal groups.
    Group {
        /// The channel axis.
        channel_axis: i64,
        /// How many groups.
        num_groups: i64,
    },
}

/// Inputs x, beta and gamma: (x − mean)/√(variance + eps)·gamma + beta.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleNormalization {
    /// What shares statistics.
    pub kind: SampleNormalizationKind,
    /// Axes that tell samples apart.
    pub batch_axis: Vec<i64>,
    /// Added to the variance.
    pub eps: f32,
    /// There is no gamma among the inputs.
    pub no_scale: bool,
    /// There is no beta among the inputs.
    pub no_bias: bool,
}

impl SampleNormalization {
    fn layer(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Self::read(fields, SampleNormalizationKind::Layer)
    }

    fn instance(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let channel_axis = fields.int("channel_axis")?;
        Self::read(fields, SampleNormalizationKind::Instance { channel_axis })
    }

    fn group(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let (channel_axis, num_groups) = (fields.int("channel_axis")?, fields.int("num_groups")?);
        Self::read(fields, SampleNormalizationKind::Group { channel_axis, num_groups })
    }

    fn read(fields: &mut Fields<'_>, kind: SampleNormalizationKind) -> Result<Self, TextError> {
        Ok(Self {
            kind,
            batch_axis: fields.ints("batch_axis")?,
            eps: fields.float("eps")?,
            no_scale: fields.flag("no_scale")?,
            no_bias: fields.flag("no_bias")?,
        })
    }
}

impl Arguments for SampleNormalization {
    fn types() -> &'static [Type<Self>] {
        &[
            Type { name: "LayerNormalization", field: Some("layer_normalization_param"), read: Self::layer },
            Type { name: "InstanceNormalization", field: Some("instance_normalization_param"), read: Self::instance },
            Type { name: "GroupNormalization", field: Some("group_normalization_param"), read: Self::group },
        ]
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            SampleNormalizationKind::Layer => "LayerNormalization",
            SampleNormalizationKind::Instance { .. } => "InstanceNormalization",
            SampleNormalizationKind::Group { .. } => "GroupNormalization",
        }
    }

    fn write(&self, out: &mut Message) {
        match self.kind {
            SampleNormalizationKind::Layer => {}
            SampleNormalizationKind::Instance { channel_axis } => out.push_int("channel_axis", channel_axis),
            SampleNormalizationKind::Group { channel_axis, num_groups } => {
                out.push_int("num_groups", num_groups);
                out.push_int("channel_axis", channel_axis);
            }
        }
        out.push_ints("batch_axis", &self.batch_axis);
        out.push_f32("eps", self.eps);
        out.push_bool("no_scale", self.no_scale);
        out.push_bool("no_bias", self.no_bias);
    }
}

impl Rules for SampleNormalization {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let expected = 3 - usize::from(self.no_scale) - usize::from(self.no_bias);
        inputs.count(expected..=expected, "x, beta (unless no_bias) and gamma (unless no_scale)")?;
        let x = inputs.get(0)?;
        let batch = inputs.axes("batch_axis", &self.batch_axis, x.len())?;
        let channels = |axis| inputs.axis("channel_axis", axis, x.len());
        let channel_axis = match self.kind {
            SampleNormalizationKind::Layer => None,
            SampleNormalizationKind::Instance { channel_axis } => Some(channels(channel_axis)?),
            SampleNormalizationKind::Group { channel_axis, num_groups } => {
                let axis = channels(channel_axis)?;
                let groups = inputs.extent("num_groups", num_groups, 1)?;
                if !x.get(axis).is_some_and(|channels| channels.is_multiple_of(groups)) {
                    return Err(inputs.wrong_shape(0, format!("channels that divide into {groups} groups")));
                }
                Some(axis)
            }
        };
        let has_value = |axis: usize| channel_axis.map_or(!batch.contains(&axis), |channels| axis == channels);
        let affine: Vec<usize> =
            x.iter().enumerate().map(|(axis, &extent)| if has_value(axis) { extent } else { 1 }).collect();
        (1..expected).try_for_each(|index| inputs.shape(index, &affine))?;
        Ok(x.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let outputs = work.outputs();
        Operations::multiply_add(outputs.saturating_mul(2)).and(Operations::division(outputs))
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        const C: &[usize] = &[1, 4, 1, 1];
        let x: &[usize] = &[2, 4, 9, 8];
        let group = "num_groups: 2 channel_axis: 1 batch_axis: 0 eps: 1e-05";
        check(&[
            ("GroupNormalization", group, &[x, C, C], Ok(x)),
            ("InstanceNormalization", "channel_axis: 1 batch_axis: 0 eps: 1e-05 no_bias: true", &[x, C], Ok(x)),
            ("LayerNormalization", "batch_axis: 0 eps: 1e-05", &[x, &[1, 4, 9, 8], &[1, 4, 9, 8]], Ok(x)),
            ("LayerNormalization", "batch_axis: 0 no_scale: true no_bias: true", &[x], Ok(x)),
            (
                "LayerNormalization",
                "batch_axis: 0",
                &[x, C, C],
                Err("input 1 of LayerNormalization has shape [1, 4, 1, 1], expected [1, 4, 9, 8]"),
            ),
            (
                "GroupNormalization",
                group,
                &[&[2, 3], &[1, 3], &[1, 3]],
                Err("input 0 of GroupNormalization has shape [2, 3], expected channels that divide into 2 groups"),
            ),
        ]);
    }
}
