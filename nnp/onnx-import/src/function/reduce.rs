//! Operators over axes: sums, means, extremes and their places, running sums, softmax.

use nnp::op::{Accumulate, BinaryKind, Norm, Reduce, ReduceKind, Softmax, Unary};

use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::Kind;

/// Axes from the attribute or, in later versions, the input. `None` for all of them.
pub(crate) fn axes(call: &Call<'_, '_, '_>, input: usize) -> Result<Option<Vec<i64>>, ImportError> {
    let given = match call.optional(input) {
        Some(_) => Some(call.ints_at(input)?),
        None => call.ints("axes")?,
    };
    Ok(given.filter(|axes| !axes.is_empty()))
}

pub(super) fn reduce(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let keep_dims = call.flag("keepdims", true)?;
    let all_for_none = !call.flag("noop_with_empty_axes", false)?;
    let axes = match axes(call, 1)? {
        Some(axes) => {
            let mut axes: Vec<usize> = axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_, _>>()?;
            axes.sort_unstable();
            axes.dedup();
            axes
        }
        None if all_for_none => (0..rank).collect(),
        None => Vec::new(),
    };
    let axes: Vec<i64> = axes.iter().map(|&axis| i64::try_from(axis).unwrap_or(i64::MAX)).collect();
    let mut x = call.number(0)?;
    let kind = match call.node.op_type {
        "ReduceL1" | "ReduceL2" => {
            if axes.is_empty() {
                return Ok(Value::Made(call.unary(Unary::Abs, x)?));
            }
            let p = if call.node.op_type == "ReduceL1" { 1.0 } else { 2.0 };
            return Ok(Value::Made(call.apply(Norm { p, axes, keep_dims }, &[x])?));
        }
        "ReduceSumSquare" => {
            x = call.binary(BinaryKind::Mul2, x, x)?;
            ReduceKind::Sum
        }
        // Whole numbers have a whole mean.
        "ReduceMean" if call.context.draft.kind(x) == Kind::Whole => return Err(call.lack(Lack::Arguments)),
        "ReduceMean" => ReduceKind::Mean,
        "ReduceProd" => ReduceKind::Prod,
        "ReduceMax" => ReduceKind::Max,
        "ReduceMin" => ReduceKind::Min,
        _ => ReduceKind::Sum,
    };
    let mut y = call.apply(Reduce { keep_dims, ..Reduce::new(kind, axes) }, &[x])?;
    if call.node.op_type == "ReduceLogSum" {
        y = call.unary(Unary::Log, y)?;
    }
    Ok(Value::Made(y))
}

pub(super) fn place(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let axis = call.axis(call.int("axis")?.unwrap_or(0), rank)?;
    let keep_dims = call.flag("keepdims", true)?;
    if call.flag("select_last_index", false)? {
        return Err(call.lack(Lack::Attribute("select_last_index".to_owned())));
    }
    let kind = if call.node.op_type == "ArgMin" { ReduceKind::Min } else { ReduceKind::Max };
    let axes = vec![i64::try_from(axis).unwrap_or(i64::MAX)];
    let x = call.number(0)?;
    let y = call.apply(Reduce { kind, axes, keep_dims, with_index: false, only_index: true }, &[x])?;
    call.context.draft.set_kind(y, Kind::Whole);
    Ok(Value::Made(y))
}

pub(super) fn running_sum(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let &[axis] = call.ints_at(1)?.as_slice() else { return Err(call.lack(Lack::Constant(1))) };
    let axis = i64::try_from(call.axis(axis, rank)?).unwrap_or(i64::MAX);
    let (exclusive, reverse) = (call.flag("exclusive", false)?, call.flag("reverse", false)?);
    let x = call.number(0)?;
    Ok(Value::Made(call.apply(Accumulate { product: false, axis, exclusive, reverse }, &[x])?))
}

pub(super) fn softmax(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let axis = call.axis(call.int("axis")?.unwrap_or(-1), rank)?;
    let axis = i64::try_from(axis).unwrap_or(i64::MAX);
    let x = call.number(0)?;
    Ok(Value::Made(call.apply(Softmax { axis, log: call.node.op_type == "LogSoftmax" }, &[x])?))
}
