//! CumSum and CumProd: running sums and products along an axis.

use super::{
    function::{Arguments, Rules, Type},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Each element becomes the sum or product of itself and all before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accumulate {
    /// Products instead of sums.
    pub product: bool,
    /// The axis.
    pub axis: i64,
    /// Leave the element itself out.
    pub exclusive: bool,
    /// From the end to the start.
    pub reverse: bool,
}

impl Accumulate {
    fn read(fields: &mut Fields<'_>, product: bool) -> Result<Self, TextError> {
        let (axis, exclusive) = (fields.int("axis")?, fields.flag("exclusive")?);
        Ok(Self { product, axis, exclusive, reverse: fields.flag("reverse")? })
    }
}

impl Arguments for Accumulate {
    fn types() -> &'static [Type<Self>] {
        &[
            Type { name: "CumSum", field: Some("cumsum_param"), read: |fields| Self::read(fields, false) },
            Type { name: "CumProd", field: Some("cumprod_param"), read: |fields| Self::read(fields, true) },
        ]
    }

    fn type_name(&self) -> &'static str {
        if self.product { "CumProd" } else { "CumSum" }
    }

    fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
        out.push_bool("exclusive", self.exclusive);
        out.push_bool("reverse", self.reverse);
    }
}

impl Rules for Accumulate {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axis("axis", self.axis, x.len())?;
        Ok(x.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("CumSum", "axis: -1 exclusive: true reverse: true", &[&[2, 4]], Ok(&[2, 4])),
            ("CumProd", "", &[&[2, 4]], Ok(&[2, 4])),
            (
                "CumProd",
                "axis: 2",
                &[&[2, 4]],
                Err("argument axis of CumProd is 2, expected an axis of the 2 of the input"),
            ),
        ]);
    }
}
