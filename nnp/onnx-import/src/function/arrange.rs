//! The same values in another shape or type, and constants.

use nnp::op::{Constant, ScalarKind, Unary};

use super::reduce::axes;
use crate::array::{Array, Data, MOST_AXES, Pair, count};
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::{Draft, Extent, Kind, Var};
use crate::tensor::data_type;

/// A value in another shape of as many elements.
pub(super) fn shaped(call: &mut Call<'_, '_, '_>, value: &Value, to: &[Extent]) -> Result<Value, ImportError> {
    if to.len() > MOST_AXES {
        return Err(call.lack(Lack::Arguments));
    }
    match value {
        Value::Fixed(array) => {
            if to.iter().any(Draft::follows) {
                return Err(call.lack(Lack::Batch));
            }
            let shape: Vec<usize> = to.iter().map(|extent| extent[0]).collect();
            if count(&shape) != Some(array.len()) {
                return Err(call.lack(Lack::Arguments));
            }
            Ok(Value::Fixed(array.reshaped(shape)))
        }
        Value::Made(var) => Ok(Value::Made(call.reshape(*var, to)?)),
    }
}

pub(super) fn reshape(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let from = call.shape_of(&value);
    let wanted = call.whole(1)?;
    let keep_zero = call.flag("allowzero", false)?;
    let [first, second] = [0, 1].map(|at| {
        let from: Vec<usize> = from.iter().map(|extent| extent[at]).collect();
        let wanted: Vec<i64> = wanted.iter().map(|extent| extent[at]).collect();
        resolve(&from, &wanted, keep_zero)
    });
    let (Some(first), Some(second)) = (first, second) else { return Err(call.lack(Lack::Arguments)) };
    let to: Vec<Extent> = first.into_iter().zip(second).map(|(a, b)| [a, b]).collect();
    shaped(call, &value, &to)
}

/// Fills in 0, an extent of the input, and −1, what is left.
fn resolve(from: &[usize], wanted: &[i64], keep_zero: bool) -> Option<Vec<usize>> {
    if wanted.len() > MOST_AXES {
        return None;
    }
    let total = count(from)?;
    let mut open = None;
    let mut to = Vec::with_capacity(wanted.len());
    for (at, &extent) in wanted.iter().enumerate() {
        to.push(match extent {
            -1 if open.replace(at).is_none() => 1,
            0 if !keep_zero => *from.get(at)?,
            extent => usize::try_from(extent).ok()?,
        });
    }
    if let Some(open) = open {
        let known = count(&to).filter(|&known| known > 0 && total.is_multiple_of(known))?;
        *to.get_mut(open)? = total / known;
    }
    (count(&to)? == total).then_some(to)
}

/// The product of extents.
fn product(call: &Call<'_, '_, '_>, extents: &[Extent]) -> Result<Extent, ImportError> {
    let [first, second] = [0, 1].map(|at| count(&extents.iter().map(|extent| extent[at]).collect::<Vec<_>>()));
    first.zip(second).map(|(a, b)| [a, b]).ok_or_else(|| call.lack(Lack::Arguments))
}

pub(super) fn flatten(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let shape = call.shape_of(&value);
    let axis = call.int("axis")?.unwrap_or(1);
    // It may lie behind the last one.
    let axis = if usize::try_from(axis) == Ok(shape.len()) { shape.len() } else { call.axis(axis, shape.len())? };
    let (outer, inner) = shape.split_at(axis);
    let to = [product(call, outer)?, product(call, inner)?];
    shaped(call, &value, &to)
}

pub(super) fn squeeze(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let shape = call.shape_of(&value);
    let gone: Vec<usize> = match axes(call, 1)? {
        Some(axes) => axes.iter().map(|&axis| call.axis(axis, shape.len())).collect::<Result<_, _>>()?,
        None => (0..shape.len()).filter(|&axis| shape.get(axis) == Some(&[1, 1])).collect(),
    };
    if gone.iter().any(|&axis| shape.get(axis) != Some(&[1, 1])) {
        return Err(call.lack(Lack::Arguments));
    }
    let kept: Vec<Extent> =
        shape.iter().enumerate().filter(|(axis, _)| !gone.contains(axis)).map(|(_, extent)| *extent).collect();
    shaped(call, &value, &kept)
}

pub(super) fn unsqueeze(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let mut to = call.shape_of(&value);
    let axes = axes(call, 1)?.unwrap_or_default();
    let rank = to.len().saturating_add(axes.len());
    if rank > MOST_AXES {
        return Err(call.lack(Lack::Arguments));
    }
    let mut axes: Vec<usize> = axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_, _>>()?;
    axes.sort_unstable();
    for axis in axes {
        if axis > to.len() {
            return Err(call.lack(Lack::Arguments));
        }
        to.insert(axis, [1, 1]);
    }
    shaped(call, &value, &to)
}

pub(super) fn expand(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let wanted = extents(call, 1)?;
    let to = call.common_shape(&[call.shape_of(&value), wanted])?;
    expanded(call, &value, &to)
}

/// A value repeated to a shape that it broadcasts to.
pub(super) fn expanded(call: &mut Call<'_, '_, '_>, value: &Value, to: &[Extent]) -> Result<Value, ImportError> {
    match value {
        Value::Fixed(array) if !to.iter().any(Draft::follows) => {
            let shape: Vec<usize> = to.iter().map(|extent| extent[0]).collect();
            match array.expanded(&mut call.context.room, &shape) {
                Some(array) => Ok(Value::Fixed(array?)),
                None => Err(call.lack(Lack::Arguments)),
            }
        }
        _ => {
            let x = call.var_of(value)?;
            Ok(Value::Made(call.broadcast(x, to)?))
        }
    }
}

/// A shape that an input holds.
fn extents(call: &Call<'_, '_, '_>, index: usize) -> Result<Vec<Extent>, ImportError> {
    let pairs = call.whole(index)?;
    if pairs.len() > MOST_AXES {
        return Err(call.lack(Lack::Arguments));
    }
    let extent = |pair: &Pair<i64>| Some([usize::try_from(pair[0]).ok()?, usize::try_from(pair[1]).ok()?]);
    pairs.iter().map(extent).collect::<Option<_>>().ok_or_else(|| call.lack(Lack::Arguments))
}

pub(super) fn shape(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let shape = call.shape(0)?;
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let place =
        |at: i64| usize::try_from(if at < 0 { at.saturating_add(rank) } else { at }.clamp(0, rank)).unwrap_or(0);
    let (start, end) = (place(call.int("start")?.unwrap_or(0)), place(call.int("end")?.unwrap_or(rank)));
    let taken = shape.get(start..end.max(start)).unwrap_or_default();
    let values: Vec<Pair<i64>> =
        taken.iter().map(|extent| extent.map(|extent| i64::try_from(extent).unwrap_or(i64::MAX))).collect();
    Ok(Value::Fixed(Array::whole(vec![values.len()], values)))
}

pub(super) fn constant(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    for name in ["value", "value_float", "value_floats", "value_int", "value_ints"] {
        if let Some(array) = call.array(name)? {
            return Ok(Value::Fixed(array));
        }
    }
    Err(call.lack(Lack::Attribute("value".to_owned())))
}

pub(super) fn constant_of_shape(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let to = extents(call, 0)?;
    let value = call.array("value")?.unwrap_or_else(|| Array::floats(vec![1], vec![0.0]));
    if value.len() != 1 {
        return Err(call.lack(Lack::Attribute("value".to_owned())));
    }
    let value = value.reshaped(Vec::new());
    if to.iter().any(Draft::follows) {
        let shape = call.context.draft.shape_argument(&to, true).ok_or_else(|| call.lack(Lack::Batch))?;
        let val = value.scalar().ok_or_else(|| call.lack(Lack::Batch))?;
        return Ok(Value::Made(call.apply(Constant { val, shape }, &[])?));
    }
    expanded(call, &Value::Fixed(value), &to)
}

/// Leaves out what only training does.
pub(super) fn dropout(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    call.int("seed")?;
    if let Some(Value::Made(_)) = call.optional(2) {
        return Err(call.lack(Lack::Constant(2)));
    }
    if call.optional(2).is_some() && call.constant(2)?.scalar() != Some(0.0) {
        return Err(call.lack(Lack::Input(2)));
    }
    call.value(0)
}

pub(super) fn cast(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let to = call.int("to")?.unwrap_or(0);
    call.int("saturate")?;
    let value = call.value(0)?;
    let is_float = matches!(to, data_type::FLOAT | data_type::FLOAT16 | data_type::DOUBLE | data_type::BFLOAT16);
    let is_whole = matches!(to, data_type::INT64 | data_type::INT32 | data_type::INT16 | data_type::INT8)
        || matches!(to, data_type::UINT8 | data_type::UINT16 | data_type::UINT32 | data_type::UINT64);
    if !is_float && !is_whole && to != data_type::BOOL {
        return Err(call.lack(Lack::Attribute("to".to_owned())));
    }
    if let Value::Fixed(array) = &value {
        call.context.room.made(array.len(), !is_float)?;
        return cast_constant(call, array, is_float, is_whole).map(Value::Fixed);
    }
    let x = call.var(0)?;
    let kind = call.context.draft.kind(x);
    let wanted = match (kind, is_float, is_whole) {
        (Kind::Float, false, true) => Kind::Cut,
        (Kind::Float | Kind::Whole, false, false) => Kind::NonZero,
        (Kind::Whole, false, true) | (Kind::Truth, false, false) => return Ok(value),
        _ if is_float && kind == Kind::Float => return Ok(value),
        _ => {
            let number = call.number(0)?;
            if !is_float && !is_whole {
                return Ok(Value::Made(call.scalar(ScalarKind::NotEqualScalar, number, 0.0)?));
            }
            return Ok(Value::Made(retyped(call, number, if is_float { Kind::Float } else { Kind::Whole })?));
        }
    };
    Ok(Value::Made(retyped(call, x, wanted)?))
}

/// The same numbers, standing for something else.
fn retyped(call: &mut Call<'_, '_, '_>, x: Var, kind: Kind) -> Result<Var, ImportError> {
    let made = call.unary(Unary::Identity, x)?;
    call.context.draft.set_kind(made, kind);
    Ok(made)
}

fn cast_constant(call: &Call<'_, '_, '_>, array: &Array, is_float: bool, is_whole: bool) -> Result<Array, ImportError> {
    let data = match &array.data {
        data if is_float => match data {
            Data::Floats { .. } => data.clone(),
            Data::Whole { .. } => {
                let (values, of_batch) = array.as_floats();
                Data::Floats { values, of_batch }
            }
        },
        Data::Whole { values, .. } => {
            let values =
                values.iter().map(|pair| pair.map(|value| if is_whole { value } else { i64::from(value != 0) }));
            Data::Whole { values: values.collect(), truth: !is_whole }
        }
        Data::Floats { of_batch: true, .. } => return Err(call.lack(Lack::Batch)),
        Data::Floats { values, .. } => {
            let whole = |value: f32| if is_whole { value as i64 } else { i64::from(value != 0.0) };
            Data::Whole { values: values.iter().map(|&value| [whole(value); 2]).collect(), truth: !is_whole }
        }
    };
    Ok(Array { data, ..array.clone() })
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn zero_keeps_an_extent_and_minus_one_is_what_is_left() {
        for (wanted, keep_zero, expected) in [
            (&[0, -1][..], false, Some(vec![2, 12])),
            (&[-1], false, Some(vec![24])),
            (&[4, 0, -1], false, Some(vec![4, 3, 2])),
            (&[2, 12], true, Some(vec![2, 12])),
            (&[0, 24], true, None),
            (&[-1, -1], false, None),
            (&[-1, 5], false, None),
            (&[i64::MAX, 2], false, None),
            (&[-2], false, None),
        ] {
            assert_eq!(resolve(&[2, 3, 4], wanted, keep_zero), expected, "{wanted:?}");
        }
    }
}
