//! TopKData: the k largest elements of each sample.

use super::{declare::function, function::Rules, shape::Inputs};
use crate::error::ShapeError;

function! {
    /// Picks `k` elements among all axes from `base_axis` on.
    #[derive(Eq)]
    pub struct TopKData: "TopKData" in "top_k_data_param" {
        /// How many elements.
        k: int,
        /// Compare absolute values.
        abs: flag,
        /// Give the k elements in order, shape (…, k). If not, x with all other elements 0.
        reduce: flag,
        /// First axis that is not batch.
        base_axis: int,
        /// The largest, not the smallest.
        largest: flag,
        /// A second output holds where the elements were found.
        with_index: flag,
    }
}

impl Rules for TopKData {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let picked = self.picked(inputs)?;
        Ok(if self.reduce { picked } else { inputs.one()?.to_vec() })
    }

    fn infer_all(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let out = self.infer(inputs)?;
        Ok(if self.with_index { vec![out, self.picked(inputs)?] } else { vec![out] })
    }
}

impl TopKData {
    /// Shape of the k elements of each sample.
    fn picked(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let (batch, sample) = x.split_at(inputs.axis("base_axis", self.base_axis, x.len())?);
        let k = inputs.extent("k", self.k, 1)?;
        let elements = inputs.elements(sample)?;
        if k > elements {
            return Err(inputs.argument("k", k, format!("at most the {elements} elements of a sample")));
        }
        Ok([batch, &[k]].concat())
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
