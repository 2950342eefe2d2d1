//! Gemm and MatMul.

use nnp::op::{Affine, BatchMatmul, BinaryKind, ScalarKind, Transpose};

use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::Var;

/// α·A·B + β·C, each of A and B perhaps transposed.
pub(super) fn gemm(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (alpha, beta) = (call.float("alpha", 1.0)?, call.float("beta", 1.0)?);
    let (turn_a, turn_b) = (call.flag("transA", false)?, call.flag("transB", false)?);
    let (a, b) = (call.value(0)?, call.value(1)?);
    let a = oriented(call, &a, turn_a)?;
    let b = oriented(call, &b, turn_b)?;
    let columns = call.context.draft.shape(b).get(1).copied().unwrap_or([0, 0]);
    let bias = call.optional(2).cloned();
    // A bias of one value for each column is the layer's own.
    if let (Some(Value::Fixed(array)), true) = (&bias, (alpha, beta) == (1.0, 1.0))
        && [array.len(); 2] == columns
        && array.shape.last() == Some(&array.len())
    {
        let bias = call.var_of(&Value::Fixed(array.reshaped(vec![array.len()])))?;
        return Ok(Value::Made(call.apply(Affine { base_axis: 1 }, &[a, b, bias])?));
    }
    let mut y = call.apply(Affine { base_axis: 1 }, &[a, b])?;
    if alpha != 1.0 {
        y = call.scalar(ScalarKind::MulScalar, y, f64::from(alpha))?;
    }
    if let Some(bias) = bias.filter(|_| beta != 0.0) {
        let mut bias = call.number_of(&bias)?;
        if beta != 1.0 {
            bias = call.scalar(ScalarKind::MulScalar, bias, f64::from(beta))?;
        }
        y = call.binary(BinaryKind::Add2, y, bias)?;
    }
    Ok(Value::Made(y))
}

/// A matrix, transposed where it has to be.
fn oriented(call: &mut Call<'_, '_, '_>, value: &Value, turn: bool) -> Result<Var, ImportError> {
    if call.shape_of(value).len() != 2 {
        return Err(call.lack(Lack::Arguments));
    }
    match value {
        _ if !turn => call.number_of(value),
        Value::Fixed(array) => {
            let &[rows, columns] = array.shape.as_slice() else { return Err(call.lack(Lack::Arguments)) };
            let step = isize::try_from(columns).unwrap_or(isize::MAX);
            let turned = array.strided(&mut call.context.room, vec![columns, rows], 0, vec![1, step])?;
            call.var_of(&Value::Fixed(turned))
        }
        Value::Made(_) => {
            let x = call.number_of(value)?;
            call.apply(Transpose { axes: vec![1, 0] }, &[x])
        }
    }
}

pub(super) fn matmul(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (a, b) = (call.number(0)?, call.number(1)?);
    let ranks = [a, b].map(|var| call.context.draft.shape(var).len());
    if ranks.iter().any(|&rank| rank < 2) {
        return Err(call.lack(Lack::Arguments));
    }
    let [rank, of_b] = ranks;
    // One matrix for all rows is a layer.
    if of_b == 2 && matches!(call.optional(1), Some(Value::Fixed(_))) {
        let base_axis = i64::try_from(rank - 1).unwrap_or(i64::MAX);
        return Ok(Value::Made(call.apply(Affine { base_axis }, &[a, b])?));
    }
    Ok(Value::Made(call.apply(BatchMatmul { transpose_a: false, transpose_b: false }, &[a, b])?))
}
