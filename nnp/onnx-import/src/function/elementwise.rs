//! Operators on every element alone.

use nnp::op::{BinaryKind, ScalarKind, Unary};

use crate::call::Call;
use crate::error::{ImportError, Lack};
use crate::network::{Kind, Var};

/// The functions of an operator with one array as input; `None` for one that is not known.
pub(super) fn write(call: &mut Call<'_, '_, '_>) -> Result<Option<Var>, ImportError> {
    let simple = match call.node.op_type {
        "Relu" => Unary::Relu { inplace: false },
        "Sigmoid" => Unary::Sigmoid,
        "Tanh" => Unary::Tanh,
        "Mish" => Unary::Mish,
        "Softsign" => Unary::SoftSign,
        "Softplus" => Unary::SoftPlus { beta: 1.0 },
        "Abs" => Unary::Abs,
        "Exp" => Unary::Exp,
        "Log" => Unary::Log,
        "Ceil" => Unary::Ceil,
        "Floor" => Unary::Floor,
        "Sign" => Unary::Sign { alpha: 0.0 },
        "Sin" => Unary::Sin,
        "Cos" => Unary::Cos,
        "Tan" => Unary::Tan,
        "Sinh" => Unary::Sinh,
        "Cosh" => Unary::Cosh,
        "Asin" => Unary::ASin,
        "Acos" => Unary::ACos,
        "Atan" => Unary::ATan,
        "Asinh" => Unary::ASinh,
        "Acosh" => Unary::ACosh,
        "Atanh" => Unary::ATanh,
        "Erf" => Unary::Erf,
        "IsNaN" => return condition(call, Unary::IsNan).map(Some),
        "IsInf" => {
            if !(call.flag("detect_negative", true)? && call.flag("detect_positive", true)?) {
                return Err(call.lack(Lack::Attribute("detect_negative".to_owned())));
            }
            return condition(call, Unary::IsInf).map(Some);
        }
        "LeakyRelu" => Unary::LeakyRelu { alpha: call.float("alpha", 0.01)?, inplace: false },
        "Elu" => Unary::Elu { alpha: f64::from(call.float("alpha", 1.0)?) },
        "Selu" => {
            let (alpha, scale) = (call.float("alpha", 1.673_263_2)?, call.float("gamma", 1.050_701)?);
            Unary::Selu { scale: f64::from(scale), alpha: f64::from(alpha) }
        }
        _ => return composed(call),
    };
    let x = call.number(0)?;
    call.unary(simple, x).map(Some)
}

fn condition(call: &mut Call<'_, '_, '_>, op: Unary) -> Result<Var, ImportError> {
    let x = call.number(0)?;
    let made = call.unary(op, x)?;
    call.context.draft.set_kind(made, Kind::Truth);
    Ok(made)
}

/// Operators that several functions make.
fn composed(call: &mut Call<'_, '_, '_>) -> Result<Option<Var>, ImportError> {
    use ScalarKind::{AddScalar, MulScalar, PowScalar, RDivScalar};
    Ok(Some(match call.node.op_type {
        "Neg" => {
            let x = call.number(0)?;
            call.scalar(MulScalar, x, -1.0)?
        }
        "Reciprocal" => {
            let x = call.number(0)?;
            call.scalar(RDivScalar, x, 1.0)?
        }
        "Sqrt" => {
            let x = call.number(0)?;
            call.scalar(PowScalar, x, 0.5)?
        }
        "Not" => {
            // What is no condition yet is one by not being 0.
            let x = call.var(0)?;
            let made = call.unary(Unary::LogicalNot, x)?;
            call.context.draft.set_kind(made, Kind::Truth);
            made
        }
        "Clip" => clip(call)?,
        "HardSigmoid" => {
            let (alpha, beta) = (call.float("alpha", 0.2)?, call.float("beta", 0.5)?);
            let x = call.number(0)?;
            hard_sigmoid(call, x, f64::from(alpha), f64::from(beta))?
        }
        "HardSwish" => {
            let x = call.number(0)?;
            let gate = hard_sigmoid(call, x, 1.0 / 6.0, 0.5)?;
            call.binary(BinaryKind::Mul2, x, gate)?
        }
        "Gelu" => match call.text("approximate", "none")? {
            "tanh" => {
                let x = call.number(0)?;
                call.unary(Unary::Gelu, x)?
            }
            "none" => {
                let x = call.number(0)?;
                let scaled = call.scalar(MulScalar, x, std::f64::consts::FRAC_1_SQRT_2)?;
                let erf = call.unary(Unary::Erf, scaled)?;
                let raised = call.scalar(AddScalar, erf, 1.0)?;
                let half = call.scalar(MulScalar, x, 0.5)?;
                call.binary(BinaryKind::Mul2, half, raised)?
            }
            _ => return Err(call.lack(Lack::Attribute("approximate".to_owned()))),
        },
        _ => return Ok(None),
    }))
}

fn hard_sigmoid(call: &mut Call<'_, '_, '_>, x: Var, alpha: f64, beta: f64) -> Result<Var, ImportError> {
    // nnabla's own has these numbers fixed, in float32.
    let is = |value: f64, number: f64| (value - number).abs() < 1e-7;
    if is(alpha, 0.2) && is(beta, 0.5) {
        return call.unary(Unary::HardSigmoid, x);
    }
    let scaled = call.scalar(ScalarKind::MulScalar, x, alpha)?;
    let raised = call.scalar(ScalarKind::AddScalar, scaled, beta)?;
    let above = call.scalar(ScalarKind::MaximumScalar, raised, 0.0)?;
    call.scalar(ScalarKind::MinimumScalar, above, 1.0)
}

fn clip(call: &mut Call<'_, '_, '_>) -> Result<Var, ImportError> {
    let x = call.number(0)?;
    let bound = |call: &Call<'_, '_, '_>, index: usize| match call.optional(index) {
        None => Ok(None),
        Some(_) => {
            let array = call.constant(index)?;
            array.scalar().map(Some).ok_or_else(|| call.lack(Lack::Constant(index)))
        }
    };
    let (low, high) = (bound(call, 1)?, bound(call, 2)?);
    if (low, high) == (Some(0.0), Some(6.0)) {
        return call.unary(Unary::Relu6, x);
    }
    if (low, high) == (Some(-1.0), Some(1.0)) {
        return call.unary(Unary::HardTanh, x);
    }
    let mut y = x;
    if let Some(low) = low {
        y = match high {
            None if low == 0.0 => return call.unary(Unary::Relu { inplace: false }, y),
            _ => call.scalar(ScalarKind::MaximumScalar, y, f64::from(low))?,
        };
    }
    if let Some(high) = high {
        y = call.scalar(ScalarKind::MinimumScalar, y, f64::from(high))?;
    }
    Ok(y)
}
