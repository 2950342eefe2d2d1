//! Elements by index, by condition or in order: Gather, GatherNd, OneHot, Where and Sort.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::ShapeError;

function! {
    /// Elements of x along `axis` at the places of a second input.
    #[derive(Eq)]
    pub struct Gather: "Gather" in "gather_param" {
        /// The axis that the places count along.
        axis: int,
        /// Leading axes that x and the places have in common.
        batch_dims: int,
    }
}

impl Rules for Gather {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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

function! {
    /// Slices of x at the places of a second input, whose first axis lists the coordinates of each.
    pub struct GatherNd: "GatherNd";
}

impl Rules for GatherNd {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and indices")?;
        let x = inputs.get(0)?;
        match inputs.get(1)?.split_first() {
            Some((&depth, places)) if depth <= x.len() => Ok([places, x.get(depth..).unwrap_or_default()].concat()),
            _ => Err(inputs.wrong_shape(1, format!("at most {} coordinates on its first axis", x.len()))),
        }
    }
}

function! {
    /// Where the first input is not 0 the second one, else the third; the first may have fewer trailing axes.
    pub struct Where: "Where";
}

impl Rules for Where {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(3..=3, "condition, x and y")?;
        let x = inputs.get(1)?;
        inputs.shape(2, x)?;
        if x.starts_with(inputs.get(0)?) {
            return Ok(x.to_vec());
        }
        Err(inputs.wrong_shape(0, format!("leading axes of {x:?}")))
    }
}

function! {
    /// 1 at the coordinates that the last axis of the input lists, 0 elsewhere.
    #[derive(Eq)]
    pub struct OneHot: "OneHot" in "one_hot_param" {
        /// Extents that the coordinates count in.
        shape: shape,
    }
}

impl Rules for OneHot {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let extents: Vec<usize> =
            self.shape.iter().map(|&extent| inputs.extent("shape", extent, 1)).collect::<Result<_, _>>()?;
        match inputs.one()?.split_last() {
            Some((&depth, outer)) if depth == extents.len() => Ok([outer, &extents].concat()),
            _ => Err(inputs.wrong_shape(0, format!("{} coordinates on its last axis", extents.len()))),
        }
    }
}

function! {
    /// Sorts along an axis.
    #[derive(Eq)]
    pub struct Sort: "Sort" in "sort_param" {
        /// The axis.
        axis: int,
        /// Largest first.
        reverse: flag,
        /// A second output holds where the elements were.
        with_index: flag,
        /// The only output holds where the elements were.
        only_index: flag,
    }
}

impl Rules for Sort {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?.to_vec();
        inputs.axis("axis", self.axis, x.len())?;
        Ok(x)
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        Ok(vec![self.infer(inputs)?; if self.with_index && !self.only_index { 2 } else { 1 }])
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
