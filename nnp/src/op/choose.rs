//! Elements by index, by condition or in order: Gather, GatherNd, OneHot, Where and Sort.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Elements of x along `axis` at the places of a second input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gather {
    /// The axis that the places count along.
    pub axis: i64,
    /// Leading axes that x and the places have in common.
    pub batch_dims: i64,
}

impl Gather {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")?, batch_dims: fields.int("batch_dims")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
        out.push_int("batch_dims", self.batch_dims);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and indices")?;
        let (x, places) = (inputs.get(0)?, inputs.get(1)?);
        let axis = inputs.axis("axis", self.axis, x.len())?;
        let batch = inputs.extent("batch_dims", self.batch_dims, 0)?;
        let common = places.get(..batch).filter(|common| batch <= axis && x.get(..batch) == Some(*common));
        if common.is_none() {
            return Err(inputs.argument("batch_dims", batch, "leading axes that both inputs have, before the axis"));
        }
        let (before, after) = (x.get(..axis).unwrap_or_default(), x.get(axis + 1..).unwrap_or_default());
        Ok([before, places.get(batch..).unwrap_or_default(), after].concat())
    }
}

/// Slices of x at the places of a second input, whose first axis lists the coordinates of each.
pub(super) fn gather_nd(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    inputs.count(2..=2, "x and indices")?;
    let x = inputs.get(0)?;
    match inputs.get(1)?.split_first() {
        Some((&depth, places)) if depth <= x.len() => Ok([places, x.get(depth..).unwrap_or_default()].concat()),
        _ => Err(inputs.wrong_shape(1, format!("at most {} coordinates on its first axis", x.len()))),
    }
}

/// Where the first input is not 0 the second one, else the third; the first may have fewer trailing axes.
pub(super) fn where_(inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    inputs.count(3..=3, "condition, x and y")?;
    let x = inputs.get(1)?;
    inputs.shape(2, x)?;
    if x.starts_with(inputs.get(0)?) {
        return Ok(x.to_vec());
    }
    Err(inputs.wrong_shape(0, format!("leading axes of {x:?}")))
}

/// 1 at the coordinates that the last axis of the input lists, 0 elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneHot {
    /// Extents that the coordinates count in.
    pub shape: Vec<i64>,
}

impl OneHot {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { shape: fields.shape("shape")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_shape("shape", &self.shape);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let extents: Vec<usize> =
            self.shape.iter().map(|&extent| inputs.extent("shape", extent, 1)).collect::<Result<_, _>>()?;
        match inputs.one()?.split_last() {
            Some((&depth, outer)) if depth == extents.len() => Ok([outer, &extents].concat()),
            _ => Err(inputs.wrong_shape(0, format!("{} coordinates on its last axis", extents.len()))),
        }
    }
}

/// Sorts along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The axis.
    pub axis: i64,
    /// Largest first.
    pub reverse: bool,
    /// A second output holds where the elements were.
    pub with_index: bool,
    /// The only output holds where the elements were.
    pub only_index: bool,
}

impl Sort {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            axis: fields.int("axis")?,
            reverse: fields.flag("reverse")?,
            with_index: fields.flag("with_index")?,
            only_index: fields.flag("only_index")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
        out.push_bool("reverse", self.reverse);
        out.push_bool("with_index", self.with_index);
        out.push_bool("only_index", self.only_index);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let x = inputs.one()?.to_vec();
        inputs.axis("axis", self.axis, x.len())?;
        Ok(if self.with_index && !self.only_index { vec![x.clone(), x] } else { vec![x] })
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[
            ("Gather", "axis: 1", &[&[4, 5], &[3]], Ok(&[4, 3])),
            ("Gather", "axis: -1 batch_dims: 1", &[&[4, 5], &[4, 3, 2]], Ok(&[4, 3, 2])),
            ("Gather", "", &[&[4, 5], &[]], Ok(&[5])),
            (
                "Gather",
                "axis: 1 batch_dims: 1",
                &[&[4, 5], &[3]],
                Err("argument batch_dims of Gather is 1, expected leading axes that both inputs have, before the axis"),
            ),
            ("GatherNd", "", &[&[4, 5, 2], &[2, 3]], Ok(&[3, 2])),
            (
                "GatherNd",
                "",
                &[&[4], &[2, 3]],
                Err("input 1 of GatherNd has shape [2, 3], expected at most 1 coordinates on its first axis"),
            ),
            ("OneHot", "shape { dim: 5 }", &[&[4, 1]], Ok(&[4, 5])),
            ("OneHot", "shape { dim: 5 dim: 6 }", &[&[4, 2]], Ok(&[4, 5, 6])),
            (
                "OneHot",
                "shape { dim: 5 }",
                &[&[4, 2]],
                Err("input 0 of OneHot has shape [4, 2], expected 1 coordinates on its last axis"),
            ),
            ("Where", "", &[&[2, 4], &[2, 4, 9], &[2, 4, 9]], Ok(&[2, 4, 9])),
            (
                "Where",
                "",
                &[&[4], &[2, 4], &[2, 4]],
                Err("input 0 of Where has shape [4], expected leading axes of [2, 4]"),
            ),
            ("Sort", "axis: 1 only_index: true", &[&[2, 4]], Ok(&[2, 4])),
        ]);
        assert_eq!(read("Sort", "axis: -1 reverse: true with_index: true").infer(&[&[2]]).unwrap(), [[2], [2]]);
    }
}
