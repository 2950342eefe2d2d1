//! Softmax and LogSoftmax over one axis.

use super::{
    function::{Arguments, Rules, Type},
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// exp(x)/Σexp(x) along `axis`, or the logarithm of that.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax {
    /// Axis that sums to 1.
    pub axis: i64,
    /// LogSoftmax instead of Softmax.
    pub log: bool,
}

impl Softmax {
    fn read(fields: &mut Fields<'_>, log: bool) -> Result<Self, TextError> {
        Ok(Self { axis: fields.int("axis")?, log })
    }
}

impl Arguments for Softmax {
    fn types() -> &'static [Type<Self>] {
        &[
            Type { name: "Softmax", field: Some("softmax_param"), read: |fields| Self::read(fields, false) },
            Type { name: "LogSoftmax", field: Some("log_softmax_param"), read: |fields| Self::read(fields, true) },
        ]
    }

    fn type_name(&self) -> &'static str {
        if self.log { "LogSoftmax" } else { "Softmax" }
    }

    fn write(&self, out: &mut Message) {
        out.push_int("axis", self.axis);
    }
}

impl Rules for Softmax {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axis("axis", self.axis, x.len())?;
        Ok(x.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let outputs = work.outputs();
        Operations::exp(outputs).and(Operations::add(outputs)).and(Operations::division(outputs))
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("Softmax", "axis: 1", &[&[2, 4]], Ok(&[2, 4])),
            ("LogSoftmax", "axis: -1", &[&[2, 4]], Ok(&[2, 4])),
            (
                "Softmax",
                "axis: 2",
                &[&[2, 4]],
                Err("argument axis of Softmax is 2, expected an axis of the 2 of the input"),
            ),
        ]);
    }
}
