//! Operators on the elements of several arrays that broadcast, and PRelu.

use nnp::op::{BinaryKind, PRelu, ScalarKind, Unary};

use crate::array::Array;
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::{Kind, Var};

/// What a pair becomes: the function of two arrays, that of x and a constant, and that of a constant and x.
type Kinds = (BinaryKind, Option<ScalarKind>, Option<ScalarKind>);

fn kinds(op_type: &str) -> Kinds {
    use ScalarKind as S;
    match op_type {
        "Sub" => (BinaryKind::Sub2, None, Some(S::RSubScalar)),
        "Mul" => (BinaryKind::Mul2, Some(S::MulScalar), Some(S::MulScalar)),
        "Div" => (BinaryKind::Div2, None, Some(S::RDivScalar)),
        "Pow" => (BinaryKind::Pow2, Some(S::PowScalar), Some(S::RPowScalar)),
        "Max" => (BinaryKind::Maximum2, Some(S::MaximumScalar), Some(S::MaximumScalar)),
        "Min" => (BinaryKind::Minimum2, Some(S::MinimumScalar), Some(S::MinimumScalar)),
        "Equal" => (BinaryKind::Equal, Some(S::EqualScalar), Some(S::EqualScalar)),
        "Greater" => (BinaryKind::Greater, Some(S::GreaterScalar), Some(S::LessScalar)),
        "GreaterOrEqual" => (BinaryKind::GreaterEqual, Some(S::GreaterEqualScalar), Some(S::LessEqualScalar)),
        "Less" => (BinaryKind::Less, Some(S::LessScalar), Some(S::GreaterScalar)),
        "LessOrEqual" => (BinaryKind::LessEqual, Some(S::LessEqualScalar), Some(S::GreaterEqualScalar)),
        "And" => (BinaryKind::LogicalAnd, None, None),
        "Or" => (BinaryKind::LogicalOr, None, None),
        "Xor" => (BinaryKind::LogicalXor, None, None),
        _ => (BinaryKind::Add2, Some(S::AddScalar), Some(S::AddScalar)),
    }
}

pub(super) fn pair(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (a, b) = (call.value(0)?, call.value(1)?);
    Ok(Value::Made(combine(call, call.node.op_type, &a, &b)?))
}

/// Whole numbers are divided without a rest, which floats are not.
fn is_whole(call: &Call<'_, '_, '_>, value: &Value) -> bool {
    match value {
        Value::Fixed(array) => array.as_whole().is_some(),
        Value::Made(var) => matches!(call.context.draft.kind(*var), Kind::Whole | Kind::Cut),
    }
}

fn combine(call: &mut Call<'_, '_, '_>, op_type: &str, a: &Value, b: &Value) -> Result<Var, ImportError> {
    // The same where a power of whole numbers is cut.
    if op_type == "Div" && is_whole(call, a) && is_whole(call, b) || op_type == "Pow" && is_whole(call, a) {
        return Err(call.lack(Lack::Arguments));
    }
    let (two, right, left) = kinds(op_type);
    // A constant of one value that adds no axes is an argument.
    let argument = |constant: &Array, other: &Value, call: &Call<'_, '_, '_>| {
        constant.scalar().filter(|_| constant.shape.len() <= call.shape_of(other).len()).map(f64::from)
    };
    let made = match (a, b) {
        (Value::Made(_), Value::Fixed(constant)) => match (argument(constant, a, call), op_type, right) {
            (Some(value), "Sub", _) => Some((ScalarKind::AddScalar, a, -value)),
            (Some(value), "Div", _) if value != 0.0 => Some((ScalarKind::MulScalar, a, 1.0 / value)),
            (Some(value), _, Some(kind)) => Some((kind, a, value)),
            _ => None,
        },
        (Value::Fixed(constant), Value::Made(_)) => {
            argument(constant, b, call).zip(left).map(|(value, kind)| (kind, b, value))
        }
        _ => None,
    };
    if let Some((kind, x, value)) = made {
        let x = call.number_of(x)?;
        return call.scalar(kind, x, value);
    }
    let logical = matches!(two, BinaryKind::LogicalAnd | BinaryKind::LogicalOr | BinaryKind::LogicalXor);
    let mut operand = |value: &Value| if logical { call.var_of(value) } else { call.number_of(value) };
    let (a, b) = (operand(a)?, operand(b)?);
    let made = call.binary(two, a, b)?;
    use BinaryKind as B;
    if logical || matches!(two, B::Equal | B::Greater | B::GreaterEqual | B::Less | B::LessEqual) {
        call.context.draft.set_kind(made, Kind::Truth);
    }
    Ok(made)
}

/// Sum, Mean, Max and Min of any number of arrays.
pub(super) fn several(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let values = call.values()?;
    let op_type = match call.node.op_type {
        "Sum" | "Mean" => "Add",
        other => other,
    };
    let Some((first, rest)) = values.split_first() else { return Err(call.lack(Lack::Input(0))) };
    let mut made = first.clone();
    for value in rest {
        made = Value::Made(combine(call, op_type, &made, value)?);
    }
    let mut var = call.number_of(&made)?;
    if call.node.op_type == "Mean" {
        var = call.scalar(ScalarKind::MulScalar, var, 1.0 / values.len() as f64)?;
    }
    Ok(Value::Made(var))
}

pub(super) fn prelu(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let x = call.number(0)?;
    let shape = call.shape(0)?;
    if let Value::Fixed(slope) = call.value(1)?
        && let Some(start) = shape.len().checked_sub(slope.shape.len())
    {
        let long: Vec<usize> = (0..slope.shape.len()).filter(|&axis| slope.shape.get(axis) != Some(&1)).collect();
        let (axis, flat) = match long.as_slice() {
            [] => (1.min(shape.len().saturating_sub(1)), Vec::new()),
            &[axis] => (start + axis, vec![slope.len()]),
            _ => return general_prelu(call, x),
        };
        let slope = call.var_of(&Value::Fixed(slope.reshaped(flat)))?;
        let base_axis = i64::try_from(axis).unwrap_or(i64::MAX);
        return Ok(Value::Made(call.apply(PRelu { base_axis }, &[x, slope])?));
    }
    general_prelu(call, x)
}

/// max(x, 0) + slope·min(x, 0)
fn general_prelu(call: &mut Call<'_, '_, '_>, x: Var) -> Result<Value, ImportError> {
    let slope = call.number(1)?;
    let above = call.unary(Unary::Relu { inplace: false }, x)?;
    let below = call.scalar(ScalarKind::MinimumScalar, x, 0.0)?;
    let bent = call.binary(BinaryKind::Mul2, below, slope)?;
    Ok(Value::Made(call.binary(BinaryKind::Add2, above, bent)?))
}
