//! Element-wise functions of two inputs that broadcast.

use super::{
    declare::family,
    function::{Arguments, Rules, Type},
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

family! {
    /// Which function.
    #[allow(missing_docs)] // The names say it; conditions and logical functions give 1 or 0, and 0 alone is false.
    pub enum BinaryKind of Binary {
        Add2: "Add2" in "add2_param",
        Sub2: "Sub2" in "sub2_param",
        Mul2: "Mul2" in "mul2_param",
        Div2: "Div2" in "div2_param",
        Pow2: "Pow2" in "pow2_param",
        Maximum2: "Maximum2",
        Minimum2: "Minimum2",
        Equal: "Equal",
        NotEqual: "NotEqual",
        Greater: "Greater",
        GreaterEqual: "GreaterEqual",
        Less: "Less",
        LessEqual: "LessEqual",
        LogicalAnd: "LogicalAnd",
        LogicalOr: "LogicalOr",
        LogicalXor: "LogicalXor",
        /// The angle of (b, a)
        ATan2: "ATan2",
        /// |a − b|
        AbsoluteError: "AbsoluteError",
        /// (a − b)²
        SquaredError: "SquaredError",
        /// −(b·log a + (1 − b)·log(1 − a))
        BinaryCrossEntropy: "BinaryCrossEntropy",
        /// The same for a before its sigmoid
        SigmoidCrossEntropy: "SigmoidCrossEntropy",
        /// Whether one is below 0.5 and the other is not
        BinaryError: "BinaryError",
    }
}

/// Combines inputs a and b, each repeated where it has an extent of 1 and the other has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary {
    /// Which function.
    pub kind: BinaryKind,
    /// A hint for nnabla's memory; it changes no value. Only the first five kinds have it.
    pub inplace: bool,
}

impl Binary {
    /// The function without the hint.
    pub fn new(kind: BinaryKind) -> Self {
        Self { kind, inplace: false }
    }

    fn read(fields: &mut Fields<'_>, kind: BinaryKind) -> Result<Self, TextError> {
        use BinaryKind::{Add2, Div2, Mul2, Pow2, Sub2};
        let has_inplace = matches!(kind, Add2 | Sub2 | Mul2 | Div2 | Pow2);
        Ok(Self { kind, inplace: has_inplace && fields.flag("inplace")? })
    }
}

impl Arguments for Binary {
    fn types() -> &'static [Type<Self>] {
        BinaryKind::types()
    }

    fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn write(&self, out: &mut Message) {
        out.push_bool("inplace", self.inplace);
    }
}

impl Rules for Binary {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "2")?;
        inputs.broadcast()
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let outputs = work.outputs();
        match self.kind {
            BinaryKind::Add2 | BinaryKind::Sub2 => Operations::add(outputs),
            BinaryKind::Mul2 => Operations::multiply(outputs),
            BinaryKind::Div2 => Operations::division(outputs),
            BinaryKind::Pow2 => Operations::exp(outputs),
            _ => Operations::comparison(outputs),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn inputs_broadcast() {
        check(&[
            ("Add2", "", &[&[2, 4, 9, 8], &[2, 4, 9, 8]], Ok(&[2, 4, 9, 8])),
            ("Sub2", "", &[&[2, 4, 9, 8], &[1, 4, 9, 8]], Ok(&[2, 4, 9, 8])),
            ("Mul2", "inplace: true", &[&[2, 1, 9, 8], &[2, 4, 1, 1]], Ok(&[2, 4, 9, 8])),
            ("Div2", "", &[&[2, 4], &[]], Ok(&[2, 4])),
            ("Pow2", "", &[&[4], &[2, 1]], Ok(&[2, 4])),
            ("Maximum2", "", &[&[0], &[1]], Ok(&[0])),
            ("GreaterEqual", "", &[&[2, 4], &[1, 4]], Ok(&[2, 4])),
            ("BinaryCrossEntropy", "", &[&[2, 4], &[2, 4]], Ok(&[2, 4])),
            (
                "Minimum2",
                "",
                &[&[2, 4], &[2, 3]],
                Err("input 1 of Minimum2 has shape [2, 3], expected one that broadcasts with [[2, 4]]"),
            ),
            ("Add2", "", &[&[2]], Err("Add2 has 1 inputs, expected 2")),
        ]);
    }
}
