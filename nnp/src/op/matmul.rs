//! BatchMatmul: matrix products of the last two axes.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

function! {
    /// Inputs a (…, M, K) and b (…, K, N), the leading axes broadcast; output (…, M, N).
    pub struct BatchMatmul: "BatchMatmul" in "batch_matmul_param" {
        /// a is (…, K, M).
        transpose_a: flag,
        /// b is (…, N, K).
        transpose_b: flag,
    }
}

impl Rules for BatchMatmul {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "2")?;
        let matrix = |index: usize, transposed: bool| match inputs.get(index)? {
            [batch @ .., rows, columns] => {
                Ok(if transposed { (batch, *columns, *rows) } else { (batch, *rows, *columns) })
            }
            _ => Err(inputs.wrong_rank(index, Requirement::AtLeast(2))),
        };
        let (batch_a, m, k) = matrix(0, self.transpose_a)?;
        let (batch_b, k_b, n) = matrix(1, self.transpose_b)?;
        if k != k_b {
            return Err(inputs.wrong_shape(1, format!("{k} rows to multiply with the columns of input 0")));
        }
        let mut out = Inputs { op: inputs.op, shapes: &[batch_a, batch_b] }.broadcast()?;
        out.extend([m, n]);
        Ok(out)
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let inner = work.weight().iter().rev().nth(usize::from(!self.transpose_b)).copied().unwrap_or(0) as u64;
        Operations::multiply_add(work.outputs().saturating_mul(inner))
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("BatchMatmul", "", &[&[2, 5, 4], &[2, 4, 3]], Ok(&[2, 5, 3])),
            ("BatchMatmul", "transpose_a: true transpose_b: true", &[&[2, 4, 5], &[2, 3, 4]], Ok(&[2, 5, 3])),
            ("BatchMatmul", "", &[&[7, 1, 5, 4], &[2, 4, 3]], Ok(&[7, 2, 5, 3])),
            (
                "BatchMatmul",
                "",
                &[&[2, 5, 4], &[2, 5, 3]],
                Err(
                    "input 1 of BatchMatmul has shape [2, 5, 3], expected 4 rows to multiply with the columns of input 0",
                ),
            ),
            ("BatchMatmul", "", &[&[4], &[4, 3]], Err("input 0 of BatchMatmul has 1 axes, expected at least 2")),
        ]);
    }
}
