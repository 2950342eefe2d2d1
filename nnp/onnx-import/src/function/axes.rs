//! Axes in another order, parts of them, several arrays along one, borders and repeats.

use nnp::op::{Concatenate, Flip, Pad, PadMode, Slice, Tile, Transpose};

use super::arrange::shaped;
use crate::array::{Array, Data, count, strides};
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::{Draft, Extent};

/// A stop that lies behind every axis.
const END: i64 = i32::MAX as i64;

pub(super) fn transpose(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let rank = call.shape_of(&value).len();
    let reversed = || (0..i64::try_from(rank).unwrap_or(0)).rev().collect();
    let axes = call.ints("perm")?.unwrap_or_else(reversed);
    transposed(call, &value, axes)
}

/// A value with its axes in another order.
pub(super) fn transposed(call: &mut Call<'_, '_, '_>, value: &Value, axes: Vec<i64>) -> Result<Value, ImportError> {
    match value {
        Value::Made(var) => {
            let kind = call.context.draft.kind(*var);
            let made = call.apply(Transpose { axes }, &[*var])?;
            call.context.draft.set_kind(made, kind);
            Ok(Value::Made(made))
        }
        Value::Fixed(array) => {
            let rank = array.shape.len();
            let axes: Vec<usize> = axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_, _>>()?;
            if axes.len() != rank || (0..rank).any(|axis| !axes.contains(&axis)) {
                return Err(call.lack(Lack::Attribute("perm".to_owned())));
            }
            let of_array = strides(&array.shape);
            let shape = axes.iter().filter_map(|&axis| array.shape.get(axis).copied()).collect();
            let steps = axes.iter().filter_map(|&axis| of_array.get(axis).copied()).collect();
            Ok(Value::Fixed(array.strided(&mut call.context.room, shape, 0, steps)?))
        }
    }
}

pub(super) fn concat(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let values = call.values()?;
    let rank = values.first().map_or(0, |value| call.shape_of(value).len());
    let Some(axis) = call.int("axis")? else { return Err(call.lack(Lack::Attribute("axis".to_owned()))) };
    let axis = call.axis(axis, rank)?;
    let constants: Option<Vec<&Array>> = values
        .iter()
        .map(|value| match value {
            Value::Fixed(array) => Some(array),
            Value::Made(_) => None,
        })
        .collect();
    if let Some(constants) = constants {
        return joined(call, &constants, axis).map(Value::Fixed);
    }
    let inputs = values.iter().map(|value| call.number_of(value)).collect::<Result<Vec<_>, _>>()?;
    let axis = i64::try_from(axis).unwrap_or(i64::MAX);
    Ok(Value::Made(call.apply(Concatenate { axis }, &inputs)?))
}

/// Constants one behind the other along an axis.
fn joined(call: &mut Call<'_, '_, '_>, arrays: &[&Array], axis: usize) -> Result<Array, ImportError> {
    let refused = || call.lack(Lack::Arguments);
    let Some(first) = arrays.first() else { return Err(refused()) };
    let mut shape = first.shape.clone();
    let mut along = 0_usize;
    for array in arrays {
        let others = array.shape.iter().zip(&first.shape).enumerate().all(|(at, (a, b))| at == axis || a == b);
        let alike = array.as_whole().is_some() == first.as_whole().is_some();
        if array.shape.len() != first.shape.len() || !others || !alike {
            return Err(refused());
        }
        along = array.shape.get(axis).and_then(|&extent| along.checked_add(extent)).ok_or_else(refused)?;
    }
    *shape.get_mut(axis).ok_or_else(refused)? = along;
    let total = count(&shape).ok_or_else(refused)?;
    call.context.room.made(total, first.as_whole().is_some())?;
    let outer = count(first.shape.get(..axis).unwrap_or_default()).unwrap_or(0);
    let blocks = |array: &Array| array.len() / outer.max(1);
    let data = match &first.data {
        Data::Whole { truth, .. } => {
            let mut all = Vec::with_capacity(total);
            for at in 0..outer {
                for array in arrays {
                    let (values, block) = (array.as_whole().unwrap_or_default(), blocks(array));
                    all.extend_from_slice(values.get(at * block..(at + 1) * block).unwrap_or_default());
                }
            }
            Data::Whole { values: all.into(), truth: *truth }
        }
        Data::Floats { .. } => {
            let parts: Vec<_> = arrays.iter().map(|array| array.as_floats()).collect();
            let mut all = Vec::with_capacity(total);
            for at in 0..outer {
                for ((values, _), array) in parts.iter().zip(arrays) {
                    let block = blocks(array);
                    all.extend_from_slice(values.get(at * block..(at + 1) * block).unwrap_or_default());
                }
            }
            Data::Floats { values: all.into(), of_batch: parts.iter().any(|(_, of_batch)| *of_batch) }
        }
    };
    Ok(Array { name: first.name.clone(), shape, data })
}

/// Elements that are taken of an axis, for two batches.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Range {
    first: [usize; 2],
    step: i64,
    count: [usize; 2],
}

impl Range {
    fn is_whole(&self, extent: &Extent) -> bool {
        self.first == [0, 0] && self.step == 1 && self.count == *extent
    }

    /// What ONNX's start, stop and step take of an axis.
    fn of(extent: Extent, start: [i64; 2], stop: [i64; 2], step: i64) -> Option<Self> {
        let mut range = Self { first: [0; 2], step, count: [0; 2] };
        for at in [0, 1] {
            let extent = i64::try_from(*extent.get(at)?).ok()?;
            let from_start = |value: i64| if value < 0 { value.saturating_add(extent) } else { value };
            let (start, stop) = (from_start(*start.get(at)?), from_start(*stop.get(at)?));
            let (first, span) = match step {
                0 => return None,
                1.. => {
                    let first = start.clamp(0, extent);
                    (first, stop.clamp(0, extent) - first)
                }
                _ => {
                    let first = start.clamp(-1, extent - 1);
                    (first, first - stop.clamp(-1, extent - 1))
                }
            };
            let count = if span > 0 { span.unsigned_abs().div_ceil(step.unsigned_abs()) } else { 0 };
            *range.first.get_mut(at)? = usize::try_from(first).unwrap_or(0);
            *range.count.get_mut(at)? = usize::try_from(count).ok()?;
        }
        Some(range)
    }
}

pub(super) fn slice(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let shape = call.shape_of(&value);
    let (starts, stops) = (call.whole(1)?, call.whole(2)?);
    let axes: Vec<usize> = match call.optional(3) {
        Some(_) => call.ints_at(3)?.iter().map(|&axis| call.axis(axis, shape.len())).collect::<Result<_, _>>()?,
        None => (0..starts.len()).collect(),
    };
    let steps = if call.optional(4).is_some() { call.ints_at(4)? } else { vec![1; starts.len()] };
    let refused = || call.lack(Lack::Arguments);
    if [stops.len(), axes.len(), steps.len()] != [starts.len(); 3] || axes.len() > shape.len() {
        return Err(refused());
    }
    let mut ranges: Vec<Range> = shape.iter().map(|&extent| Range { first: [0, 0], step: 1, count: extent }).collect();
    for (((&axis, &start), &stop), &step) in axes.iter().zip(&starts).zip(&stops).zip(&steps) {
        let extent = *shape.get(axis).ok_or_else(refused)?;
        *ranges.get_mut(axis).ok_or_else(refused)? = Range::of(extent, start, stop, step).ok_or_else(refused)?;
    }
    sliced(call, &value, &ranges)
}

fn sliced(call: &mut Call<'_, '_, '_>, value: &Value, ranges: &[Range]) -> Result<Value, ImportError> {
    let shape = call.shape_of(value);
    let affected: Vec<usize> = ranges
        .iter()
        .zip(&shape)
        .enumerate()
        .filter(|(_, (range, extent))| !range.is_whole(extent))
        .map(|(axis, _)| axis)
        .collect();
    let Some(&outermost) = affected.first() else { return Ok(value.clone()) };
    let mut x = match value {
        Value::Made(var) => *var,
        Value::Fixed(array) => {
            let steps = strides(&array.shape);
            let start = ranges
                .iter()
                .zip(&steps)
                .fold(0, |start, (range, step)| start + range.first[0].saturating_mul(step.unsigned_abs()));
            let shape: Vec<usize> = ranges.iter().map(|range| range.count[0]).collect();
            let step =
                |range: &Range, step: isize| step.saturating_mul(isize::try_from(range.step).unwrap_or(isize::MAX));
            let steps = ranges.iter().zip(steps).map(|(range, of_axis)| step(range, of_axis)).collect();
            return Ok(Value::Fixed(array.strided(&mut call.context.room, shape, start, steps)?));
        }
    };
    let kind = call.context.draft.kind(x);
    let reversed = |axis: &usize| {
        ranges
            .get(*axis)
            .zip(shape.get(*axis))
            .is_some_and(|(range, extent)| range.step == -1 && range.count == *extent)
    };
    if affected.iter().all(reversed) {
        let axes = affected.iter().map(|&axis| i64::try_from(axis).unwrap_or(i64::MAX)).collect();
        x = call.apply(Flip { axes }, &[x])?;
    } else {
        let (mut start, mut stop, mut step) = (Vec::new(), Vec::new(), Vec::new());
        for (axis, (range, extent)) in ranges.iter().zip(&shape).enumerate().skip(outermost) {
            if range.is_whole(extent) {
                start.push(0);
                stop.push(if Draft::follows(extent) { END } else { number(extent[0]) });
                step.push(1);
                continue;
            }
            if range.first[0] != range.first[1] || range.count[0] != range.count[1] {
                return Err(call.lack(Lack::Batch));
            }
            let (first, count) = (number(range.first[0]), number(range.count[0]));
            let mut step_here = range.step;
            let mut end = first.saturating_add(count.saturating_mul(range.step));
            if end < 0 {
                // Before the first element: as far from the end as that.
                end = -1 - number(extent[0]);
            }
            if axis == 0 && Draft::follows(extent) && (first, step_here) == (0, 1) {
                // The first rows of a batch, unless they could be taken for the whole of another one.
                if count != 1 {
                    return Err(call.lack(Lack::Batch));
                }
                step_here = 2;
            }
            start.push(first);
            stop.push(end);
            step.push(step_here);
        }
        x = call.apply(Slice { start, stop, step }, &[x])?;
    }
    call.context.draft.set_kind(x, kind);
    Ok(Value::Made(x))
}

fn number(extent: usize) -> i64 {
    i64::try_from(extent).unwrap_or(i64::MAX)
}

/// `count` elements of an axis, from `first` on.
pub(super) fn part(
    call: &mut Call<'_, '_, '_>,
    value: &Value,
    axis: usize,
    first: usize,
    count: usize,
) -> Result<Value, ImportError> {
    let mut ranges: Vec<Range> =
        call.shape_of(value).iter().map(|&extent| Range { first: [0, 0], step: 1, count: extent }).collect();
    if let Some(range) = ranges.get_mut(axis) {
        *range = Range { first: [first; 2], step: 1, count: [count; 2] };
    }
    sliced(call, value, &ranges)
}

pub(super) fn split(call: &mut Call<'_, '_, '_>) -> Result<Vec<Value>, ImportError> {
    let value = call.value(0)?;
    let shape = call.shape_of(&value);
    let axis = call.axis(call.int("axis")?.unwrap_or(0), shape.len())?;
    let parts = call.node.outputs.len();
    let Some(&[extent, other]) = shape.get(axis) else { return Err(call.lack(Lack::Arguments)) };
    if extent != other || parts == 0 {
        return Err(call.lack(Lack::Batch));
    }
    let said = call.int("num_outputs")?;
    let sizes: Vec<usize> = if call.optional(1).is_some() {
        call.ints_at(1)?.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect()
    } else {
        // Equal parts; the last one has what is left.
        let each = extent.div_ceil(parts);
        (0..parts).map(|at| each.min(extent.saturating_sub(at.saturating_mul(each)))).collect()
    };
    let whole = sizes.iter().try_fold(0_usize, |sum, &size| sum.checked_add(size)) == Some(extent);
    let as_said = said.is_none_or(|said| usize::try_from(said) == Ok(parts));
    if sizes.len() != parts || !whole || !as_said {
        return Err(call.lack(Lack::Arguments));
    }
    let mut first = 0;
    let mut made = Vec::with_capacity(parts);
    for size in sizes {
        made.push(part(call, &value, axis, first, size)?);
        first += size;
    }
    Ok(made)
}

pub(super) fn tile(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let value = call.value(0)?;
    let reps = call.ints_at(1)?;
    let rank = call.shape_of(&value).len();
    if reps.len() != rank {
        return Err(call.lack(Lack::Arguments));
    }
    match &value {
        Value::Made(_) => {
            let x = call.number(0)?;
            Ok(Value::Made(call.apply(Tile { reps }, &[x])?))
        }
        Value::Fixed(array) => {
            let reps: Option<Vec<usize>> = reps.iter().map(|&reps| usize::try_from(reps).ok()).collect();
            let reps = reps.ok_or_else(|| call.lack(Lack::Arguments))?;
            let (mut shape, mut steps, mut tiled) = (Vec::new(), Vec::new(), Vec::new());
            for ((&extent, step), reps) in array.shape.iter().zip(strides(&array.shape)).zip(reps) {
                shape.extend([reps, extent]);
                steps.extend([0, step]);
                tiled.push(extent.checked_mul(reps).ok_or_else(|| call.lack(Lack::Arguments))?);
            }
            let made = array.strided(&mut call.context.room, shape, 0, steps)?;
            Ok(Value::Fixed(made.reshaped(tiled)))
        }
    }
}

pub(super) fn pad(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let widths = call.ints_at(1)?;
    let axes: Vec<usize> = match call.optional(3) {
        Some(_) => call.ints_at(3)?.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).collect(),
    };
    let mode = match call.text("mode", "constant")? {
        "constant" => PadMode::Constant,
        "reflect" => PadMode::Reflect,
        "edge" => PadMode::Repeat,
        _ => return Err(call.lack(Lack::Attribute("mode".to_owned()))),
    };
    let constant_value = match call.optional(2) {
        Some(_) => call.constant(2)?.scalar().ok_or_else(|| call.lack(Lack::Constant(2)))?,
        None => 0.0,
    };
    if widths.len() != 2 * axes.len() || widths.iter().any(|&width| width < 0) {
        return Err(call.lack(Lack::Arguments));
    }
    let (before, after) = widths.split_at(axes.len());
    let mut pairs = vec![[0, 0]; rank];
    for ((axis, &before), &after) in axes.into_iter().zip(before).zip(after) {
        if let Some(pair) = pairs.get_mut(axis) {
            *pair = [before, after];
        }
    }
    let untouched = pairs.iter().take_while(|pair| **pair == [0, 0]).count();
    let x = call.number(0)?;
    if untouched == rank {
        return Ok(Value::Made(x));
    }
    let pad_width = pairs.into_iter().skip(untouched).flatten().collect();
    // Text of other programs need not know infinity.
    let constant_value = constant_value.clamp(f32::MIN, f32::MAX);
    Ok(Value::Made(call.apply(Pad { pad_width, mode, constant_value }, &[x])?))
}

/// Batch, channels, height, width and the block, for operators that move blocks between space and channels.
fn blocks(call: &Call<'_, '_, '_>) -> Result<(Extent, [usize; 3], usize), ImportError> {
    let size = call.int("blocksize")?.and_then(|size| usize::try_from(size).ok()).filter(|&size| size > 0);
    let size = size.ok_or_else(|| call.lack(Lack::Attribute("blocksize".to_owned())))?;
    match call.shape(0)?.as_slice() {
        &[batch, [c, c2], [h, h2], [w, w2]] if (c, h, w) == (c2, h2, w2) => Ok((batch, [c, h, w], size)),
        _ => Err(call.lack(Lack::Arguments)),
    }
}

/// Reshapes, transposes and reshapes again, with the batch in front.
fn moved(
    call: &mut Call<'_, '_, '_>,
    batch: Extent,
    split: [usize; 5],
    order: [i64; 5],
    joined: [usize; 3],
) -> Result<Value, ImportError> {
    let with_batch = |extents: &[usize]| -> Vec<Extent> {
        [batch].into_iter().chain(extents.iter().map(|&extent| [extent; 2])).collect()
    };
    let x = Value::Made(call.number(0)?);
    let x = shaped(call, &x, &with_batch(&split))?;
    let axes = [0].into_iter().chain(order).collect();
    let x = transposed(call, &x, axes)?;
    shaped(call, &x, &with_batch(&joined))
}

pub(super) fn depth_to_space(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (batch, [c, h, w], size) = blocks(call)?;
    let refused = || call.lack(Lack::Arguments);
    let outer = size.checked_mul(size).filter(|&square| c.is_multiple_of(square)).ok_or_else(refused)?;
    let outer = c / outer;
    let joined = [Some(outer), h.checked_mul(size), w.checked_mul(size)];
    let [Some(a), Some(b), Some(d)] = joined else { return Err(refused()) };
    let (split, order) = match call.text("mode", "DCR")? {
        "DCR" => ([size, size, outer, h, w], [3, 4, 1, 5, 2]),
        "CRD" => ([outer, size, size, h, w], [1, 4, 2, 5, 3]),
        _ => return Err(call.lack(Lack::Attribute("mode".to_owned()))),
    };
    moved(call, batch, split, order, [a, b, d])
}

pub(super) fn space_to_depth(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let (batch, [c, h, w], size) = blocks(call)?;
    let square = size.checked_mul(size).and_then(|square| square.checked_mul(c));
    let Some(channels) = square.filter(|_| h.is_multiple_of(size) && w.is_multiple_of(size)) else {
        return Err(call.lack(Lack::Arguments));
    };
    let split = [c, h / size, size, w / size, size];
    moved(call, batch, split, [3, 5, 1, 2, 4], [channels, h / size, w / size])
}
