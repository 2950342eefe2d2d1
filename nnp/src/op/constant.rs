//! Constant: an array of one value, from no input.

use super::{
    declare::function,
    function::{Rules, set_first, starts_with_batch},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// `val` everywhere.
    pub struct Constant: "Constant" in "constant_param" {
        /// The value.
        val: float,
        /// Extents of the output. A first −1 in a file is the batch.
        shape: shape,
    }
}

impl Rules for Constant {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(0..=0, "none")?;
        self.shape.iter().map(|&extent| inputs.extent("shape", extent, 0)).collect()
    }

    fn holds_batch(&self, _: i64) -> bool {
        starts_with_batch(&self.shape)
    }

    fn set_batch(&mut self, rows: i64) {
        set_first(&mut self.shape, rows);
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
