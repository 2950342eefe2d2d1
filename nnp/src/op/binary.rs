//! Element-wise functions of two inputs that broadcast.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it; conditions and logical functions give 1 or 0, and 0 alone is false.
pub enum BinaryKind {
    Add2,
    Sub2,
    Mul2,
    Div2,
    Pow2,
    Maximum2,
    Minimum2,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    LogicalAnd,
    LogicalOr,
    LogicalXor,
    /// The angle of (b, a)
    ATan2,
    /// |a − b|
    AbsoluteError,
    /// (a − b)²
    SquaredError,
    /// −(b·log a + (1 − b)·log(1 − a))
    BinaryCrossEntropy,
    /// The same for a before its sigmoid
    SigmoidCrossEntropy,
    /// Whether one is below 0.5 and the other is not
    BinaryError,
}

/// Types without arguments.
const PLAIN: &[(&str, BinaryKind)] = &[
    ("Maximum2", BinaryKind::Maximum2),
    ("Minimum2", BinaryKind::Minimum2),
    ("Equal", BinaryKind::Equal),
    ("NotEqual", BinaryKind::NotEqual),
    ("Greater", BinaryKind::Greater),
    ("GreaterEqual", BinaryKind::GreaterEqual),
    ("Less", BinaryKind::Less),
    ("LessEqual", BinaryKind::LessEqual),
    ("LogicalAnd", BinaryKind::LogicalAnd),
    ("LogicalOr", BinaryKind::LogicalOr),
    ("LogicalXor", BinaryKind::LogicalXor),
    ("ATan2", BinaryKind::ATan2),
    ("AbsoluteError", BinaryKind::AbsoluteError),
    ("SquaredError", BinaryKind::SquaredError),
    ("BinaryCrossEntropy", BinaryKind::BinaryCrossEntropy),
    ("SigmoidCrossEntropy", BinaryKind::SigmoidCrossEntropy),
    ("BinaryError", BinaryKind::BinaryError),
];

impl BinaryKind {
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Add2 => "Add2",
            Self::Sub2 => "Sub2",
            Self::Mul2 => "Mul2",
            Self::Div2 => "Div2",
            Self::Pow2 => "Pow2",
            plain => PLAIN.iter().find(|(_, kind)| *kind == plain).map_or("", |(name, _)| name),
        }
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

    /// The type without arguments that is called so.
    pub(super) fn plain(type_name: &str) -> Option<Self> {
        PLAIN.iter().find(|(name, _)| *name == type_name).map(|&(_, kind)| Self::new(kind))
    }

    pub(super) fn read(fields: &mut Fields<'_>, kind: BinaryKind) -> Result<Self, TextError> {
        Ok(Self { kind, inplace: fields.flag("inplace")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_bool("inplace", self.inplace);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "2")?;
        inputs.broadcast()
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
