//! PReLU: a leaky ReLU whose slope is a parameter.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Inputs x and slope, a scalar or one value per channel: x, or slope·x for x < 0.
#[derive(Clone, Debug, PartialEq)]
pub struct PRelu {
    /// The channel axis of x.
    pub base_axis: i64,
}

impl PRelu {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { base_axis: fields.int("base_axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("base_axis", self.base_axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and slope")?;
        let (x, slope) = (inputs.get(0)?, inputs.get(1)?);
        let channels = x.get(inputs.axis("base_axis", self.base_axis, x.len())?).copied().unwrap_or(1);
        match slope {
            [] | [1] => Ok(x.to_vec()),
            [found] if *found == channels => Ok(x.to_vec()),
            _ => Err(inputs.wrong_shape(1, format!("[] or [{channels}]"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("PReLU", "base_axis: 1", &[&[2, 4, 9], &[]], Ok(&[2, 4, 9])),
            ("PReLU", "base_axis: 1", &[&[2, 4, 9], &[4]], Ok(&[2, 4, 9])),
            ("PReLU", "base_axis: 1", &[&[2, 4, 9], &[9]], Err("input 1 of PReLU has shape [9], expected [] or [4]")),
        ]);
    }
}
