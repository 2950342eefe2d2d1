//! PReLU: a leaky ReLU whose slope is a parameter.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Inputs x and slope, a scalar or one value per channel: x, or slope·x for x < 0.
    pub struct PRelu: "PReLU" in "prelu_param" {
        /// The channel axis of x.
        base_axis: int,
    }
}

impl Rules for PRelu {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and slope")?;
        let (x, slope) = (inputs.get(0)?, inputs.get(1)?);
        let channels = x.get(inputs.axis("base_axis", self.base_axis, x.len())?).copied().unwrap_or(1);
        match slope {
            [] | [1] => Ok(x.to_vec()),
            [found] if *found == channels => Ok(x.to_vec()),
            _ => Err(inputs.wrong_shape(1, format!("[] or [{channels}]"))),
        }
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        Operations::comparison(work.outputs())
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
