//! Embed: rows of a table by index.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::{Requirement, ShapeError};

function! {
    /// Inputs x (…) of indices and W (K, D…); output (…, D…).
    pub struct Embed: "Embed";
}

impl Rules for Embed {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and W")?;
        match inputs.get(1)?.split_first() {
            Some((_, row)) => Ok([inputs.get(0)?, row].concat()),
            None => Err(inputs.wrong_rank(1, Requirement::AtLeast(1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("Embed", "", &[&[2, 3], &[6, 4]], Ok(&[2, 3, 4])),
            ("Embed", "", &[&[2, 3], &[]], Err("input 1 of Embed has 0 axes, expected at least 1")),
        ]);
    }
}
