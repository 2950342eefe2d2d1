//! MaxPool and AveragePool, over windows and over everything.

use nnp::op::{BinaryKind, GlobalAveragePooling, Pooling, PoolingKind, Reduce, ReduceKind};

use super::spatial::{Window, border, reach, spatial};
use crate::array::Array;
use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};

pub(super) fn pooling(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let extents = spatial(call)?;
    let Some(kernel) = call.ints("kernel_shape")? else {
        return Err(call.lack(Lack::Attribute("kernel_shape".to_owned())));
    };
    let max = call.node.op_type == "MaxPool";
    let window = Window::read(call, kernel, &extents)?;
    let counts_border = !max && call.flag("count_include_pad", false)?;
    if window.dilation.iter().any(|&dilation| dilation != 1) {
        return Err(call.lack(Lack::Attribute("dilations".to_owned())));
    }
    // The order of places that are not read.
    call.int("storage_order")?;
    let ceil = call.flag("ceil_mode", false)?;
    let axes: Vec<Axis> = (0..extents.len()).filter_map(|axis| Axis::of(&window, &extents, axis, ceil)).collect();
    if axes.len() != extents.len() {
        return Err(call.lack(Lack::Arguments));
    }
    let x = call.number(0)?;
    let mut op = Pooling {
        kind: PoolingKind::Max,
        kernel: window.kernel.clone(),
        stride: window.stride.clone(),
        ignore_border: true,
        pad: window.before.clone(),
        channel_last: false,
    };
    // nnabla's own border, where it is the same on both sides and no window hangs over its end.
    let plain = axes.iter().all(|axis| axis.before == axis.after && axis.beyond <= 0 && axis.before < axis.kernel);
    if plain {
        if !max {
            op.kind = PoolingKind::Average { including_pad: counts_border };
        }
        return Ok(Value::Made(call.apply(op, &[x])?));
    }
    let behind: Vec<i64> = axes.iter().map(|axis| axis.after + axis.beyond.max(0)).collect();
    op.pad = vec![0; extents.len()];
    let x = border(call, x, &window.before, &behind, if max { f32::MIN } else { 0.0 })?;
    if max {
        return Ok(Value::Made(call.apply(op, &[x])?));
    }
    op.kind = PoolingKind::Sum;
    let sums = call.apply(op, &[x])?;
    let shares = shares(call, &axes, counts_border)?;
    let shares = call.var_of(&Value::Fixed(shares))?;
    Ok(Value::Made(call.binary(BinaryKind::Mul2, sums, shares)?))
}

/// Windows along one axis.
struct Axis {
    extent: i64,
    kernel: i64,
    stride: i64,
    before: i64,
    after: i64,
    windows: i64,
    /// How far the last window hangs over the end of the border.
    beyond: i64,
}

impl Axis {
    fn of(window: &Window, extents: &[usize], axis: usize, ceil: bool) -> Option<Self> {
        let extent = i64::try_from(*extents.get(axis)?).ok()?;
        let (&kernel, &stride) = (window.kernel.get(axis)?, window.stride.get(axis)?);
        let (&before, &after) = (window.before.get(axis)?, window.after.get(axis)?);
        let padded = extent.checked_add(before)?.checked_add(after)?;
        let room = padded.checked_sub(reach(kernel, 1)).filter(|&room| room >= 0)?;
        let mut windows = room / stride + 1;
        // One more, if it begins in the input or in the border before it.
        if ceil && room % stride != 0 && windows.checked_mul(stride)? < extent + before {
            windows += 1;
        }
        let beyond = (windows - 1).checked_mul(stride)?.checked_add(kernel)?.checked_sub(padded)?;
        Some(Self { extent, kernel, stride, before, after, windows, beyond })
    }

    /// How many elements count in a window, the border included or not; never what lies beyond the border.
    fn counted(&self, window: i64, counts_border: bool) -> i64 {
        let start = window * self.stride - self.before;
        let (low, high) = if counts_border { (-self.before, self.extent + self.after) } else { (0, self.extent) };
        ((start + self.kernel).min(high) - start.max(low)).max(1)
    }
}

/// What the sum of each window is multiplied by, as (1, 1, windows…).
fn shares(call: &mut Call<'_, '_, '_>, axes: &[Axis], counts_border: bool) -> Result<Array, ImportError> {
    let mut shape = vec![1, 1];
    shape.extend(axes.iter().map(|axis| usize::try_from(axis.windows).unwrap_or(0)));
    let count = crate::array::count(&shape).ok_or_else(|| call.lack(Lack::Arguments))?;
    call.context.room.made(count, false)?;
    let mut shares = vec![1.0_f64];
    for axis in axes {
        let of_axis: Vec<f64> =
            (0..axis.windows).map(|window| 1.0 / axis.counted(window, counts_border) as f64).collect();
        shares = shares.iter().flat_map(|outer| of_axis.iter().map(move |inner| outer * inner)).collect();
    }
    Ok(Array::floats(shape, shares.into_iter().map(|share| share as f32).collect()))
}

pub(super) fn global(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let rank = call.shape(0)?.len();
    let x = call.number(0)?;
    if call.node.op_type == "GlobalAveragePool" && rank == 4 {
        return Ok(Value::Made(call.apply(GlobalAveragePooling, &[x])?));
    }
    let kind = if call.node.op_type == "GlobalAveragePool" { ReduceKind::Mean } else { ReduceKind::Max };
    let axes: Vec<i64> = (2..i64::try_from(rank).unwrap_or(0)).collect();
    let op = Reduce { keep_dims: true, ..Reduce::new(kind, axes) };
    Ok(Value::Made(call.apply(op, &[x])?))
}
