//! Element-wise functions of one input and a constant.

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
    pub enum ScalarKind of Scalar {
        /// x + val
        AddScalar: "AddScalar" in "add_scalar_param",
        /// x·val
        MulScalar: "MulScalar" in "mul_scalar_param",
        /// x^val
        PowScalar: "PowScalar" in "pow_scalar_param",
        /// val − x
        RSubScalar: "RSubScalar" in "r_sub_scalar_param",
        /// val / x
        RDivScalar: "RDivScalar" in "r_div_scalar_param",
        /// val^x
        RPowScalar: "RPowScalar" in "r_pow_scalar_param",
        /// max(x, val)
        MaximumScalar: "MaximumScalar" in "maximum_scalar_param",
        /// min(x, val)
        MinimumScalar: "MinimumScalar" in "minimum_scalar_param",
        /// x = val
        EqualScalar: "EqualScalar" in "equal_scalar_param",
        /// x ≠ val
        NotEqualScalar: "NotEqualScalar" in "not_equal_scalar_param",
        /// x > val
        GreaterScalar: "GreaterScalar" in "greater_scalar_param",
        /// x ≥ val
        GreaterEqualScalar: "GreaterEqualScalar" in "greater_equal_scalar_param",
        /// x < val
        LessScalar: "LessScalar" in "less_scalar_param",
        /// x ≤ val
        LessEqualScalar: "LessEqualScalar" in "less_equal_scalar_param",
        /// x ≠ 0 and val
        LogicalAndScalar: "LogicalAndScalar" in "logical_and_scalar_param",
        /// x ≠ 0 or val
        LogicalOrScalar: "LogicalOrScalar" in "logical_or_scalar_param",
        /// either x ≠ 0 or val
        LogicalXorScalar: "LogicalXorScalar" in "logical_xor_scalar_param",
    }
}

impl ScalarKind {
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

    fn read(fields: &mut Fields<'_>, kind: ScalarKind) -> Result<Self, TextError> {
        let has_inplace = matches!(kind, ScalarKind::AddScalar | ScalarKind::MulScalar | ScalarKind::PowScalar);
        let val = if kind.is_logical() { f64::from(fields.flag("val")?) } else { fields.double("val")? };
        Ok(Self { kind, val, inplace: has_inplace && fields.flag("inplace")? })
    }
}

impl Arguments for Scalar {
    fn types() -> &'static [Type<Self>] {
        ScalarKind::types()
    }

    fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn write(&self, out: &mut Message) {
        if self.kind.is_logical() {
            out.push_bool("val", self.val != 0.0);
        } else {
            out.push_f64("val", self.val);
        }
        out.push_bool("inplace", self.inplace);
    }
}

impl Rules for Scalar {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        Ok(inputs.one()?.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        let outputs = work.outputs();
        match self.kind {
            ScalarKind::AddScalar | ScalarKind::RSubScalar => Operations::add(outputs),
            ScalarKind::MulScalar => Operations::multiply(outputs),
            ScalarKind::RDivScalar => Operations::division(outputs),
            ScalarKind::PowScalar | ScalarKind::RPowScalar => Operations::exp(outputs),
            _ => Operations::comparison(outputs),
        }
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
