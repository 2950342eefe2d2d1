//! Functions of one input that work on every element alone and keep the shape.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// An element-wise function; the variant is called like the function type.
///
/// `inplace` is a hint for nnabla's memory and changes no value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // The names say it; formulas stand where they are not in every textbook.
pub enum Unary {
    /// max(x, 0)
    Relu {
        inplace: bool,
    },
    /// min(max(x, 0), 6)
    Relu6,
    /// x, or `alpha`·x for x < 0
    LeakyRelu {
        alpha: f32,
        inplace: bool,
    },
    /// x, or `alpha`·(eˣ − 1) for x < 0
    Elu {
        alpha: f64,
    },
    /// `scale`·ELU(x)
    Selu {
        scale: f64,
        alpha: f64,
    },
    /// The approximation with tanh: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
    Gelu,
    Sigmoid,
    LogSigmoid,
    /// 0.2·x + 0.5, clipped to 0…1
    HardSigmoid,
    Tanh,
    /// x clipped to −1…1
    HardTanh,
    /// x − tanh(x)
    TanhShrink,
    /// x·sigmoid(x)
    Swish,
    /// x·tanh(log(1 + eˣ))
    Mish,
    /// log(1 + e^(`beta`·x)) / `beta`
    SoftPlus {
        beta: f64,
    },
    /// x / (1 + |x|)
    SoftSign,
    /// sin(x)/x, 1 at 0
    Sinc,
    Identity,
    Abs,
    Exp,
    Log,
    Round,
    Ceil,
    Floor,
    /// −1 or 1, `alpha` at 0
    Sign {
        alpha: f32,
    },
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    ASin,
    ACos,
    ATan,
    ASinh,
    ACosh,
    ATanh,
    /// 2/√π·∫₀ˣ e^(−t²) dt
    Erf,
    /// 1 for x > 0, else 0
    BinarySigmoid,
    /// 1 for x > 0, else −1
    BinaryTanh,
    /// 1 for x = 0, else 0
    LogicalNot,
    /// 1 or 0
    IsNan,
    /// 1 or 0
    IsInf,
    /// x rounded to multiples of `delta` that `n` bits hold
    FixedPointQuantize {
        sign: bool,
        n: i64,
        delta: f32,
        ste_fine_grained: bool,
    },
}

/// Types without arguments.
const PLAIN: &[(&str, Unary)] = &[
    ("ReLU6", Unary::Relu6),
    ("GELU", Unary::Gelu),
    ("Sigmoid", Unary::Sigmoid),
    ("LogSigmoid", Unary::LogSigmoid),
    ("HardSigmoid", Unary::HardSigmoid),
    ("Tanh", Unary::Tanh),
    ("HardTanh", Unary::HardTanh),
    ("TanhShrink", Unary::TanhShrink),
    ("Swish", Unary::Swish),
    ("Mish", Unary::Mish),
    ("SoftSign", Unary::SoftSign),
    ("Sinc", Unary::Sinc),
    ("Identity", Unary::Identity),
    ("Abs", Unary::Abs),
    ("Exp", Unary::Exp),
    ("Log", Unary::Log),
    ("Round", Unary::Round),
    ("Ceil", Unary::Ceil),
    ("Floor", Unary::Floor),
    ("Sin", Unary::Sin),
    ("Cos", Unary::Cos),
    ("Tan", Unary::Tan),
    ("Sinh", Unary::Sinh),
    ("Cosh", Unary::Cosh),
    ("ASin", Unary::ASin),
    ("ACos", Unary::ACos),
    ("ATan", Unary::ATan),
    ("ASinh", Unary::ASinh),
    ("ACosh", Unary::ACosh),
    ("ATanh", Unary::ATanh),
    ("Erf", Unary::Erf),
    ("BinarySigmoid", Unary::BinarySigmoid),
    ("BinaryTanh", Unary::BinaryTanh),
    ("LogicalNot", Unary::LogicalNot),
    ("IsNaN", Unary::IsNan),
    ("IsInf", Unary::IsInf),
];

impl Unary {
    /// The type without arguments that is called so.
    pub(super) fn plain(type_name: &str) -> Option<Self> {
        PLAIN.iter().find(|(name, _)| *name == type_name).map(|&(_, op)| op)
    }

    pub(super) fn relu(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::Relu { inplace: fields.flag("inplace")? })
    }

    pub(super) fn leaky_relu(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::LeakyRelu { alpha: fields.float("alpha")?, inplace: fields.flag("inplace")? })
    }

    pub(super) fn elu(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::Elu { alpha: fields.double("alpha")? })
    }

    pub(super) fn selu(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::Selu { scale: fields.double("scale")?, alpha: fields.double("alpha")? })
    }

    pub(super) fn soft_plus(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::SoftPlus { beta: fields.double("beta")? })
    }

    pub(super) fn sign(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::Sign { alpha: fields.float("alpha")? })
    }

    pub(super) fn fixed_point_quantize(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self::FixedPointQuantize {
            sign: fields.flag("sign")?,
            n: fields.int("n")?,
            delta: fields.float("delta")?,
            ste_fine_grained: fields.flag("ste_fine_grained")?,
        })
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Relu { .. } => "ReLU",
            Self::LeakyRelu { .. } => "LeakyReLU",
            Self::Elu { .. } => "ELU",
            Self::Selu { .. } => "SELU",
            Self::SoftPlus { .. } => "SoftPlus",
            Self::Sign { .. } => "Sign",
            Self::FixedPointQuantize { .. } => "FixedPointQuantize",
            plain => PLAIN.iter().find(|(_, op)| op == plain).map_or("", |(name, _)| name),
        }
    }

    pub(super) fn write(&self, out: &mut Message) {
        match *self {
            Self::Relu { inplace } => out.push_bool("inplace", inplace),
            Self::LeakyRelu { alpha, inplace } => {
                out.push_f32("alpha", alpha);
                out.push_bool("inplace", inplace);
            }
            Self::Elu { alpha } => out.push_f64("alpha", alpha),
            Self::Selu { scale, alpha } => {
                out.push_f64("scale", scale);
                out.push_f64("alpha", alpha);
            }
            Self::SoftPlus { beta } => out.push_f64("beta", beta),
            Self::Sign { alpha } => out.push_f32("alpha", alpha),
            Self::FixedPointQuantize { sign, n, delta, ste_fine_grained } => {
                out.push_bool("sign", sign);
                out.push_int("n", n);
                out.push_f32("delta", delta);
                out.push_bool("ste_fine_grained", ste_fine_grained);
            }
            _ => {}
        }
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
    fn every_type_keeps_the_shape() {
        for (name, op) in PLAIN {
            assert_eq!(read(name, ""), Op::Unary(*op));
            check(&[(name, "", &[&[2, 3]], Ok(&[2, 3]))]);
        }
    }

    #[test]
    fn arguments() {
        for (name, arguments, expected) in [
            ("ReLU", "", Unary::Relu { inplace: false }),
            ("ReLU", "inplace: true", Unary::Relu { inplace: true }),
            ("LeakyReLU", "alpha: 0.3", Unary::LeakyRelu { alpha: 0.3, inplace: false }),
            ("ELU", "alpha: 1.0", Unary::Elu { alpha: 1.0 }),
            (
                "SELU",
                "scale: 1.05070098735548 alpha: 1.673263242354377",
                Unary::Selu { scale: 1.050_700_987_355_48, alpha: 1.673_263_242_354_377 },
            ),
            ("SoftPlus", "beta: 1.0", Unary::SoftPlus { beta: 1.0 }),
            ("Sign", "alpha: 1.0", Unary::Sign { alpha: 1.0 }),
        ] {
            assert_eq!(read(name, arguments), Op::Unary(expected));
        }
        check(&[("Tanh", "", &[&[1], &[1]], Err("Tanh has 2 inputs, expected 1"))]);
    }
}
