//! Conv and ConvTranspose: kernels over the spatial axes.

use nnp::op::{Convolution, Deconvolution, Pad, PadMode, Slice};

use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::network::{Draft, Var};

/// How a window moves: attributes that convolutions and pooling share.
pub(super) struct Window {
    pub(super) kernel: Vec<i64>,
    pub(super) stride: Vec<i64>,
    pub(super) dilation: Vec<i64>,
    /// Border before and behind each axis.
    pub(super) before: Vec<i64>,
    pub(super) after: Vec<i64>,
}

/// Most that an attribute of a window may be; ends of windows are counted with it.
const MOST: i64 = 1 << 30;

impl Window {
    /// Reads the attributes for a window of `kernel` over the extents `spatial`.
    pub(super) fn read(call: &Call<'_, '_, '_>, kernel: Vec<i64>, spatial: &[usize]) -> Result<Self, ImportError> {
        let count = kernel.len();
        let list = |name: &'static str, length: usize, default: i64, least: i64| {
            let values = call.ints(name)?.unwrap_or_else(|| vec![default; length]);
            let fits = values.len() == length && values.iter().all(|value| (least..=MOST).contains(value));
            if fits { Ok(values) } else { Err(call.lack(Lack::Attribute(name.to_owned()))) }
        };
        if kernel.iter().any(|extent| !(1..=MOST).contains(extent)) || count != spatial.len() || count == 0 {
            return Err(call.lack(Lack::Arguments));
        }
        let (stride, dilation) = (list("strides", count, 1, 1)?, list("dilations", count, 1, 1)?);
        let pads = list("pads", 2 * count, 0, 0)?;
        let (before, after) = pads.split_at(count);
        let mut window = Self { kernel, stride, dilation, before: before.to_vec(), after: after.to_vec() };
        match call.text("auto_pad", "NOTSET")? {
            "NOTSET" => {}
            "VALID" => (window.before, window.after) = (vec![0; count], vec![0; count]),
            same @ ("SAME_UPPER" | "SAME_LOWER") => window.pad_to_same(spatial, same == "SAME_LOWER"),
            _ => return Err(call.lack(Lack::Attribute("auto_pad".to_owned()))),
        }
        Ok(window)
    }

    /// As many windows as the stride fits into the extents.
    fn pad_to_same(&mut self, spatial: &[usize], lower: bool) {
        let axes = spatial.iter().zip(&self.kernel).zip(&self.stride).zip(&self.dilation);
        let totals: Vec<i64> = axes
            .map(|(((&extent, &kernel), &stride), &dilation)| {
                let extent = i64::try_from(extent).unwrap_or(MOST).min(MOST);
                let windows = (extent + stride - 1) / stride;
                ((windows - 1).saturating_mul(stride) + reach(kernel, dilation) - extent).clamp(0, MOST)
            })
            .collect();
        let smaller: Vec<i64> = totals.iter().map(|total| total / 2).collect();
        let larger: Vec<i64> = totals.iter().map(|total| total - total / 2).collect();
        (self.before, self.after) = if lower { (larger, smaller) } else { (smaller, larger) };
    }
}

/// Elements that a kernel spans.
pub(super) fn reach(kernel: i64, dilation: i64) -> i64 {
    (kernel - 1).saturating_mul(dilation).saturating_add(1)
}

/// The extents behind batch and channels, which may not depend on the batch.
pub(super) fn spatial(call: &Call<'_, '_, '_>) -> Result<Vec<usize>, ImportError> {
    let shape = call.shape(0)?;
    let spatial = shape.get(2..).filter(|spatial| !spatial.is_empty()).ok_or_else(|| call.lack(Lack::Arguments))?;
    if spatial.iter().any(Draft::follows) {
        return Err(call.lack(Lack::Batch));
    }
    Ok(spatial.iter().map(|extent| extent[0]).collect())
}

/// Adds a border of `value` around the spatial axes.
pub(super) fn border(
    call: &mut Call<'_, '_, '_>,
    x: Var,
    before: &[i64],
    after: &[i64],
    value: f32,
) -> Result<Var, ImportError> {
    if before.iter().chain(after).all(|&width| width == 0) {
        return Ok(x);
    }
    let pad_width = before.iter().zip(after).flat_map(|(&before, &after)| [before, after]).collect();
    call.apply(Pad { pad_width, mode: PadMode::Constant, constant_value: value }, &[x])
}

/// The extents of the kernel, which an attribute may repeat.
fn kernel(call: &Call<'_, '_, '_>) -> Result<Vec<i64>, ImportError> {
    let weight = call.fixed_shape(1)?;
    let kernel: Vec<i64> = weight.iter().skip(2).map(|&extent| i64::try_from(extent).unwrap_or(i64::MAX)).collect();
    match call.ints("kernel_shape")? {
        Some(said) if said != kernel => Err(call.lack(Lack::Attribute("kernel_shape".to_owned()))),
        _ => Ok(kernel),
    }
}

fn inputs(call: &mut Call<'_, '_, '_>, x: Var) -> Result<Vec<Var>, ImportError> {
    let mut inputs = vec![x, call.number(1)?];
    if call.optional(2).is_some() {
        inputs.push(call.number(2)?);
    }
    Ok(inputs)
}

pub(super) fn convolution(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    let window = Window::read(call, kernel(call)?, &spatial(call)?)?;
    let group = call.int("group")?.unwrap_or(1);
    let mut x = call.number(0)?;
    let mut pad = window.before.clone();
    if window.before != window.after {
        x = border(call, x, &window.before, &window.after, 0.0)?;
        pad = vec![0; pad.len()];
    }
    let op =
        Convolution { base_axis: 1, pad, stride: window.stride, dilation: window.dilation, group, channel_last: false };
    let inputs = inputs(call, x)?;
    Ok(Value::Made(call.apply(op, &inputs)?))
}

pub(super) fn deconvolution(call: &mut Call<'_, '_, '_>) -> Result<Value, ImportError> {
    if call.ints("output_shape")?.is_some() || call.text("auto_pad", "NOTSET")? != "NOTSET" {
        return Err(call.lack(Lack::Attribute("output_shape".to_owned())));
    }
    let window = Window::read(call, kernel(call)?, &spatial(call)?)?;
    let group = call.int("group")?.unwrap_or(1);
    let output_padding = call.ints("output_padding")?.unwrap_or_default();
    // A border that is cut off on one side alone is cut off afterwards.
    let pad: Vec<i64> = window.before.iter().zip(&window.after).map(|(before, after)| *before.min(after)).collect();
    let op = Deconvolution {
        base_axis: 1,
        pad: pad.clone(),
        stride: window.stride,
        dilation: window.dilation,
        group,
        channel_last: false,
        output_padding: if output_padding.iter().all(|&extra| extra == 0) { Vec::new() } else { output_padding },
    };
    let x = call.number(0)?;
    let inputs = inputs(call, x)?;
    let y = call.apply(op, &inputs)?;
    if window.before == window.after {
        return Ok(Value::Made(y));
    }
    let extents: Vec<i64> =
        call.context.draft.shape(y).iter().skip(2).map(|extent| i64::try_from(extent[0]).unwrap_or(i64::MAX)).collect();
    let cut = |border: &[i64]| -> Vec<i64> { border.iter().zip(&pad).map(|(border, pad)| border - pad).collect() };
    let start = cut(&window.before);
    let stop = extents.iter().zip(cut(&window.after)).map(|(extent, cut)| extent - cut).collect();
    let step = vec![1; extents.len()];
    Ok(Value::Made(call.apply(Slice { start, stop, step }, &[y])?))
}
