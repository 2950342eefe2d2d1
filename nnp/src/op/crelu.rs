//! CReLU and CELU: ReLU or ELU of x and of −x side by side.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// max(x, 0) and max(−x, 0) joined along `axis`.
    pub struct CRelu: "CReLU" in "crelu_param" {
        /// The axis that doubles.
        axis: int,
    }
}

impl Rules for CRelu {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        doubled(inputs, self.axis)
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::comparison(work.outputs())
    }
}

function! {
    /// ELU of x and of −x joined along `axis`.
    pub struct CElu: "CELU" in "celu_param" {
        /// Factor on eˣ − 1 for negative x.
        alpha: double,
        /// The axis that doubles.
        axis: int,
    }
}

impl Rules for CElu {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
