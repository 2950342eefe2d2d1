//! Functions of one input that work on every element alone and keep the shape.

use super::{
    declare::family,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

family! {
    /// An element-wise function; the variant is called like the function type.
    ///
    /// `inplace` is a hint for nnabla's memory and changes no value.
    #[allow(missing_docs)] // The names say it; formulas stand where they are not in every textbook.
    pub enum Unary {
        /// max(x, 0)
        Relu: "ReLU" in "relu_param" { inplace: flag },
        /// min(max(x, 0), 6)
        Relu6: "ReLU6",
        /// x, or `alpha`·x for x < 0
        LeakyRelu: "LeakyReLU" in "leaky_relu_param" { alpha: float, inplace: flag },
        /// x, or `alpha`·(eˣ − 1) for x < 0
        Elu: "ELU" in "elu_param" { alpha: double },
        /// `scale`·ELU(x)
        Selu: "SELU" in "selu_param" { scale: double, alpha: double },
        /// The approximation with tanh: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
        Gelu: "GELU",
        Sigmoid: "Sigmoid",
        LogSigmoid: "LogSigmoid",
        /// 0.2·x + 0.5, clipped to 0…1
        HardSigmoid: "HardSigmoid",
        Tanh: "Tanh",
        /// x clipped to −1…1
        HardTanh: "HardTanh",
        /// x − tanh(x)
        TanhShrink: "TanhShrink",
        /// x·sigmoid(x)
        Swish: "Swish",
        /// x·tanh(log(1 + eˣ))
        Mish: "Mish",
        /// log(1 + e^(`beta`·x)) / `beta`
        SoftPlus: "SoftPlus" in "softplus_param" { beta: double },
        /// x / (1 + |x|)
        SoftSign: "SoftSign",
        /// sin(x)/x, 1 at 0
        Sinc: "Sinc",
        Identity: "Identity",
        /// x; training stops here
        Unlink: "Unlink",
        Abs: "Abs",
        Exp: "Exp",
        Log: "Log",
        Round: "Round",
        Ceil: "Ceil",
        Floor: "Floor",
        /// −1 or 1, `alpha` at 0
        Sign: "Sign" in "sign_param" { alpha: float },
        Sin: "Sin",
        Cos: "Cos",
        Tan: "Tan",
        Sinh: "Sinh",
        Cosh: "Cosh",
        ASin: "ASin",
        ACos: "ACos",
        ATan: "ATan",
        ASinh: "ASinh",
        ACosh: "ACosh",
        ATanh: "ATanh",
        /// 2/√π·∫₀ˣ e^(−t²) dt
        Erf: "Erf",
        /// 1 for x > 0, else 0
        BinarySigmoid: "BinarySigmoid",
        /// 1 for x > 0, else −1
        BinaryTanh: "BinaryTanh",
        /// 1 for x = 0, else 0
        LogicalNot: "LogicalNot",
        /// 1 or 0
        IsNan: "IsNaN",
        /// 1 or 0
        IsInf: "IsInf",
        /// x rounded to multiples of `delta` that `n` bits hold
        FixedPointQuantize: "FixedPointQuantize" in "fixed_point_quantize_param" { sign: flag, n: int, delta: float, ste_fine_grained: flag },
    }
}

impl Rules for Unary {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        Ok(inputs.one()?.to_vec())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        match self {
            Self::Relu { .. } | Self::Relu6 | Self::LeakyRelu { .. } | Self::HardTanh | Self::HardSigmoid => {
                Operations::comparison(work.outputs())
            }
            Self::Identity | Self::Unlink | Self::Abs => Operations::default(),
            // The others are made of one exponential and one division, or cost about as much.
            _ => Operations::exp(work.outputs()).and(Operations::division(work.outputs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{
        Op,
        function::Arguments,
        shape::testing::{check, read},
    };

    #[test]
    fn every_type_keeps_the_shape() {
        for found in Unary::types() {
            assert!(matches!(read(found.name, ""), Op::Unary(_)));
            check(&[(found.name, "", &[&[2, 3]], Ok(&[2, 3]))]);
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
