//! CReLU and CELU: ReLU or ELU of x and of −x side by side.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// max(x, 0) and max(−x, 0) joined along `axis`.
#[derive(Clone, Debug, PartialEq)]
pub struct CRelu {
    /// The axis that doubles.
    pub axis: i64,
}

impl CRelu {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        doubled(inputs, self.axis)
    }
}

/// ELU of x and of −x joined along `axis`.
#[derive(Clone, Debug, PartialEq)]
pub struct CElu {
    /// Factor on eˣ − 1 for negative x.
    pub alpha: f64,
    /// The axis that doubles.
    pub axis: i64,
}

impl CElu {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { alpha: fields.double("alpha")?, axis: fields.int("axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_f64("alpha", self.alpha);
        out.push_int("axis", self.axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        doubled(inputs, self.axis)
    }
}

fn doubled(inputs: Inputs<'_>, axis: i64) -> Result<Vec<usize>, ShapeError> {
    let mut out = inputs.one()?.to_vec();
    let axis = inputs.axis("axis", axis, out.len())?;
    if let Some(extent) = out.get_mut(axis) {
        *extent = extent.checked_mul(2).ok_or_else(|| inputs.overflow())?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("CReLU", "axis: 1", &[&[2, 4, 9]], Ok(&[2, 8, 9])),
            ("CELU", "alpha: 0.7 axis: -1", &[&[2, 4, 9]], Ok(&[2, 4, 18])),
            ("CReLU", "axis: 3", &[&[2]], Err("argument axis of CReLU is 3, expected an axis of the 1 of the input")),
        ]);
    }
}
