//! Affine: a matrix product over all axes from `base_axis` on, plus a bias.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Inputs x (M…, N…), W (N, O…) with N flattened, and an optional bias (O…); output (M…, O…).
    pub struct Affine: "Affine" in "affine_param" {
        /// First axis of x that is not batch.
        base_axis: int,
    }
}

impl Rules for Affine {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=3, "x, W and an optional bias")?;
        let (x, weight) = (inputs.get(0)?, inputs.get(1)?);
        let (batch, rest) = x.split_at(inputs.axis("base_axis", self.base_axis, x.len())?);
        let features = inputs.elements(rest)?;
        match weight.split_first() {
            Some((&rows, outputs)) if rows == features && !outputs.is_empty() => {
                if inputs.shapes.len() == 3 {
                    inputs.shape(2, outputs)?;
                }
                Ok([batch, outputs].concat())
            }
            _ => Err(inputs.wrong_shape(1, format!("({features}, outputs)"))),
        }
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::multiply_add(work.input(1))
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("Affine", "base_axis: 1", &[&[2, 4, 9, 8], &[288, 7], &[7]], Ok(&[2, 7])),
            ("Affine", "base_axis: 1", &[&[8, 9, 8], &[72, 3, 2]], Ok(&[8, 3, 2])),
            ("Affine", "base_axis: -1", &[&[2, 4, 9], &[9, 3]], Ok(&[2, 4, 3])),
            (
                "Affine",
                "base_axis: 1",
                &[&[2, 4], &[5, 7]],
                Err("input 1 of Affine has shape [5, 7], expected (4, outputs)"),
            ),
            ("Affine", "base_axis: 1", &[&[2, 4], &[4, 7], &[6]], Err("input 2 of Affine has shape [6], expected [7]")),
            (
                "Affine",
                "base_axis: 2",
                &[&[2, 4], &[4, 7]],
                Err("argument base_axis of Affine is 2, expected an axis of the 2 of the input"),
            ),
            ("Affine", "base_axis: 1", &[&[2]], Err("Affine has 1 inputs, expected x, W and an optional bias")),
        ]);
    }
}
