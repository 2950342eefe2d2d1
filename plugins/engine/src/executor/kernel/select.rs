//! Embed and TopKData: elements picked by index or by size.

use super::Call;
use nnp::op::TopKData;
use tch::{Kind, TchError, Tensor};

/// Rows of W at the indices x; libtorch refuses an index outside of the table.
pub(super) fn embed(call: &Call<'_>) -> Result<Tensor, TchError> {
    let (indices, table) = (call.input(0)?, call.input(1)?);
    let (shape, table_shape) = (indices.size(), table.size());
    let rows = table.f_index_select(0, &indices.f_to_kind(Kind::Int64)?.f_reshape([-1])?)?;
    rows.f_reshape([shape.as_slice(), table_shape.get(1..).unwrap_or_default()].concat())
}

pub(super) fn top_k(op: &TopKData, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let x = call.input(0)?;
    let shape = x.size();
    let base_axis =
        if op.base_axis < 0 { op.base_axis + i64::try_from(shape.len()).unwrap_or(0) } else { op.base_axis };
    let (batch, sample) =
        usize::try_from(base_axis).ok().and_then(|axis| shape.split_at_checked(axis)).unwrap_or((&[], &shape));
    let flat = x.f_reshape([batch.iter().product::<i64>(), sample.iter().product()])?;
    let ranked = if op.abs { flat.f_abs()? } else { flat.shallow_clone() };
    let (_, places) = ranked.f_topk(op.k, 1, op.largest, true)?;
    let picked = flat.f_gather(1, &places, false)?;
    let of_picked = [batch, &[op.k]].concat();
    let result = if op.reduce {
        picked.f_reshape(of_picked.as_slice())?
    } else {
        flat.f_zeros_like()?.f_scatter_(1, &places, &picked)?.f_reshape(shape.as_slice())?
    };
    let mut outputs = vec![result];
    if op.with_index {
        outputs.push(places.f_to_kind(x.f_kind()?)?.f_reshape(of_picked)?);
    }
    Ok(outputs)
}
