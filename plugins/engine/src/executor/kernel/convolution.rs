//! Convolution and its relatives.

use super::{Call, spatial::Planes};
use nnp::op::{Convolution, Deconvolution, DepthwiseConvolution, DepthwiseDeconvolution};
use tch::{Device, Kind, TchError, Tensor};

/// Up to this many positions per image, grouped 1×1 convolutions run as one batch of matrix products.
const FEW_POSITIONS: i64 = 64;

/// Stride, padding and dilation on each spatial axis.
type Steps<'a> = [&'a [i64]; 3];

pub(super) fn convolution(op: &Convolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = Planes::new(call.input(0)?, op.stride.len(), op.channel_last)?;
    let weight = weight(call.input(1)?, op.channel_last)?;
    let result = if is_grouped_product(op, &weight.size(), &x.tensor.size()) {
        grouped_product(&x.tensor, &weight, call.optional(2), op.group)?
    } else {
        convolve(&x.tensor, &weight, call, [&op.stride, &op.pad, &op.dilation], None, op.group)?
    };
    x.restore(result)
}

pub(super) fn depthwise(op: &DepthwiseConvolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = Planes::new(call.input(0)?, op.stride.len(), false)?;
    let weight = call.input(1)?.f_unsqueeze(1)?;
    let group = channels(&x.tensor);
    x.restore(convolve(&x.tensor, &weight, call, [&op.stride, &op.pad, &op.dilation], None, group)?)
}

pub(super) fn deconvolution(op: &Deconvolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = Planes::new(call.input(0)?, op.stride.len(), op.channel_last)?;
    let weight = weight(call.input(1)?, op.channel_last)?;
    // Files from before the argument existed do not have it.
    let extra = if op.output_padding.is_empty() { vec![0; op.stride.len()] } else { op.output_padding.clone() };
    x.restore(convolve(&x.tensor, &weight, call, [&op.stride, &op.pad, &op.dilation], Some(extra), op.group)?)
}

/// `divisor` neighbouring channels are summed into one, so there are channels / divisor groups.
pub(super) fn depthwise_deconvolution(op: &DepthwiseDeconvolution, call: &Call<'_>) -> Result<Tensor, TchError> {
    let x = Planes::new(call.input(0)?, op.stride.len(), false)?;
    let weight = call.input(1)?.f_unsqueeze(1)?;
    let group = channels(&x.tensor) / op.divisor.max(1);
    let extra = vec![0; op.stride.len()];
    x.restore(convolve(&x.tensor, &weight, call, [&op.stride, &op.pad, &op.dilation], Some(extra), group)?)
}

/// Any convolution. A transposed one is given with the rows and columns that it adds at the far border of the output.
fn convolve(
    x: &Tensor,
    weight: &Tensor,
    call: &Call<'_>,
    [stride, pad, dilation]: Steps<'_>,
    transposed: Option<Vec<i64>>,
    group: i64,
) -> Result<Tensor, TchError> {
    let bias = call.optional(2);
    if transposed.is_none() && suits_onednn(x, weight, call.device) {
        return x.f_mkldnn_convolution(weight, bias, pad, stride, dilation, group);
    }
    let is_transposed = transposed.is_some();
    let extra = transposed.unwrap_or_else(|| vec![0; stride.len()]);
    x.f_convolution(weight, bias, stride, pad, dilation, is_transposed, extra, group)
}

fn channels(x: &Tensor) -> i64 {
    x.size().get(1).copied().unwrap_or(1)
}

/// (out, kernel…, in) to (out, in, kernel…).
fn weight(weight: &Tensor, channel_last: bool) -> Result<Tensor, TchError> {
    if channel_last { weight.f_movedim([-1_i64].as_slice(), [1_i64].as_slice()) } else { Ok(weight.shallow_clone()) }
}

/// Whether oneDNN can do it. libtorch would not ask it for 1×1 kernels when a function has one thread, though it is twice
/// as fast there on processors that are not Intel's.
fn suits_onednn(x: &Tensor, weight: &Tensor, device: Device) -> bool {
    let floats = x.kind() == Kind::Float && weight.kind() == Kind::Float;
    device == Device::Cpu && cfg!(target_arch = "x86_64") && floats && x.dim() == 4 && x.numel() > 0
}

/// Whether each group is a matrix product at every position, and positions are so few that libtorch, which runs one
/// convolution per group, would spend its time between them. The heads of PaDiM have 3136 and 196 groups.
fn is_grouped_product(op: &Convolution, weight: &[i64], x: &[i64]) -> bool {
    let [_, inner, kernel @ ..] = weight else { return false };
    let positions: i64 = x.iter().skip(2).product();
    op.group > 1
        && *inner > 1
        && positions <= FEW_POSITIONS
        && kernel.iter().chain(&op.stride).all(|&extent| extent == 1)
        && op.pad.iter().all(|&pad| pad == 0)
}

/// x (N, G·I, spatial…) with weight (G·O, I, 1…) as G products (O, I)·(I, N·positions).
fn grouped_product(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, group: i64) -> Result<Tensor, TchError> {
    let (shape, weight_shape) = (x.size(), weight.size());
    let ([rows, channels, spatial @ ..], [outputs, inner, ..]) = (shape.as_slice(), weight_shape.as_slice()) else {
        return Err(TchError::Shape(format!("{shape:?} and {weight_shape:?} are not x and W")));
    };
    let positions: i64 = spatial.iter().product();
    let columns = x
        .f_reshape([*rows, group, channels / group, positions])?
        .f_permute([1_i64, 2, 0, 3].as_slice())?
        .f_reshape([group, *inner, rows * positions])?;
    let product = weight.f_reshape([group, outputs / group, *inner])?.f_bmm(&columns)?;
    let product = match bias {
        Some(bias) => product.f_add(&bias.f_reshape([group, outputs / group, 1])?)?,
        None => product,
    };
    product
        .f_reshape([group, outputs / group, *rows, positions])?
        .f_permute([2_i64, 0, 1, 3].as_slice())?
        .f_reshape([&[*rows, *outputs], spatial].concat())
}
