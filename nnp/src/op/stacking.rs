//! Concatenate, Stack, Split, AddN and MulN: several arrays into one and back.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::{Requirement, ShapeError};

function! {
    /// Joins inputs along an axis they have.
    pub struct Concatenate: "Concatenate" in "concatenate_param" {
        /// The axis whose extents add up.
        axis: int,
    }
}

impl Rules for Concatenate {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(1.., Requirement::AtLeast(1))?;
        let mut out = inputs.get(0)?.to_vec();
        let axis = inputs.axis("axis", self.axis, out.len())?;
        for (index, shape) in inputs.shapes.iter().enumerate().skip(1) {
            inputs.rank(index, out.len())?;
            for (at, (out, &extent)) in out.iter_mut().zip(*shape).enumerate() {
                if at == axis {
                    *out = out.checked_add(extent).ok_or_else(|| inputs.overflow())?;
                } else if *out != extent {
                    return Err(inputs.wrong_shape(index, format!("extent {out} on axis {at} like input 0")));
                }
            }
        }
        Ok(out)
    }
}

function! {
    /// Sum of any number of inputs of one shape, element by element.
    pub struct AddN: "AddN";
}

impl Rules for AddN {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        alike(inputs)
    }
}

function! {
    /// Product of any number of inputs of one shape, element by element.
    pub struct MulN: "MulN";
}

impl Rules for MulN {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        alike(inputs)
    }
}

/// The shape that all inputs have.
fn alike(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    inputs.count(1.., Requirement::AtLeast(1))?;
    let first = inputs.get(0)?;
    for index in 1..inputs.shapes.len() {
        inputs.shape(index, first)?;
    }
    Ok(first.to_vec())
}

function! {
    /// Joins inputs of one shape along a new axis.
    pub struct Stack: "Stack" in "stack_param" {
        /// Where the new axis goes.
        axis: int,
    }
}

impl Rules for Stack {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let mut out = alike(inputs)?;
        let axis = inputs.axis("axis", self.axis, out.len() + 1)?;
        out.insert(axis, inputs.shapes.len());
        Ok(out)
    }
}

function! {
    /// Takes x apart along an axis, which goes away: as many outputs as its extent.
    pub struct Split: "Split" in "split_param" {
        /// The axis.
        axis: int,
    }
}

/// Outputs a Split may have; more is a broken file, and each costs memory before any data is there.
const SPLIT_LIMIT: usize = 65_536;

impl Rules for Split {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let mut out = inputs.one()?.to_vec();
        out.remove(inputs.axis("axis", self.axis, out.len())?);
        Ok(out)
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let x = inputs.one()?;
        let count = x.get(inputs.axis("axis", self.axis, x.len())?).copied().unwrap_or(0);
        if count > SPLIT_LIMIT {
            return Err(inputs.wrong_shape(0, format!("at most {SPLIT_LIMIT} on the split axis")));
        }
        Ok(vec![self.infer(inputs)?; count])
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[
            ("Concatenate", "axis: 1", &[&[2, 4, 9], &[2, 3, 9]], Ok(&[2, 7, 9])),
            ("Concatenate", "axis: -1", &[&[2, 4]], Ok(&[2, 4])),
            (
                "Concatenate",
                "axis: 1",
                &[&[2, 4, 9], &[2, 3, 8]],
                Err("input 1 of Concatenate has shape [2, 3, 8], expected extent 9 on axis 2 like input 0"),
            ),
            ("Concatenate", "", &[&[2, 4], &[2]], Err("input 1 of Concatenate has 1 axes, expected 2")),
            ("Concatenate", "", &[], Err("Concatenate has 0 inputs, expected at least 1")),
            (
                "Concatenate",
                "",
                &[&[usize::MAX], &[1]],
                Err("the output of Concatenate has more elements than this machine can count"),
            ),
            ("Stack", "axis: 1", &[&[2, 4], &[2, 4], &[2, 4]], Ok(&[2, 3, 4])),
            ("Stack", "axis: 2", &[&[2, 4]], Ok(&[2, 4, 1])),
            ("Stack", "", &[&[2, 4], &[2]], Err("input 1 of Stack has shape [2], expected [2, 4]")),
        ]);
        assert_eq!(read("Split", "axis: 1").infer(&[&[2, 3, 4]]).unwrap(), vec![vec![2, 4]; 3]);
        assert!(read("Split", "").infer(&[&[usize::MAX]]).is_err());
    }
}
