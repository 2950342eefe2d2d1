//! Elements picked by index, by size or by a condition: Embed, Gather, GatherNd, OneHot, Where, TopKData and Sort.

use super::Call;
use nnp::op::{Gather, OneHot, Sort, TopKData};
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

/// x as (batch, between, axis, after) and the places as (batch, count), so that libtorch's own gather does.
pub(super) fn gather(op: &Gather, call: &Call<'_>) -> Result<Tensor, TchError> {
    let (x, places) = (call.input(0)?, call.input(1)?);
    let (shape, of_places) = (x.size(), places.size());
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let axis = usize::try_from(if op.axis < 0 { op.axis + rank } else { op.axis }).unwrap_or(0);
    let batch = usize::try_from(op.batch_dims).unwrap_or(0);
    let misfit = || TchError::Shape(format!("{of_places:?} are no places in {shape:?}"));
    let (before, rest) = shape.split_at_checked(axis).ok_or_else(misfit)?;
    let (&extent, after) = rest.split_first().ok_or_else(misfit)?;
    let (common, between) = before.split_at_checked(batch).ok_or_else(misfit)?;
    let (_, places_only) = of_places.split_at_checked(batch).ok_or_else(misfit)?;
    let [common, between, inner] = [common, between, after].map(|extents| extents.iter().product::<i64>());
    let count: i64 = places_only.iter().product();
    let places = places.f_to_kind(Kind::Int64)?;
    // A negative place counts from the end.
    let places = places.f_add(&places.f_lt(0.0)?.f_to_kind(Kind::Int64)?.f_mul_scalar(extent)?)?;
    let places = places.f_reshape([common, 1, count, 1])?.f_expand([common, between, count, inner], false)?;
    let picked = x.f_reshape([common, between, extent, inner])?.f_gather(2, &places, false)?;
    picked.f_reshape([before, places_only, after].concat())
}

pub(super) fn gather_nd(call: &Call<'_>) -> Result<Tensor, TchError> {
    let coordinates = call.input(1)?.f_to_kind(Kind::Int64)?.f_unbind(0)?;
    call.input(0)?.f_index(&coordinates.into_iter().map(Some).collect::<Vec<_>>())
}

/// A coordinate is cut to a whole number and counts from the end where it is negative, as in nnabla; one that lies outside
/// hits nothing.
pub(super) fn one_hot(op: &OneHot, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = call.input(0)?;
    let mut result: Option<Tensor> = None;
    for (at, (&extent, coordinate)) in op.shape.iter().zip(x.f_unbind(-1)?).enumerate() {
        let whole = coordinate.f_trunc()?;
        let from_end = whole.f_lt(0.0)?.f_to_kind(x.f_kind()?)?.f_mul_scalar(extent)?;
        let coordinate = whole.f_add(&from_end)?;
        let hits = coordinate.f_unsqueeze(-1)?.f_eq_tensor(&Tensor::f_arange(extent, (x.f_kind()?, x.device()))?)?;
        // Of the new axes only the one of this coordinate is longer than 1.
        let mut shape: Vec<i64> = coordinate.size();
        shape.extend((0..op.shape.len()).map(|axis| if axis == at { extent } else { 1 }));
        let hits = hits.f_reshape(shape)?.f_to_kind(x.f_kind()?)?;
        result = Some(match result {
            Some(others) => others.f_mul(&hits)?,
            None => hits,
        });
    }
    result.ok_or_else(|| TchError::Shape("there is no coordinate".into()))
}

pub(super) fn where_(call: &Call<'_>) -> Result<Tensor, TchError> {
    let (condition, x) = (call.input(0)?, call.input(1)?);
    let mut shape = condition.size();
    shape.resize(x.dim(), 1);
    x.f_where_self(&condition.f_ne(0.0)?.f_reshape(shape)?, call.input(2)?)
}

pub(super) fn sort(op: &Sort, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let x = call.input(0)?;
    let (values, places) = x.f_sort_stable(true, op.axis, op.reverse)?;
    let places = places.f_to_kind(x.f_kind()?)?;
    Ok(match (op.only_index, op.with_index) {
        (true, _) => vec![places],
        (false, true) => vec![values, places],
        (false, false) => vec![values],
    })
}
