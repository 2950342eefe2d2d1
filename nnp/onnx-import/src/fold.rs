//! Arithmetic on constants: what a file computes from shapes and other constants.

use crate::array::{Array, Data, Pair, count};
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};

/// The output of a node whose inputs are constants, if it is one of those that are computed here. The rest becomes functions
/// of parameters.
pub(crate) fn fold(call: &mut Call<'_, '_, '_>) -> Result<Option<Array>, ImportError> {
    if call.node.op_type == "Size" {
        return size(call).map(Some);
    }
    let mut arrays = Vec::with_capacity(call.node.inputs.len());
    for index in 0..call.node.inputs.len() {
        match call.optional(index) {
            Some(Value::Fixed(array)) => arrays.push(array.clone()),
            Some(Value::Made(_)) => return Ok(None),
            None => {}
        }
    }
    // What is read is paid for too: a large constant may be read by any number of nodes.
    let pay = |call: &mut Call<'_, '_, '_>| {
        arrays.iter().try_for_each(|array| call.context.room.made(array.len(), array.as_whole().is_some()))
    };
    match (call.node.op_type, arrays.as_slice()) {
        ("Range", bounds @ [start, stop, step]) => {
            let of_batch = |array: &Array| match array.as_whole() {
                Some(values) => values.iter().any(|pair| pair[0] != pair[1]),
                None => array.scalar().is_none(),
            };
            if bounds.iter().any(of_batch) {
                return Err(call.lack(Lack::Batch));
            }
            let made = range(start, stop, step);
            let (count, made) = made.ok_or_else(|| call.lack(Lack::Arguments))?;
            call.context.room.made(count, true)?;
            Ok(Some(made(count)))
        }
        (
            "Add" | "Sub" | "Mul" | "Div" | "Mod" | "Pow" | "Min" | "Max" | "Equal" | "Less" | "LessOrEqual"
            | "Greater" | "GreaterOrEqual" | "And" | "Or" | "Xor",
            [a, b],
        ) => {
            pay(call)?;
            pair(call, a, b).map(Some)
        }
        ("Neg" | "Abs" | "Sqrt" | "Floor" | "Ceil" | "Reciprocal" | "Not", [x]) => {
            pay(call)?;
            unary(call, x).map(Some)
        }
        ("Where", [condition, x, y]) => {
            pay(call)?;
            choose(call, condition, x, y).map(Some)
        }
        ("ReduceProd" | "ReduceSum" | "ReduceMax" | "ReduceMin", [x, ..]) if x.as_whole().is_some() => {
            pay(call)?;
            reduce(call, x).map(Some)
        }
        _ => Ok(None),
    }
}

/// How many elements a value has.
fn size(call: &Call<'_, '_, '_>) -> Result<Array, ImportError> {
    let shape = call.shape(0)?;
    let counts = [0, 1].map(|at| count(&shape.iter().map(|extent| extent[at]).collect::<Vec<_>>()));
    match counts.map(|count| count.and_then(|count| i64::try_from(count).ok())) {
        [Some(a), Some(b)] => Ok(Array::whole(Vec::new(), vec![[a, b]])),
        _ => Err(call.lack(Lack::Arguments)),
    }
}

type Make = Box<dyn FnOnce(usize) -> Array>;

/// Numbers at equal distances: how many, and what makes them.
fn range(start: &Array, stop: &Array, step: &Array) -> Option<(usize, Make)> {
    if let (Some([start]), Some([stop]), Some([step])) = (start.as_whole(), stop.as_whole(), step.as_whole()) {
        let (start, stop, step) = (*start, *stop, *step);
        let (start, stop, step) = (start[0], stop[0], step[0]);
        let span = if step > 0 { stop.checked_sub(start)? } else { start.checked_sub(stop)? };
        let step_size = step.unsigned_abs();
        let count =
            if span <= 0 { 0 } else { span.unsigned_abs().checked_add(step_size - 1)?.checked_div(step_size)? };
        let make: Make = Box::new(move |count| {
            let values = (0..count).scan(start, |next, _| {
                let here = *next;
                *next = next.saturating_add(step);
                Some([here; 2])
            });
            Array::whole(vec![count], values.collect())
        });
        return Some((usize::try_from(count).ok()?, make));
    }
    let (start, stop, step) = (start.scalar()?, stop.scalar()?, step.scalar()?);
    let count = ((f64::from(stop) - f64::from(start)) / f64::from(step)).ceil().max(0.0);
    if !(0.0..1e9).contains(&count) {
        return None;
    }
    let make: Make =
        Box::new(move |count| Array::floats(vec![count], (0..count).map(|at| start + at as f32 * step).collect()));
    Some((count as usize, make))
}

/// The shape that two constants broadcast to, and both in that shape.
fn together(call: &mut Call<'_, '_, '_>, arrays: &[&Array]) -> Result<(Vec<usize>, Vec<Array>), ImportError> {
    let shapes: Vec<_> =
        arrays.iter().map(|array| array.shape.iter().map(|&extent| [extent; 2]).collect::<Vec<_>>()).collect();
    let common: Vec<usize> = call.common_shape(&shapes)?.iter().map(|extent| extent[0]).collect();
    let mut expanded = Vec::with_capacity(arrays.len());
    for array in arrays {
        match array.expanded(&mut call.context.room, &common) {
            Some(array) => expanded.push(array?),
            None => return Err(call.lack(Lack::Arguments)),
        }
    }
    Ok((common, expanded))
}

fn pair(call: &mut Call<'_, '_, '_>, a: &Array, b: &Array) -> Result<Array, ImportError> {
    let op_type = call.node.op_type;
    if op_type == "Mod" && call.flag("fmod", false)? {
        return Err(call.lack(Lack::Attribute("fmod".to_owned())));
    }
    let (shape, both) = together(call, &[a, b])?;
    let [a, b] = both.as_slice() else { return Err(call.lack(Lack::Arguments)) };
    let is_condition =
        matches!(op_type, "Equal" | "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" | "And" | "Or" | "Xor");
    call.context.room.made(a.len(), true)?;
    let data = match (&a.data, &b.data) {
        (Data::Whole { values: a, .. }, Data::Whole { values: b, .. }) => {
            let each =
                |(a, b): (&Pair<i64>, &Pair<i64>)| Some([whole(op_type, a[0], b[0])?, whole(op_type, a[1], b[1])?]);
            let values: Option<Vec<Pair<i64>>> = a.iter().zip(b.iter()).map(each).collect();
            let values = values.ok_or_else(|| call.lack(Lack::Arguments))?;
            Data::Whole { values: values.into(), truth: is_condition }
        }
        _ => {
            let ((a, a_of_batch), (b, b_of_batch)) = (a.as_floats(), b.as_floats());
            let of_batch = a_of_batch || b_of_batch;
            let values: Option<Vec<f32>> = a.iter().zip(b.iter()).map(|(&a, &b)| float(op_type, a, b)).collect();
            let values = values.ok_or_else(|| call.lack(Lack::Arguments))?;
            match is_condition {
                true if of_batch => return Err(call.lack(Lack::Batch)),
                true => Data::Whole {
                    values: values.iter().map(|&value| [i64::from(value != 0.0); 2]).collect(),
                    truth: true,
                },
                false => Data::Floats { values: values.into(), of_batch },
            }
        }
    };
    Ok(Array { name: a.name.clone(), shape, data })
}

/// `None` for what has no whole result.
fn whole(op_type: &str, a: i64, b: i64) -> Option<i64> {
    Some(match op_type {
        "Add" => a.checked_add(b)?,
        "Sub" => a.checked_sub(b)?,
        "Mul" => a.checked_mul(b)?,
        "Div" => a.checked_div(b)?,
        // The sign is that of the divisor.
        "Mod" => {
            let rest = a.checked_rem(b)?;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        "Pow" => a.checked_pow(u32::try_from(b).ok()?)?,
        "Min" => a.min(b),
        "Max" => a.max(b),
        "Equal" => i64::from(a == b),
        "Less" => i64::from(a < b),
        "LessOrEqual" => i64::from(a <= b),
        "Greater" => i64::from(a > b),
        "GreaterOrEqual" => i64::from(a >= b),
        "And" => i64::from(a != 0 && b != 0),
        "Or" => i64::from(a != 0 || b != 0),
        _ => i64::from((a != 0) != (b != 0)),
    })
}

fn float(op_type: &str, a: f32, b: f32) -> Option<f32> {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    Some(match op_type {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" => a.powf(b),
        "Min" => a.min(b),
        "Max" => a.max(b),
        "Equal" => truth(a == b),
        "Less" => truth(a < b),
        "LessOrEqual" => truth(a <= b),
        "Greater" => truth(a > b),
        "GreaterOrEqual" => truth(a >= b),
        _ => return None,
    })
}

fn unary(call: &mut Call<'_, '_, '_>, x: &Array) -> Result<Array, ImportError> {
    let op_type = call.node.op_type;
    let data = match &x.data {
        Data::Whole { values, truth } => {
            let each = |value: i64| match op_type {
                "Neg" => value.checked_neg(),
                "Abs" => value.checked_abs(),
                "Not" => Some(i64::from(value == 0)),
                "Floor" | "Ceil" => Some(value),
                _ => None,
            };
            let values: Option<Vec<Pair<i64>>> =
                values.iter().map(|pair| Some([each(pair[0])?, each(pair[1])?])).collect();
            Data::Whole { values: values.ok_or_else(|| call.lack(Lack::Arguments))?.into(), truth: *truth }
        }
        Data::Floats { values, of_batch } => {
            let each = |value: f32| match op_type {
                "Neg" => -value,
                "Abs" => value.abs(),
                "Sqrt" => value.sqrt(),
                "Floor" => value.floor(),
                "Ceil" => value.ceil(),
                _ => 1.0 / value,
            };
            if op_type == "Not" {
                return Err(call.lack(Lack::Arguments));
            }
            Data::Floats { values: values.iter().map(|&value| each(value)).collect(), of_batch: *of_batch }
        }
    };
    Ok(Array { data, ..x.clone() })
}

fn choose(call: &mut Call<'_, '_, '_>, condition: &Array, x: &Array, y: &Array) -> Result<Array, ImportError> {
    let (shape, all) = together(call, &[condition, x, y])?;
    let [condition, x, y] = all.as_slice() else { return Err(call.lack(Lack::Arguments)) };
    let Some(condition) = condition.as_whole() else { return Err(call.lack(Lack::Arguments)) };
    call.context.room.made(condition.len(), true)?;
    let data = match (&x.data, &y.data) {
        (Data::Whole { values: x, truth }, Data::Whole { values: y, .. }) => {
            let pick = |at: usize, condition: &Pair<i64>, x: &Pair<i64>, y: &Pair<i64>| {
                if condition[at] != 0 { x[at] } else { y[at] }
            };
            let values = condition.iter().zip(x.iter().zip(y.iter()));
            let values = values.map(|(c, (x, y))| [pick(0, c, x, y), pick(1, c, x, y)]).collect();
            Data::Whole { values, truth: *truth }
        }
        _ => {
            let ((x, x_of_batch), (y, y_of_batch)) = (x.as_floats(), y.as_floats());
            let decided = condition.iter().all(|pair| (pair[0] != 0) == (pair[1] != 0));
            let values = condition.iter().zip(x.iter().zip(y.iter()));
            let values = values.map(|(condition, (x, y))| if condition[0] != 0 { *x } else { *y }).collect();
            Data::Floats { values, of_batch: x_of_batch || y_of_batch || !decided }
        }
    };
    Ok(Array { name: None, shape, data })
}

/// Over all axes, or along the only one.
fn reduce(call: &mut Call<'_, '_, '_>, x: &Array) -> Result<Array, ImportError> {
    let rank = x.shape.len();
    let keep = call.flag("keepdims", true)?;
    let none_is_none = call.flag("noop_with_empty_axes", false)?;
    let given = match call.optional(1) {
        Some(_) => Some(call.ints_at(1)?),
        None => call.ints("axes")?,
    };
    let axes = given.unwrap_or_default();
    let mut distinct = axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<Vec<_>, _>>()?;
    distinct.sort_unstable();
    distinct.dedup();
    let all = (axes.is_empty() && !none_is_none) || distinct.len() == rank;
    let Some(values) = x.as_whole().filter(|_| all) else { return Err(call.lack(Lack::Arguments)) };
    let op_type = call.node.op_type;
    let step = |a: i64, b: i64| match op_type {
        "ReduceSum" => a.checked_add(b),
        "ReduceMax" => Some(a.max(b)),
        "ReduceMin" => Some(a.min(b)),
        _ => a.checked_mul(b),
    };
    let start = match op_type {
        "ReduceSum" => 0,
        "ReduceMax" => i64::MIN,
        "ReduceMin" => i64::MAX,
        _ => 1,
    };
    let [first, second] = [0, 1].map(|at| values.iter().try_fold(start, |so_far, pair| step(so_far, pair[at])));
    let (Some(first), Some(second)) = (first, second) else { return Err(call.lack(Lack::Arguments)) };
    Ok(Array::whole(if keep { vec![1; rank] } else { Vec::new() }, vec![[first, second]]))
}
