//! Dropout: zeroes elements by chance in training.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::ShapeError;

function! {
    /// Sets elements of x to 0 with probability `p` and divides the rest by 1 − p.
    pub struct Dropout: "Dropout" in "dropout_param" {
        /// Probability to drop, 0 to 1.
        p: double,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
        /// A second output holds the mask.
        output_mask: flag,
    }
}

impl Rules for Dropout {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        Ok(inputs.one()?.to_vec())
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        Ok(vec![self.infer(inputs)?; if self.output_mask { 2 } else { 1 }])
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[("Dropout", "p: 0.5 seed: -1", &[&[2, 4]], Ok(&[2, 4]))]);
        assert_eq!(read("Dropout", "output_mask: true").infer(&[&[2]]).unwrap(), [[2], [2]]);
    }
}
