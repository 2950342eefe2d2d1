//! Element-wise functions of one input and a constant.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// x + val
    AddScalar,
    /// x·val
    MulScalar,
    /// x^val
    PowScalar,
    /// val − x
    RSubScalar,
    /// val / x
    RDivScalar,
    /// val^x
    RPowScalar,
    /// max(x, val)
    MaximumScalar,
    /// min(x, val)
    MinimumScalar,
    /// x = val
    EqualScalar,
    /// x ≠ val
    NotEqualScalar,
    /// x > val
    GreaterScalar,
    /// x ≥ val
    GreaterEqualScalar,
    /// x < val
    LessScalar,
    /// x ≤ val
    LessEqualScalar,
    /// x ≠ 0 and val
    LogicalAndScalar,
    /// x ≠ 0 or val
    LogicalOrScalar,
    /// either x ≠ 0 or val
    LogicalXorScalar,
}

impl ScalarKind {
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::AddScalar => "AddScalar",
            Self::MulScalar => "MulScalar",
            Self::PowScalar => "PowScalar",
            Self::RSubScalar => "RSubScalar",
            Self::RDivScalar => "RDivScalar",
            Self::RPowScalar => "RPowScalar",
            Self::MaximumScalar => "MaximumScalar",
            Self::MinimumScalar => "MinimumScalar",
            Self::EqualScalar => "EqualScalar",
            Self::NotEqualScalar => "NotEqualScalar",
            Self::GreaterScalar => "GreaterScalar",
            Self::GreaterEqualScalar => "GreaterEqualScalar",
            Self::LessScalar => "LessScalar",
            Self::LessEqualScalar => "LessEqualScalar",
            Self::LogicalAndScalar => "LogicalAndScalar",
            Self::LogicalOrScalar => "LogicalOrScalar",
            Self::LogicalXorScalar => "LogicalXorScalar",
        }
    }

    /// Whether `val` is true or false in the text.
    fn is_logical(self) -> bool {
        matches!(self, Self::LogicalAndScalar | Self::LogicalOrScalar | Self::LogicalXorScalar)
    }
}

/// Combines every element of x with `val`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scalar {
    /// Which function.
    pub kind: ScalarKind,
    /// The constant, kept as the double of the file; 1 and 0 stand for true and false.
    pub val: f64,
    /// A hint for nnabla's memory; it changes no value. Only AddScalar, MulScalar and PowScalar have it.
    pub inplace: bool,
}

impl Scalar {
    /// The function without the hint.
    pub fn new(kind: ScalarKind, val: f64) -> Self {
        Self { kind, val, inplace: false }
    }

    pub(super) fn read(fields: &mut Fields<'_>, kind: ScalarKind) -> Result<Self, TextError> {
        let has_inplace = matches!(kind, ScalarKind::AddScalar | ScalarKind::MulScalar | ScalarKind::PowScalar);
        let val = if kind.is_logical() { f64::from(fields.flag("val")?) } else { fields.double("val")? };
        Ok(Self { kind, val, inplace: has_inplace && fields.flag("inplace")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        if self.kind.is_logical() {
            out.push_bool("val", self.val != 0.0);
        } else {
            out.push_f64("val", self.val);
        }
        out.push_bool("inplace", self.inplace);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        Ok(inputs.one()?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{
        Op,
        shape::testing::{check, read},
    };

    #[test]
    fn arguments_and_shapes() {
        for (name, arguments, expected) in [
            ("AddScalar", "val: -1.99", Scalar::new(ScalarKind::AddScalar, -1.99)),
            ("MulScalar", "val: 0.01735", Scalar::new(ScalarKind::MulScalar, 0.01735)),
            ("PowScalar", "val: 0.5 inplace: true", Scalar { kind: ScalarKind::PowScalar, val: 0.5, inplace: true }),
            ("RSubScalar", "val: 2.5", Scalar::new(ScalarKind::RSubScalar, 2.5)),
            ("RDivScalar", "val: 1.5", Scalar::new(ScalarKind::RDivScalar, 1.5)),
            ("RPowScalar", "", Scalar::new(ScalarKind::RPowScalar, 0.0)),
            ("MaximumScalar", "val: 1e-05", Scalar::new(ScalarKind::MaximumScalar, 1e-5)),
            ("GreaterScalar", "val: 0.1", Scalar::new(ScalarKind::GreaterScalar, 0.1)),
            ("LogicalAndScalar", "val: true", Scalar::new(ScalarKind::LogicalAndScalar, 1.0)),
            ("LogicalOrScalar", "", Scalar::new(ScalarKind::LogicalOrScalar, 0.0)),
            ("MinimumScalar", "val: 3.0", Scalar::new(ScalarKind::MinimumScalar, 3.0)),
        ] {
            assert_eq!(read(name, arguments), Op::Scalar(expected));
            check(&[(name, arguments, &[&[2, 3]], Ok(&[2, 3]))]);
        }
    }
}
