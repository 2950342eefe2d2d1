//! TopKData: the k largest elements of each sample.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Picks `k` elements among all axes from `base_axis` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopKData {
    /// How many elements.
    pub k: i64,
    /// Compare absolute values.
    pub abs: bool,
    /// Give the k elements in order, shape (…, k). If not, x with all other elements 0.
    pub reduce: bool,
    /// First axis that is not batch.
    pub base_axis: i64,
    /// The largest, not the smallest.
    pub largest: bool,
    /// A second output holds where the elements were found.
    pub with_index: bool,
}

impl TopKData {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            k: fields.int("k")?,
            abs: fields.flag("abs")?,
            reduce: fields.flag("reduce")?,
            base_axis: fields.int("base_axis")?,
            largest: fields.flag("largest")?,
            with_index: fields.flag("with_index")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("k", self.k);
        out.push_bool("abs", self.abs);
        out.push_bool("reduce", self.reduce);
        out.push_int("base_axis", self.base_axis);
        out.push_bool("largest", self.largest);
        out.push_bool("with_index", self.with_index);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let x = inputs.one()?;
        let (batch, sample) = x.split_at(inputs.axis("base_axis", self.base_axis, x.len())?);
        let k = inputs.extent("k", self.k, 1)?;
        let elements = inputs.elements(sample)?;
        if k > elements {
            return Err(inputs.argument("k", k, format!("at most the {elements} elements of a sample")));
        }
        let picked = [batch, &[k]].concat();
        let out = if self.reduce { picked.clone() } else { x.to_vec() };
        Ok(if self.with_index { vec![out, picked] } else { vec![out] })
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[
            ("TopKData", "k: 3 reduce: true base_axis: 1 largest: true", &[&[2, 10]], Ok(&[2, 3])),
            ("TopKData", "k: 3 base_axis: 1", &[&[2, 10, 2]], Ok(&[2, 10, 2])),
            (
                "TopKData",
                "k: 11 base_axis: 1",
                &[&[2, 10]],
                Err("argument k of TopKData is 11, expected at most the 10 elements of a sample"),
            ),
        ]);
        let both = read("TopKData", "k: 1 abs: true reduce: true base_axis: 1 with_index: true");
        assert_eq!(both.infer(&[&[2, 10]]).unwrap(), [[2, 1], [2, 1]]);
    }
}
