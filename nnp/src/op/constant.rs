//! Constant: an array of one value, from no input.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// `val` everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The value.
    pub val: f32,
    /// Extents of the output. A first −1 in a file is the batch.
    pub shape: Vec<i64>,
}

impl Constant {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { val: fields.float("val")?, shape: fields.shape("shape")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_f32("val", self.val);
        out.push_shape("shape", &self.shape);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(0..=0, "none")?;
        self.shape.iter().map(|&extent| inputs.extent("shape", extent, 0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("Constant", "val: 0.25 shape { dim: 2 dim: 4 }", &[], Ok(&[2, 4])),
            ("Constant", "shape { dim: 2 }", &[&[2]], Err("Constant has 1 inputs, expected none")),
            ("Constant", "shape { dim: -2 }", &[], Err("argument shape of Constant is -2, expected at least 0")),
        ]);
    }
}
