//! MaxPooling, AveragePooling and SumPooling over two or three axes.
//!
//! nnabla's windows over the far border differ from libtorch's `ceil_mode`: there are ⌈(n + pad) / stride⌉ of them, and an
//! average over padding counts padding up to the declared width and not what lies beyond. So those cases are padded here.

use super::{Call, spatial::Planes};
use nnp::op::{Pooling, PoolingKind};
use tch::{Kind, TchError, Tensor};

pub(super) fn check(op: &Pooling) -> Result<(), String> {
    match op.kernel.len() {
        2 | 3 => Ok(()),
        count => Err(format!("its window has {count} axes, expected 2 or 3")),
    }
}

pub(super) fn pooling(op: &Pooling, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = Planes::windows(call.input(0)?, op.kernel.len(), op.channel_last)?;
    // libtorch wants padding of at most half a window.
    let native = op.ignore_border && op.pad.iter().zip(&op.kernel).all(|(pad, kernel)| 2 * pad <= *kernel);
    let result = if native { windows(&x.tensor, op, &op.pad) } else { over_the_border(&x.tensor, op) }?;
    x.restore(result)
}

/// libtorch's own pooling, with windows inside of `pad` only.
fn windows(x: &Tensor, op: &Pooling, pad: &[i64]) -> Result<Tensor, TchError> {
    let (including_pad, divisor) = match op.kind {
        PoolingKind::Max => {
            let dilation = vec![1; op.kernel.len()];
            let (kernel, stride) = (op.kernel.as_slice(), op.stride.as_slice());
            return if op.kernel.len() == 3 {
                x.f_max_pool3d(kernel, stride, pad, dilation, false)
            } else {
                x.f_max_pool2d(kernel, stride, pad, dilation, false)
            };
        }
        PoolingKind::Average { including_pad } => (including_pad, None),
        PoolingKind::Sum => (true, Some(1)),
    };
    average(x, op, pad, including_pad, divisor)
}

fn average(
    x: &Tensor,
    op: &Pooling,
    pad: &[i64],
    including_pad: bool,
    divisor: Option<i64>,
) -> Result<Tensor, TchError> {
    let (kernel, stride) = (op.kernel.as_slice(), op.stride.as_slice());
    if op.kernel.len() == 3 {
        x.f_avg_pool3d(kernel, stride, pad, false, including_pad, divisor)
    } else {
        x.f_avg_pool2d(kernel, stride, pad, false, including_pad, divisor)
    }
}

/// Pads as far as the last window reaches and counts what belongs into each average.
fn over_the_border(x: &Tensor, op: &Pooling) -> Result<Tensor, TchError> {
    let shape = x.size();
    let extents = shape.get(2..).unwrap_or_default();
    let none = vec![0; op.kernel.len()];
    let axes = extents.iter().zip(&op.kernel).zip(&op.stride).zip(&op.pad);
    let after: Vec<i64> = axes
        .map(|(((&extent, &kernel), &stride), &pad)| {
            if op.ignore_border {
                return pad;
            }
            // ⌈(extent + pad) / stride⌉ windows; the last starts inside of x.
            let last_start = (extent + pad - 1) / stride * stride;
            (last_start + kernel - pad - extent).max(0)
        })
        .collect();
    let pad_by = |tensor: &Tensor, before: &[i64], after: &[i64], value: f64| {
        // libtorch lists the last axis first.
        let pairs: Vec<i64> = before.iter().zip(after).rev().flat_map(|(&before, &after)| [before, after]).collect();
        tensor.f_pad(pairs, "constant", value)
    };
    let PoolingKind::Average { including_pad } = op.kind else {
        let value = if op.kind == PoolingKind::Max { f64::NEG_INFINITY } else { 0.0 };
        return windows(&pad_by(x, &op.pad, &after, value)?, op, &none);
    };
    let sums = average(&pad_by(x, &op.pad, &after, 0.0)?, op, &none, true, Some(1))?;
    let counted_shape = [&[1, 1], extents].concat();
    let counted = Tensor::f_ones(counted_shape, (Kind::Float, x.device()))?;
    let counted = if including_pad {
        let declared: Vec<i64> = after.iter().zip(&op.pad).map(|(&after, &pad)| after.min(pad)).collect();
        let beyond: Vec<i64> = after.iter().zip(&declared).map(|(after, declared)| after - declared).collect();
        pad_by(&pad_by(&counted, &op.pad, &declared, 1.0)?, &none, &beyond, 0.0)?
    } else {
        pad_by(&counted, &op.pad, &after, 0.0)?
    };
    sums.f_div(&average(&counted, op, &none, true, Some(1))?)
}
