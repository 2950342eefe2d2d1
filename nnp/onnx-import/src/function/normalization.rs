//! Normalisation with running statistics, and with those of each sample.

use nnp::op::{BatchNormalization, BinaryKind, SampleNormalization, SampleNormalizationKind};

use crate::array::Array;
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::Var;

/// What an operator's defaults say.
const EPSILON: f32 = 1e-5;

/// A constant or a value of one number for each channel, as (1, channels, 1…).
fn for_channels(call: &mut Call<'_, '_, '_>, value: &Value, rank: usize) -> Result<Var, ImportError> {
    let shape = call.shape_of(value);
    let &[channels] = shape.as_slice() else { return Err(call.lack(Lack::Arguments)) };
    let wanted: Vec<_> = (0..rank).map(|axis| if axis == 1 { channels } else { [1, 1] }).collect();
    match value {
        Value::Fixed(array) => {
            let shape = wanted.iter().map(|extent| extent[0]).collect();
            call.var_of(&Value::Fixed(array.reshaped(shape)))
        }
        Value::Made(_) => {
            let var = call.number_of(value)?;
            call.reshape(var, &wanted)
        }
    }
}

pub(super) fn batch(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let eps = call.float("epsilon", EPSILON)?;
    call.float("momentum", 0.9)?;
    if call.flag("training_mode", false)? {
        return Err(call.lack(Lack::Attribute("training_mode".to_owned())));
    }
    let rank = call.shape(0)?.len();
    if rank < 2 {
        return Err(call.lack(Lack::Arguments));
    }
    let mut inputs = vec![call.number(0)?];
    // Beta before gamma.
    for index in [2, 1, 3, 4] {
        let value = call.value(index)?;
        inputs.push(for_channels(call, &value, rank)?);
    }
    let op =
        BatchNormalization { axes: vec![1], decay_rate: 0.9, eps, batch_stat: false, no_scale: false, no_bias: false };
    Ok(Value::Made(call.apply(op, &inputs)?))
}

pub(super) fn instance(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let eps = call.float("epsilon", EPSILON)?;
    let rank = call.shape(0)?.len();
    let x = call.number(0)?;
    let (gamma, beta) = (call.value(1)?, call.value(2)?);
    let inputs = [x, for_channels(call, &beta, rank)?, for_channels(call, &gamma, rank)?];
    let kind = SampleNormalizationKind::Instance { channel_axis: 1 };
    let op = SampleNormalization { kind, batch_axis: vec![0], eps, no_scale: false, no_bias: false };
    Ok(Value::Made(call.apply(op, &inputs)?))
}

pub(super) fn layer(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let eps = call.float("epsilon", EPSILON)?;
    let shape = call.shape(0)?;
    let axis = call.axis(call.int("axis")?.unwrap_or(-1), shape.len())?;
    // The type that statistics are computed in.
    call.int("stash_type")?;
    let x = call.number(0)?;
    let kind = SampleNormalizationKind::Layer;
    let batch_axis: Vec<i64> = (0..i64::try_from(axis).unwrap_or(0)).collect();
    let wanted: Option<Vec<usize>> = shape
        .iter()
        .enumerate()
        .map(|(at, extent)| if at < axis { Some(1) } else { (extent[0] == extent[1]).then_some(extent[0]) })
        .collect();
    let wanted = wanted.ok_or_else(|| call.lack(Lack::Batch))?;
    let mut full = |index: usize| -> Result<Option<Var>, ImportError> {
        let Some(Value::Fixed(array)) = call.optional(index).cloned() else { return Ok(None) };
        match array.expanded(&mut call.context.room, &wanted) {
            Some(array) => call.var_of(&Value::Fixed(array?)).map(Some),
            None => Err(call.lack(Lack::Arguments)),
        }
    };
    let (gamma, beta) = (full(1)?, full(2)?);
    let variable = |index: usize, known: Option<Var>| known.is_none() && call.optional(index).is_some();
    if !variable(1, gamma) && !variable(2, beta) {
        let inputs: Vec<Var> = [Some(x), beta, gamma].into_iter().flatten().collect();
        let op = SampleNormalization { kind, batch_axis, eps, no_scale: gamma.is_none(), no_bias: beta.is_none() };
        return Ok(Value::Made(call.apply(op, &inputs)?));
    }
    // Factors that the network computes broadcast as they are.
    let op = SampleNormalization { kind, batch_axis, eps, no_scale: true, no_bias: true };
    let mut y = call.apply(op, &[x])?;
    for (index, with) in [(1, BinaryKind::Mul2), (2, BinaryKind::Add2)] {
        if call.optional(index).is_some() {
            let factor = call.number(index)?;
            y = call.binary(with, y, factor)?;
        }
    }
    Ok(Value::Made(y))
}

pub(super) fn group(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let eps = call.float("epsilon", EPSILON)?;
    call.int("stash_type")?;
    let shape = call.shape(0)?;
    let groups = call.int("num_groups")?.and_then(|groups| usize::try_from(groups).ok()).unwrap_or(0);
    let channels = shape.get(1).map_or(0, |extent| extent[0]);
    if groups == 0 || !channels.is_multiple_of(groups) {
        return Err(call.lack(Lack::Attribute("num_groups".to_owned())));
    }
    let x = call.number(0)?;
    let (gamma, beta) = (call.value(1)?, call.value(2)?);
    let mut inputs = vec![x];
    for value in [beta, gamma] {
        let value = each_channel(call, value, groups, channels)?;
        inputs.push(for_channels(call, &value, shape.len())?);
    }
    let kind = SampleNormalizationKind::Group { channel_axis: 1, num_groups: i64::try_from(groups).unwrap_or(0) };
    let op = SampleNormalization { kind, batch_axis: vec![0], eps, no_scale: false, no_bias: false };
    Ok(Value::Made(call.apply(op, &inputs)?))
}

/// Before version 21 there was one number for each group.
fn each_channel(
    call: &mut Call<'_, '_, '_>,
    value: Value,
    groups: usize,
    channels: usize,
) -> Result<Value, ImportError> {
    match value {
        Value::Fixed(array) if call.opset() < 21 && array.shape == [groups] && groups != channels => {
            let steps = vec![1, 0];
            let repeated: Array = array.strided(&mut call.context.room, vec![groups, channels / groups], 0, steps)?;
            Ok(Value::Fixed(repeated.reshaped(vec![channels])))
        }
        other => Ok(other),
    }
}
