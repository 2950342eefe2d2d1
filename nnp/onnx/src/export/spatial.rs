//! Convolutions, pooling and resizing: windows over the spatial axes.

use nnp::op::{
    Convolution, Deconvolution, DepthwiseConvolution, DepthwiseDeconvolution, Interpolate, InterpolateMode, Pooling,
    PoolingKind, Unpooling,
};

use super::call::{Call, fixed, product};
use super::graph::{Extent, Graph, Value};
use crate::error::{Missing, OnnxError};

/// The first input as ONNX wants it: (batch, channels, spatial…).
struct Planes {
    value: String,
    shape: Vec<Extent>,
    channel_last: bool,
}

impl Planes {
    fn of(graph: &mut Graph, call: &Call<'_>, spatial: usize, channel_last: bool) -> Result<Self, OnnxError> {
        let shape = call.shape(0);
        // Windows may move over arrays without a channel axis, or with several batch axes.
        let inner = (spatial + 1).min(shape.len());
        let (batch, inner) = shape.split_at(shape.len() - inner);
        let mut value = call.input(0).to_owned();
        let mut planes = vec![product(batch).ok_or_else(|| call.missing(Missing::Batch))?];
        if inner.len() <= spatial {
            planes.push(Extent::Fixed(1));
        }
        planes.extend_from_slice(inner);
        if planes.len() != shape.len() || batch.len() != 1 {
            value = call.reshape(graph, &value, &planes)?;
        }
        if channel_last {
            let rank = i64::try_from(planes.len()).unwrap_or(i64::MAX);
            let axes: Vec<i64> = [0, rank - 1].into_iter().chain(1..rank - 1).collect();
            value = graph.op("Transpose", &[&value], &[("perm", Value::Ints(&axes))]);
            let channels = planes.pop();
            planes.splice(1..1, channels);
        }
        Ok(Self { value, shape: planes, channel_last })
    }

    /// The extents that windows move over.
    fn spatial(&self, call: &Call<'_>) -> Result<Vec<i64>, OnnxError> {
        fixed(self.shape.get(2..).unwrap_or_default()).ok_or_else(|| call.missing(Missing::Batch))
    }

    /// Back to the axes of the network.
    fn restore(&self, graph: &mut Graph, call: &Call<'_>, mut value: String) -> Result<String, OnnxError> {
        let rank = i64::try_from(self.shape.len()).unwrap_or(i64::MAX);
        if self.channel_last {
            let axes: Vec<i64> = [0].into_iter().chain(2..rank).chain([1]).collect();
            value = graph.op("Transpose", &[&value], &[("perm", Value::Ints(&axes))]);
        }
        let shape = call.output_shape(0);
        if shape.len() == self.shape.len() { Ok(value) } else { call.reshape(graph, &value, shape) }
    }
}

/// Weights with channels last as ONNX has them, channels second.
fn weight(graph: &mut Graph, call: &Call<'_>, channel_last: bool) -> String {
    if !channel_last {
        return call.input(1).to_owned();
    }
    let rank = i64::try_from(call.shape(1).len()).unwrap_or(i64::MAX);
    let axes: Vec<i64> = [0, rank - 1].into_iter().chain(1..rank - 1).collect();
    graph.op("Transpose", &[call.input(1)], &[("perm", Value::Ints(&axes))])
}

/// Weights of one kernel per channel: (channels, kernel…) to (channels, 1, kernel…).
fn depthwise_weight(graph: &mut Graph, call: &Call<'_>) -> Result<String, OnnxError> {
    let mut shape = call.shape(1).to_vec();
    shape.insert(1.min(shape.len()), Extent::Fixed(1));
    call.reshape(graph, call.input(1), &shape)
}

struct Window<'a> {
    stride: &'a [i64],
    pad: &'a [i64],
    dilation: &'a [i64],
    group: i64,
}

impl Window<'_> {
    /// Runs `Conv` or, with an output padding, `ConvTranspose`.
    fn run(
        &self,
        graph: &mut Graph,
        call: &Call<'_>,
        planes: &Planes,
        weight: &str,
        output_padding: Option<&[i64]>,
    ) -> Result<String, OnnxError> {
        let mut inputs = vec![planes.value.as_str(), weight];
        if call.has_input(2) {
            inputs.push(call.input(2));
        }
        let pads = self.pad.repeat(2);
        let mut attributes = vec![
            ("strides", Value::Ints(self.stride)),
            ("pads", Value::Ints(&pads)),
            ("dilations", Value::Ints(self.dilation)),
            ("group", Value::Int(self.group)),
        ];
        if let Some(padding) = output_padding.filter(|padding| !padding.is_empty()) {
            attributes.push(("output_padding", Value::Ints(padding)));
        }
        let op_type = if output_padding.is_some() { "ConvTranspose" } else { "Conv" };
        let result = graph.op(op_type, &inputs, &attributes);
        planes.restore(graph, call, result)
    }
}

pub(super) fn convolution(graph: &mut Graph, call: &Call<'_>, op: &Convolution) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.stride.len(), op.channel_last)?;
    let weight = weight(graph, call, op.channel_last);
    let window = Window { stride: &op.stride, pad: &op.pad, dilation: &op.dilation, group: op.group };
    window.run(graph, call, &planes, &weight, None)
}

pub(super) fn depthwise(graph: &mut Graph, call: &Call<'_>, op: &DepthwiseConvolution) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.stride.len(), false)?;
    let weight = depthwise_weight(graph, call)?;
    let window = Window { stride: &op.stride, pad: &op.pad, dilation: &op.dilation, group: channels(call, &planes)? };
    window.run(graph, call, &planes, &weight, None)
}

pub(super) fn deconvolution(graph: &mut Graph, call: &Call<'_>, op: &Deconvolution) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.stride.len(), op.channel_last)?;
    let weight = weight(graph, call, op.channel_last);
    let window = Window { stride: &op.stride, pad: &op.pad, dilation: &op.dilation, group: op.group };
    window.run(graph, call, &planes, &weight, Some(&op.output_padding))
}

pub(super) fn depthwise_deconvolution(
    graph: &mut Graph,
    call: &Call<'_>,
    op: &DepthwiseDeconvolution,
) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.stride.len(), false)?;
    let weight = depthwise_weight(graph, call)?;
    let group = channels(call, &planes)? / op.divisor.max(1);
    let window = Window { stride: &op.stride, pad: &op.pad, dilation: &op.dilation, group };
    window.run(graph, call, &planes, &weight, Some(&[]))
}

fn channels(call: &Call<'_>, planes: &Planes) -> Result<i64, OnnxError> {
    match planes.shape.get(1) {
        Some(Extent::Fixed(channels)) => Ok(*channels),
        _ => Err(call.missing(Missing::Batch)),
    }
}

pub(super) fn pooling(graph: &mut Graph, call: &Call<'_>, op: &Pooling) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.kernel.len(), op.channel_last)?;
    let extents = planes.spatial(call)?;
    let axes = extents.iter().zip(&op.kernel).zip(&op.stride).zip(&op.pad);
    // nnabla's last window starts inside of x, so the border behind it may be wider or narrower than the one before.
    let after: Vec<i64> =
        axes.map(|(((&extent, &kernel), &stride), &pad)| {
            if op.ignore_border { pad } else { ((extent + pad - 1) / stride * stride + kernel - pad - extent).max(0) }
        })
        .collect();
    let mut x = planes.value.clone();
    let mut pads = [op.pad.as_slice(), &after].concat();
    // Runtimes want borders narrower than the window.
    let wide = pads.iter().zip(op.kernel.iter().cycle()).any(|(pad, kernel)| pad >= kernel);
    let excluding = op.kind == PoolingKind::Average { including_pad: false };
    if wide && excluding {
        return Err(call.missing(Missing::Arguments));
    }
    if wide {
        let outer = [0, 0];
        let widths = [&outer, op.pad.as_slice(), &outer, &after].concat();
        let widths = graph.integers(&widths);
        let value = graph.scalar(if op.kind == PoolingKind::Max { f64::NEG_INFINITY } else { 0.0 });
        x = graph.op("Pad", &[&x, &widths, &value], &[("mode", Value::Text("constant"))]);
        pads = vec![0; pads.len()];
    }
    let mut attributes = vec![
        ("kernel_shape", Value::Ints(&op.kernel)),
        ("strides", Value::Ints(&op.stride)),
        ("pads", Value::Ints(&pads)),
    ];
    let result = match op.kind {
        PoolingKind::Max => graph.op("MaxPool", &[&x], &attributes),
        PoolingKind::Average { including_pad: false } => graph.op("AveragePool", &[&x], &attributes),
        PoolingKind::Average { including_pad: true } | PoolingKind::Sum => {
            attributes.push(("count_include_pad", Value::Int(1)));
            let mean = graph.op("AveragePool", &[&x], &attributes);
            match op.kind {
                PoolingKind::Sum => times(graph, &mean, op.kernel.iter().product()),
                _ => counted(graph, op, &mean, &extents, &after)?,
            }
        }
    };
    planes.restore(graph, call, result)
}

#[expect(clippy::cast_precision_loss, reason = "windows are small")]
fn times(graph: &mut Graph, x: &str, factor: i64) -> String {
    let factor = graph.scalar(factor as f64);
    graph.op("Mul", &[x, &factor], &[])
}

/// Corrects averages over whole windows: padding counts up to the declared width, what lies beyond does not.
#[expect(clippy::cast_precision_loss, reason = "windows are small")]
fn counted(graph: &mut Graph, op: &Pooling, mean: &str, extents: &[i64], after: &[i64]) -> Result<String, OnnxError> {
    if after.iter().zip(&op.pad).all(|(after, pad)| after <= pad) {
        return Ok(mean.to_owned());
    }
    let mut factors = vec![1.0_f32];
    let mut shape = vec![1, 1];
    let axes = extents.iter().zip(&op.kernel).zip(&op.stride).zip(op.pad.iter().zip(after));
    for (((&extent, &kernel), &stride), (&pad, &after)) in axes {
        let windows = (extent + pad + after - kernel) / stride + 1;
        super::check_made(windows.saturating_mul(i64::try_from(factors.len()).unwrap_or(i64::MAX)))?;
        let of_axis: Vec<f32> = (0..windows)
            .map(|window| {
                let stop = (window * stride + kernel).min(extent + 2 * pad);
                kernel as f32 / (stop - window * stride).max(1) as f32
            })
            .collect();
        factors = factors.iter().flat_map(|outer| of_axis.iter().map(move |inner| outer * inner)).collect();
        shape.push(windows);
    }
    let factors = graph.floats(&shape, &factors);
    Ok(graph.op("Mul", &[mean, &factors], &[]))
}

pub(super) fn unpooling(graph: &mut Graph, call: &Call<'_>, op: &Unpooling) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.kernel.len(), op.channel_last)?;
    let spatial = planes.spatial(call)?;
    let sizes: Vec<i64> = spatial.iter().zip(&op.kernel).map(|(extent, kernel)| extent * kernel).collect();
    let result = resize(graph, &planes, &sizes, ["nearest", "asymmetric", "floor"]);
    planes.restore(graph, call, result)
}

pub(super) fn interpolate(graph: &mut Graph, call: &Call<'_>, op: &Interpolate) -> Result<String, OnnxError> {
    let planes = Planes::of(graph, call, op.output_size.len(), op.channel_last)?;
    planes.spatial(call)?;
    let places = if op.align_corners {
        "align_corners"
    } else if op.half_pixel || (op.mode == InterpolateMode::Nearest && op.half_pixel_for_nn) {
        "half_pixel"
    } else {
        "asymmetric"
    };
    let how = match op.mode {
        InterpolateMode::Linear => ["linear", places, "floor"],
        // ⌊(i + ½)·scale⌋ is the place half a pixel further, rounded.
        InterpolateMode::Nearest if op.half_pixel_for_nn => ["nearest", "half_pixel", "round_prefer_ceil"],
        InterpolateMode::Nearest => ["nearest", places, "floor"],
    };
    let result = resize(graph, &planes, &op.output_size, how);
    planes.restore(graph, call, result)
}

/// Resizes the spatial axes; `how` is the mode, the places of output elements, and the rounding of places.
fn resize(graph: &mut Graph, planes: &Planes, sizes: &[i64], [mode, places, rounding]: [&str; 3]) -> String {
    let axes: Vec<i64> = (2..).take(sizes.len()).collect();
    let sizes = graph.integers(sizes);
    graph.op(
        "Resize",
        &[&planes.value, "", "", &sizes],
        &[
            ("mode", Value::Text(mode)),
            ("coordinate_transformation_mode", Value::Text(places)),
            ("nearest_mode", Value::Text(rounding)),
            ("axes", Value::Ints(&axes)),
        ],
    )
}
