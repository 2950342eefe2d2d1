//! Concatenate, Stack and Split: several arrays into one and back.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Joins inputs along an axis they have.
#[derive(Clone, Debug, PartialEq)]
pub struct Concatenate {
    /// The axis whose extents add up.
    pub axis: i64,
}

impl Concatenate {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(1.., "at least 1")?;
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

/// Inputs of one shape, which are added up or multiplied element by element.
pub(super) fn alike(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    inputs.count(1.., "at least 1")?;
    let first = inputs.get(0)?;
    for index in 1..inputs.shapes.len() {
        inputs.shape(index, first)?;
    }
    Ok(first.to_vec())
}

/// Joins inputs of one shape along a new axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Where the new axis goes.
    pub axis: i64,
}

impl Stack {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(1.., "at least 1")?;
        let first = inputs.get(0)?;
        (1..inputs.shapes.len()).try_for_each(|index| inputs.shape(index, first))?;
        let axis = inputs.axis("axis", self.axis, first.len() + 1)?;
        let mut out = first.to_vec();
        out.insert(axis, inputs.shapes.len());
        Ok(out)
    }
}

/// Takes x apart along an axis, which goes away: as many outputs as its extent.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The axis.
    pub axis: i64,
}

/// Outputs a Split may have; more is a broken file, and each costs memory before any data is there.
const SPLIT_LIMIT: usize = 65_536;

impl Split {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let mut out = inputs.one()?.to_vec();
        let axis = inputs.axis("axis", self.axis, out.len())?;
        let count = out.remove(axis);
        if count > SPLIT_LIMIT {
            return Err(inputs.wrong_shape(0, format!("at most {SPLIT_LIMIT} on the split axis")));
        }
        Ok(vec![out; count])
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
