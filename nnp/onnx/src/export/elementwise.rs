//! Functions that work on every element alone, with one input, two, or one and a constant.

use nnp::op::{BinaryKind, CElu, PRelu, Scalar, ScalarKind, Softmax, Unary};

use super::call::Call;
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

pub(super) fn unary(graph: &mut Graph, x: &str, op: Unary) -> String {
    match op {
        Unary::Relu { .. } => graph.op("Relu", &[x], &[]),
        Unary::Relu6 => clip(graph, x, 0.0, 6.0),
        Unary::LeakyRelu { alpha, .. } => graph.op("LeakyRelu", &[x], &[("alpha", Value::Float(alpha))]),
        Unary::Elu { alpha } => elu(graph, x, alpha),
        Unary::Selu { scale, alpha } => {
            let (alpha, gamma) = (single(alpha), single(scale));
            graph.op("Selu", &[x], &[("alpha", Value::Float(alpha)), ("gamma", Value::Float(gamma))])
        }
        Unary::Gelu => gelu(graph, x),
        Unary::Sigmoid => graph.op("Sigmoid", &[x], &[]),
        Unary::LogSigmoid => {
            let negative = graph.op("Neg", &[x], &[]);
            let soft = graph.op("Softplus", &[&negative], &[]);
            graph.op("Neg", &[&soft], &[])
        }
        Unary::HardSigmoid => {
            graph.op("HardSigmoid", &[x], &[("alpha", Value::Float(0.2)), ("beta", Value::Float(0.5))])
        }
        Unary::Tanh => graph.op("Tanh", &[x], &[]),
        Unary::HardTanh => clip(graph, x, -1.0, 1.0),
        Unary::TanhShrink => {
            let tanh = graph.op("Tanh", &[x], &[]);
            graph.op("Sub", &[x, &tanh], &[])
        }
        Unary::Swish => {
            let sigmoid = graph.op("Sigmoid", &[x], &[]);
            graph.op("Mul", &[x, &sigmoid], &[])
        }
        Unary::Mish => graph.op("Mish", &[x], &[]),
        Unary::SoftPlus { beta } => {
            let steep = with(graph, "Mul", x, beta);
            let soft = graph.op("Softplus", &[&steep], &[]);
            with(graph, "Div", &soft, beta)
        }
        Unary::SoftSign => graph.op("Softsign", &[x], &[]),
        Unary::Sinc => sinc(graph, x),
        Unary::Identity | Unary::Unlink => graph.op("Identity", &[x], &[]),
        Unary::Abs => graph.op("Abs", &[x], &[]),
        Unary::Exp => graph.op("Exp", &[x], &[]),
        Unary::Log => graph.op("Log", &[x], &[]),
        Unary::Round => round(graph, x),
        Unary::Ceil => graph.op("Ceil", &[x], &[]),
        Unary::Floor => graph.op("Floor", &[x], &[]),
        Unary::Sign { alpha } => {
            let sign = graph.op("Sign", &[x], &[]);
            let zero = compare(graph, "Equal", x, 0.0);
            let at_zero = with(graph, "Mul", &zero, f64::from(alpha));
            graph.op("Add", &[&sign, &at_zero], &[])
        }
        Unary::Sin => graph.op("Sin", &[x], &[]),
        Unary::Cos => graph.op("Cos", &[x], &[]),
        Unary::Tan => graph.op("Tan", &[x], &[]),
        Unary::Sinh => graph.op("Sinh", &[x], &[]),
        Unary::Cosh => graph.op("Cosh", &[x], &[]),
        Unary::ASin => graph.op("Asin", &[x], &[]),
        Unary::ACos => graph.op("Acos", &[x], &[]),
        Unary::ATan => graph.op("Atan", &[x], &[]),
        Unary::ASinh => graph.op("Asinh", &[x], &[]),
        Unary::ACosh => graph.op("Acosh", &[x], &[]),
        Unary::ATanh => graph.op("Atanh", &[x], &[]),
        Unary::Erf => graph.op("Erf", &[x], &[]),
        Unary::BinarySigmoid => compare(graph, "Greater", x, 0.0),
        Unary::BinaryTanh => {
            let positive = compare(graph, "Greater", x, 0.0);
            let doubled = with(graph, "Mul", &positive, 2.0);
            with(graph, "Sub", &doubled, 1.0)
        }
        Unary::LogicalNot => compare(graph, "Equal", x, 0.0),
        Unary::IsNan => condition(graph, "IsNaN", x),
        Unary::IsInf => condition(graph, "IsInf", x),
        Unary::FixedPointQuantize { sign, n, delta, .. } => quantize(graph, x, sign, n, f64::from(delta)),
    }
}

/// The nearest float32; arguments that NNP keeps as double are used as float32 by nnabla too.
#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
fn single(value: f64) -> f32 {
    value as f32
}

/// An operator with a constant as second input.
fn with(graph: &mut Graph, op_type: &str, x: &str, value: f64) -> String {
    let value = graph.scalar(value);
    graph.op(op_type, &[x, &value], &[])
}

/// 1 where the comparison with a constant holds.
fn compare(graph: &mut Graph, op_type: &str, x: &str, value: f64) -> String {
    let condition = with(graph, op_type, x, value);
    graph.number(&condition)
}

fn condition(graph: &mut Graph, op_type: &str, x: &str) -> String {
    let condition = graph.op(op_type, &[x], &[]);
    graph.number(&condition)
}

fn clip(graph: &mut Graph, x: &str, low: f64, high: f64) -> String {
    let (low, high) = (graph.scalar(low), graph.scalar(high));
    graph.op("Clip", &[x, &low, &high], &[])
}

fn elu(graph: &mut Graph, x: &str, alpha: f64) -> String {
    graph.op("Elu", &[x], &[("alpha", Value::Float(single(alpha)))])
}

/// nnabla's formula with tanh; ONNX has an operator for it only from opset 20 on.
fn gelu(graph: &mut Graph, x: &str) -> String {
    let square = graph.op("Mul", &[x, x], &[]);
    let cube = graph.op("Mul", &[&square, x], &[]);
    let bent = with(graph, "Mul", &cube, 0.044_715);
    let sum = graph.op("Add", &[x, &bent], &[]);
    let scaled = with(graph, "Mul", &sum, (2.0 / std::f64::consts::PI).sqrt());
    let tanh = graph.op("Tanh", &[&scaled], &[]);
    let raised = with(graph, "Add", &tanh, 1.0);
    let half = with(graph, "Mul", x, 0.5);
    graph.op("Mul", &[&half, &raised], &[])
}

fn sinc(graph: &mut Graph, x: &str) -> String {
    let zero = with(graph, "Equal", x, 0.0);
    let one = graph.scalar(1.0);
    let divisor = graph.op("Where", &[&zero, &one, x], &[]);
    let sine = graph.op("Sin", &[x], &[]);
    let ratio = graph.op("Div", &[&sine, &divisor], &[]);
    graph.op("Where", &[&zero, &one, &ratio], &[])
}

/// Halves away from zero, where ONNX's Round takes the even neighbour.
fn round(graph: &mut Graph, x: &str) -> String {
    let size = graph.op("Abs", &[x], &[]);
    let whole = graph.op("Floor", &[&size], &[]);
    let rest = graph.op("Sub", &[&size, &whole], &[]);
    let up = compare(graph, "GreaterOrEqual", &rest, 0.5);
    let rounded = graph.op("Add", &[&whole, &up], &[]);
    let sign = graph.op("Sign", &[x], &[]);
    graph.op("Mul", &[&rounded, &sign], &[])
}

fn quantize(graph: &mut Graph, x: &str, sign: bool, n: i64, delta: f64) -> String {
    let bits = i32::try_from(n).unwrap_or(i32::MAX).saturating_sub(i32::from(sign));
    let largest = (2_f64.powi(bits) - 1.0) * delta;
    let size = graph.op("Abs", &[x], &[]);
    let steps = with(graph, "Mul", &size, 1.0 / delta);
    let raised = with(graph, "Add", &steps, 0.5);
    let whole = graph.op("Floor", &[&raised], &[]);
    let scaled = with(graph, "Mul", &whole, delta);
    let of_x = graph.op("Sign", &[x], &[]);
    let signed = graph.op("Mul", &[&scaled, &of_x], &[]);
    clip(graph, &signed, if sign { -largest } else { 0.0 }, largest)
}

pub(super) fn crelu(graph: &mut Graph, call: &Call<'_>, axis: i64) -> String {
    let x = call.input(0);
    let negative = graph.op("Neg", &[x], &[]);
    let (a, b) = (graph.op("Relu", &[x], &[]), graph.op("Relu", &[&negative], &[]));
    graph.op("Concat", &[&a, &b], &[("axis", Value::Int(call.axis(axis)))])
}

pub(super) fn celu(graph: &mut Graph, call: &Call<'_>, op: &CElu) -> String {
    let x = call.input(0);
    let negative = graph.op("Neg", &[x], &[]);
    let (a, b) = (elu(graph, x, op.alpha), elu(graph, &negative, op.alpha));
    graph.op("Concat", &[&a, &b], &[("axis", Value::Int(call.axis(op.axis)))])
}

pub(super) fn prelu(graph: &mut Graph, call: &Call<'_>, op: &PRelu) -> Result<String, OnnxError> {
    let slopes = call.fixed_shape(1)?.iter().product::<i64>();
    let axis = call.axis(op.base_axis);
    let extents = (0..call.rank()).map(|at| Extent::Fixed(if at == axis { slopes } else { 1 }));
    let slope = call.reshape(graph, call.input(1), &extents.collect::<Vec<_>>())?;
    Ok(graph.op("PRelu", &[call.input(0), &slope], &[]))
}

pub(super) fn softmax(graph: &mut Graph, call: &Call<'_>, op: &Softmax) -> String {
    let name = if op.log { "LogSoftmax" } else { "Softmax" };
    graph.op(name, &[call.input(0)], &[("axis", Value::Int(call.axis(op.axis)))])
}

pub(super) fn product(graph: &mut Graph, call: &Call<'_>) -> String {
    let mut inputs = call.inputs().into_iter().map(str::to_owned);
    let first = inputs.next().unwrap_or_default();
    inputs.fold(first, |product, input| graph.op("Mul", &[&product, &input], &[]))
}

pub(super) fn binary(graph: &mut Graph, call: &Call<'_>, kind: BinaryKind) -> Result<String, OnnxError> {
    let pair = [call.input(0), call.input(1)];
    let numbers = |graph: &mut Graph, op_type: &str| {
        let condition = graph.op(op_type, &pair, &[]);
        graph.number(&condition)
    };
    let logical = |graph: &mut Graph, op_type: &str| {
        let (a, b) = (graph.truth(pair[0]), graph.truth(pair[1]));
        let condition = graph.op(op_type, &[&a, &b], &[]);
        graph.number(&condition)
    };
    Ok(match kind {
        BinaryKind::Add2 => graph.op("Add", &pair, &[]),
        BinaryKind::Sub2 => graph.op("Sub", &pair, &[]),
        BinaryKind::Mul2 => graph.op("Mul", &pair, &[]),
        BinaryKind::Div2 => graph.op("Div", &pair, &[]),
        BinaryKind::Pow2 => graph.op("Pow", &pair, &[]),
        BinaryKind::Maximum2 => graph.op("Max", &pair, &[]),
        BinaryKind::Minimum2 => graph.op("Min", &pair, &[]),
        BinaryKind::Equal => numbers(graph, "Equal"),
        BinaryKind::NotEqual => {
            let equal = graph.op("Equal", &pair, &[]);
            let other = graph.op("Not", &[&equal], &[]);
            graph.number(&other)
        }
        BinaryKind::Greater => numbers(graph, "Greater"),
        BinaryKind::GreaterEqual => numbers(graph, "GreaterOrEqual"),
        BinaryKind::Less => numbers(graph, "Less"),
        BinaryKind::LessEqual => numbers(graph, "LessOrEqual"),
        BinaryKind::LogicalAnd => logical(graph, "And"),
        BinaryKind::LogicalOr => logical(graph, "Or"),
        BinaryKind::LogicalXor => logical(graph, "Xor"),
        BinaryKind::AbsoluteError => {
            let difference = graph.op("Sub", &pair, &[]);
            graph.op("Abs", &[&difference], &[])
        }
        BinaryKind::SquaredError => {
            let difference = graph.op("Sub", &pair, &[]);
            graph.op("Mul", &[&difference, &difference], &[])
        }
        BinaryKind::ATan2
        | BinaryKind::BinaryCrossEntropy
        | BinaryKind::SigmoidCrossEntropy
        | BinaryKind::BinaryError => return Err(call.missing(Missing::Function)),
    })
}

pub(super) fn scalar(graph: &mut Graph, x: &str, op: &Scalar) -> String {
    let value = op.val;
    match op.kind {
        ScalarKind::AddScalar => with(graph, "Add", x, value),
        ScalarKind::MulScalar => with(graph, "Mul", x, value),
        ScalarKind::PowScalar => with(graph, "Pow", x, value),
        ScalarKind::RSubScalar => from(graph, "Sub", x, value),
        ScalarKind::RDivScalar => from(graph, "Div", x, value),
        ScalarKind::RPowScalar => from(graph, "Pow", x, value),
        ScalarKind::MaximumScalar => with(graph, "Max", x, value),
        ScalarKind::MinimumScalar => with(graph, "Min", x, value),
        ScalarKind::EqualScalar => compare(graph, "Equal", x, value),
        ScalarKind::NotEqualScalar => {
            let equal = compare(graph, "Equal", x, value);
            from(graph, "Sub", &equal, 1.0)
        }
        ScalarKind::GreaterScalar => compare(graph, "Greater", x, value),
        ScalarKind::GreaterEqualScalar => compare(graph, "GreaterOrEqual", x, value),
        ScalarKind::LessScalar => compare(graph, "Less", x, value),
        ScalarKind::LessEqualScalar => compare(graph, "LessOrEqual", x, value),
        ScalarKind::LogicalAndScalar => logical(graph, "And", x, value),
        ScalarKind::LogicalOrScalar => logical(graph, "Or", x, value),
        ScalarKind::LogicalXorScalar => logical(graph, "Xor", x, value),
    }
}

/// An operator with a constant as first input.
fn from(graph: &mut Graph, op_type: &str, x: &str, value: f64) -> String {
    let value = graph.scalar(value);
    graph.op(op_type, &[&value, x], &[])
}

fn logical(graph: &mut Graph, op_type: &str, x: &str, value: f64) -> String {
    let value = graph.scalar(value);
    let (a, b) = (graph.truth(x), graph.truth(&value));
    let condition = graph.op(op_type, &[&a, &b], &[]);
    graph.number(&condition)
}
