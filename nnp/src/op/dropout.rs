//! Dropout: zeroes elements by chance in training.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Sets elements of x to 0 with probability `p` and divides the rest by 1 − p.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropout {
    /// Probability to drop, 0 to 1.
    pub p: f64,
    /// Seed of the draw; −1 for a new one each time.
    pub seed: i64,
    /// A second output holds the mask.
    pub output_mask: bool,
}

impl Dropout {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { p: fields.double("p")?, seed: fields.int("seed")?, output_mask: fields.flag("output_mask")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_f64("p", self.p);
        out.push_int("seed", self.seed);
        out.push_bool("output_mask", self.output_mask);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<Vec<usize>>, ShapeError> {
        let x = inputs.one()?.to_vec();
        Ok(if self.output_mask { vec![x.clone(), x] } else { vec![x] })
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::{check, read};

    #[test]
    fn shapes() {
        check(&[("Dropout", "p: 0.5 seed: -1", &[&[2, 4]], Ok(&[2, 4]))]);
        assert_eq!(read("Dropout", "output_mask: true").infer(&[&[2]]).unwrap(), [[2], [2]]);
    }
}
