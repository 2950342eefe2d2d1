//! Elements by index, by size and by a condition.

use nnp::op::{Gather, GatherNd, OneHot, ScalarKind, TopKData, Where};

use super::arrange::{expanded, shaped};
use super::axes::{part, transposed};
use crate::array::{Array, Pair, count};
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::{Draft, Extent, Kind};

pub(super) fn gather(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (value, places) = (call.value(0)?, call.value(1)?);
    let shape = call.shape_of(&value);
    let axis = call.axis(call.int("axis")?.unwrap_or(0), shape.len())?;
    let of_places = call.shape_of(&places);
    let refused = || call.lack(Lack::Arguments);
    let (before, rest) = shape.split_at_checked(axis).ok_or_else(refused)?;
    let (&extent, after) = rest.split_first().ok_or_else(refused)?;
    let to: Vec<Extent> = [before, &of_places, after].concat();
    if let Value::Fixed(places) = &places {
        let known = known_places(call, places, extent)?;
        if let Value::Fixed(array) = &value {
            return picked(call, array, axis, &known, &to).map(Value::Fixed);
        }
        if let [place] = known.as_slice() {
            let one = part(call, &value, axis, *place, 1)?;
            return shaped(call, &one, &to);
        }
        let numbers = known.iter().map(|&place| place as f32).collect();
        call.context.room.made(known.len(), false)?;
        let places = call.var_of(&Value::Fixed(Array::floats(places.shape.clone(), numbers)))?;
        let x = call.number(0)?;
        let axis = i64::try_from(axis).unwrap_or(i64::MAX);
        return Ok(Value::Made(call.apply(Gather { axis, batch_dims: 0 }, &[x, places])?));
    }
    // Fractions are cut by the function itself.
    let (x, places) = (call.number(0)?, call.var(1)?);
    let axis = i64::try_from(axis).unwrap_or(i64::MAX);
    Ok(Value::Made(call.apply(Gather { axis, batch_dims: 0 }, &[x, places])?))
}

/// Places that are the same for every batch, counted from the start.
fn known_places(call: &Call<'_, '_, '_>, places: &Array, extent: Extent) -> Result<Vec<usize>, ImportError> {
    let pairs = places.as_whole().ok_or_else(|| call.lack(Lack::Arguments))?;
    let place = |pair: &Pair<i64>| {
        let [first, second] = [0, 1].map(|at| {
            let extent = i64::try_from(extent[at]).ok()?;
            let place = if pair[at] < 0 { pair[at].checked_add(extent)? } else { pair[at] };
            usize::try_from(place).ok().filter(|_| place < extent)
        });
        let (first, second) = (first?, second?);
        Some((first == second).then_some(first))
    };
    let mut known = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match place(pair) {
            Some(Some(place)) => known.push(place),
            Some(None) => return Err(call.lack(Lack::Batch)),
            None => return Err(call.lack(Lack::Arguments)),
        }
    }
    Ok(known)
}

/// Elements of a constant at places along an axis.
fn picked(
    call: &mut Call<'_, '_, '_>,
    array: &Array,
    axis: usize,
    places: &[usize],
    to: &[Extent],
) -> Result<Array, ImportError> {
    let (outer, rest) = array.shape.split_at_checked(axis).unwrap_or_default();
    let extent = rest.first().copied().unwrap_or(0);
    let inner = count(rest.get(1..).unwrap_or_default()).unwrap_or(0);
    let outer = count(outer).unwrap_or(0);
    let shape = to.iter().map(|extent| extent[0]).collect();
    let found = (0..outer).flat_map(|at| {
        places.iter().flat_map(move |place| {
            let start = (at * extent + place) * inner;
            start..start + inner
        })
    });
    array.pick(&mut call.context.room, shape, found)
}

/// nnabla has the coordinates on the first axis, ONNX on the last.
pub(super) fn gather_nd(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    if call.int("batch_dims")?.unwrap_or(0) != 0 {
        return Err(call.lack(Lack::Attribute("batch_dims".to_owned())));
    }
    let places = call.value(1)?;
    let rank = i64::try_from(call.shape_of(&places).len()).unwrap_or(0);
    if rank == 0 {
        return Err(call.lack(Lack::Arguments));
    }
    let order = [rank - 1].into_iter().chain(0..rank - 1).collect();
    let places = transposed(call, &places, order)?;
    let (x, places) = (call.number(0)?, call.var_of(&places)?);
    Ok(Value::Made(call.apply(GatherNd, &[x, places])?))
}

pub(super) fn gather_elements(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (shape, of_places) = (call.shape(0)?, call.shape(1)?);
    let rank = shape.len();
    let axis = call.axis(call.int("axis")?.unwrap_or(0), rank)?;
    // Along the last axis all others are those of a batch.
    if axis + 1 != rank || of_places.len() != rank || shape.get(..axis) != of_places.get(..axis) {
        return Err(call.lack(Lack::Arguments));
    }
    let (x, places) = (call.number(0)?, call.var(1)?);
    let axis = i64::try_from(axis).unwrap_or(i64::MAX);
    Ok(Value::Made(call.apply(Gather { axis, batch_dims: axis }, &[x, places])?))
}

pub(super) fn one_hot(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let places = call.value(0)?;
    let mut shape = call.shape_of(&places);
    let rank = shape.len();
    let axis = call.axis(call.int("axis")?.unwrap_or(-1), rank + 1)?;
    let &[depth] = call.ints_at(1)?.as_slice() else { return Err(call.lack(Lack::Constant(1))) };
    let (values, _) = call.constant(2)?.as_floats();
    let &[off, on] = &*values else { return Err(call.lack(Lack::Constant(2))) };
    if axis != rank || !(1..=i64::from(i32::MAX)).contains(&depth) {
        return Err(call.lack(Lack::Attribute("axis".to_owned())));
    }
    shape.push([1, 1]);
    let places = Value::Made(call.var_of(&places)?);
    let places = shaped(call, &places, &shape)?;
    let places = call.var_of(&places)?;
    let mut y = call.apply(OneHot { shape: vec![depth] }, &[places])?;
    if (off, on) != (0.0, 1.0) {
        y = call.scalar(ScalarKind::MulScalar, y, f64::from(on) - f64::from(off))?;
        y = call.scalar(ScalarKind::AddScalar, y, f64::from(off))?;
    }
    Ok(Value::Made(y))
}

pub(super) fn where_(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let shapes = [call.shape(0)?, call.shape(1)?, call.shape(2)?];
    let common = call.common_shape(&shapes)?;
    let mut inputs = Vec::new();
    for index in 0..3 {
        // A condition is one by not being 0; the other two are numbers.
        let value = if index == 0 { call.var(0)? } else { call.number(index)? };
        let value = expanded(call, &Value::Made(value), &common)?;
        inputs.push(call.var_of(&value)?);
    }
    Ok(Value::Made(call.apply(Where, &inputs)?))
}

pub(super) fn top_k(call: &mut Call<'_, '_, '_>) -> Result<Vec<Value>, ImportError> {
    let value = call.value(0)?;
    let shape = call.shape_of(&value);
    let rank = shape.len();
    let axis = call.axis(call.int("axis")?.unwrap_or(-1), rank)?;
    let &[k] = call.ints_at(1)?.as_slice() else { return Err(call.lack(Lack::Constant(1))) };
    let largest = call.flag("largest", true)?;
    // In order they are always.
    call.int("sorted")?;
    if shape.get(axis).is_none_or(Draft::follows) {
        return Err(call.lack(Lack::Batch));
    }
    let last = i64::try_from(rank).unwrap_or(i64::MAX) - 1;
    let axis = i64::try_from(axis).unwrap_or(i64::MAX);
    let mut order: Vec<i64> = (0..=last).collect();
    order.swap(usize::try_from(axis).unwrap_or(0), rank - 1);
    let turned = axis != last;
    let value = if turned { transposed(call, &value, order.clone())? } else { value };
    let x = call.number_of(&value)?;
    let op = TopKData { k, abs: false, reduce: true, base_axis: last, largest, with_index: true };
    let made = call.apply_all(op, &[x])?;
    if let Some(&places) = made.get(1) {
        call.context.draft.set_kind(places, Kind::Whole);
    }
    made.into_iter()
        .map(|var| {
            let value = Value::Made(var);
            if turned { transposed(call, &value, order.clone()) } else { Ok(value) }
        })
        .collect()
}
