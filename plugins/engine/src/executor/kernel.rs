//! The function types on libtorch: one file per group, and here the table that finds it.
//!
//! Every call is fallible, since shapes and sizes come out of files. Numbers follow nnabla where libtorch differs; each
//! such place says so.

mod arrange;
mod augmentation;
mod binary_weight;
mod convolution;
mod elementwise;
mod layout;
mod loss;
mod matrix;
mod noise;
mod normalization;
mod pooling;
mod reduce;
mod rescale;
mod resize;
mod select;
mod spatial;
mod warp;

use nnp::{Op, op::Dropout};
use tch::{Device, TchError, Tensor};

/// What a function is given.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// Inputs in the order of the function type.
    pub(super) inputs: &'a [&'a Tensor],
    /// Where results belong.
    pub(super) device: Device,
    /// Whether the result may overwrite the first input.
    pub(super) in_place: bool,
    /// Whether Dropout drops.
    pub(super) drops: bool,
}

impl<'a> Call<'a> {
    /// Input by number; a missing one is an error, since files say how many there are.
    fn input(&self, index: usize) -> Result<&'a Tensor, TchError> {
        self.optional(index).ok_or_else(|| TchError::Shape(format!("input {index} is missing")))
    }

    fn optional(&self, index: usize) -> Option<&'a Tensor> {
        self.inputs.get(index).copied()
    }
}

/// A function with its arguments, ready for inputs.
type Kernel<'a> = Box<dyn Fn(&Call<'_>) -> Result<Vec<Tensor>, TchError> + 'a>;

/// Says why a function cannot be run, before anything is.
pub(super) fn check(op: &Op) -> Result<(), String> {
    match op {
        Op::Pooling(op) => pooling::check(op)?,
        Op::MeanSubtraction(op) => rescale::check_mean(op)?,
        _ => {}
    }
    find(op).map(|_| ()).ok_or_else(|| "this function type is not supported".into())
}

/// Runs a function and returns its outputs in order.
pub(super) fn run(op: &Op, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let kernel = find(op).ok_or_else(|| TchError::Kind(format!("{} is not supported", op.type_name())))?;
    kernel(call)
}

/// Whether two runs of a function may differ.
pub(super) fn draws(op: &Op, drops: bool) -> bool {
    match op {
        Op::Dropout(op) => drops && op.p > 0.0,
        Op::Rand(_) | Op::Randn(_) => true,
        _ => false,
    }
}

/// A stored network is run for inference, where nothing is dropped unless it is asked for.
fn dropout(op: &Dropout, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let x = call.input(0)?;
    if !op.output_mask && !call.drops {
        return Ok(vec![x.shallow_clone()]);
    }
    let kept = if call.drops { 1.0 - op.p } else { 1.0 };
    let mask = x.f_full_like(kept)?.f_bernoulli()?;
    let result = x.f_mul(&mask)?.f_div_scalar(kept)?;
    Ok(if op.output_mask { vec![result, mask] } else { vec![result] })
}

/// The table of function types.
pub(super) fn find(op: &Op) -> Option<Kernel<'_>> {
    fn one<'a>(kernel: impl Fn(&Call<'_>) -> Result<Tensor, TchError> + 'a) -> Kernel<'a> {
        Box::new(move |call| Ok(vec![kernel(call)?]))
    }
    Some(match op {
        Op::Affine(op) => one(|call| matrix::affine(op, call)),
        Op::BatchMatmul(op) => one(|call| matrix::batch_matmul(op, call)),
        Op::Convolution(op) => one(|call| convolution::convolution(op, call)),
        Op::DepthwiseConvolution(op) => one(|call| convolution::depthwise(op, call)),
        Op::Deconvolution(op) => one(|call| convolution::deconvolution(op, call)),
        Op::DepthwiseDeconvolution(op) => one(|call| convolution::depthwise_deconvolution(op, call)),
        Op::Pooling(op) => one(|call| pooling::pooling(op, call)),
        Op::GlobalAveragePooling(_) => one(|call| call.input(0)?.f_mean_dim([2_i64, 3].as_slice(), true, None)),
        Op::Unpooling(op) => one(|call| resize::unpooling(op, call)),
        Op::Interpolate(op) => one(|call| resize::interpolate(op, call)),
        Op::BatchNormalization(op) => one(|call| normalization::batch(op, call)),
        Op::FusedBatchNormalization(op) => one(|call| normalization::fused(op, call)),
        Op::SampleNormalization(op) => one(|call| normalization::sample(op, call)),
        Op::Unary(op) => one(|call| elementwise::unary(*op, call)),
        Op::CRelu(op) => one(|call| elementwise::crelu(op, call)),
        Op::PRelu(op) => one(|call| elementwise::prelu(op, call)),
        Op::Binary(op) => one(|call| elementwise::binary(op.kind, call)),
        Op::Scalar(op) => one(|call| elementwise::scalar(op, call)),
        Op::Softmax(op) => one(|call| elementwise::softmax(op, call)),
        Op::Dropout(op) => Box::new(|call| dropout(op, call)),
        Op::Reduce(op) => Box::new(|call| reduce::reduce(op, call)),
        Op::Norm(op) => one(|call| reduce::norm(op, call)),
        Op::Embed(_) => one(select::embed),
        Op::TopKData(op) => Box::new(|call| select::top_k(op, call)),
        Op::Concatenate(op) => one(|call| Tensor::f_cat(call.inputs, op.axis)),
        Op::Stack(op) => one(|call| Tensor::f_stack(call.inputs, op.axis)),
        Op::Split(op) => Box::new(|call| call.input(0)?.f_unbind(op.axis)),
        Op::Slice(op) => one(|call| layout::slice(op, call)),
        Op::Pad(op) => one(|call| layout::pad(op, call)),
        Op::Transpose(op) => one(|call| call.input(0)?.f_permute(op.axes.as_slice())),
        Op::Broadcast(op) => one(|call| call.input(0)?.f_broadcast_to(op.shape.as_slice())),
        Op::Reshape(op) => one(|call| call.input(0)?.f_reshape(op.shape.as_slice())),
        Op::Flip(op) => one(|call| call.input(0)?.f_flip(op.axes.as_slice())),
        Op::Tile(op) => one(|call| layout::tile(op, call)),
        Op::Constant(op) => {
            one(|call| Tensor::f_full(op.shape.as_slice(), f64::from(op.val), (tch::Kind::Float, call.device)))
        }
        Op::Sequence(op) => one(|call| arrange::sequence(op, call)),
        Op::Meshgrid(op) => Box::new(|call| arrange::meshgrid(op, call)),
        Op::Shift(op) => one(|call| arrange::shift(op, call)),
        Op::BroadcastTo(op) => one(|call| arrange::broadcast_to(op, call)),
        Op::MatrixDiag(_) => one(arrange::diagonal_matrix),
        Op::MatrixDiagPart(_) => one(arrange::diagonal),
        Op::CElu(op) => one(|call| elementwise::celu(op, call)),
        Op::AddN(_) => one(|call| elementwise::many(call, Tensor::f_add)),
        Op::MulN(_) => one(|call| elementwise::many(call, Tensor::f_mul)),
        Op::Loss(op) => one(|call| loss::loss(op, call)),
        Op::Accumulate(op) => one(|call| reduce::accumulate(op, call)),
        Op::NormNormalization(op) => one(|call| rescale::by_norm(op, call)),
        Op::WeightStandardization(op) => one(|call| rescale::weight(op, call)),
        Op::MeanSubtraction(_) => one(rescale::without_mean),
        Op::Gather(op) => one(|call| select::gather(op, call)),
        Op::GatherNd(_) => one(select::gather_nd),
        Op::OneHot(op) => one(|call| select::one_hot(op, call)),
        Op::Where(_) => one(select::where_),
        Op::Sort(op) => Box::new(|call| select::sort(op, call)),
        Op::AffineGrid(op) => one(|call| warp::affine_grid(op, call)),
        Op::WarpByGrid(op) => one(|call| warp::warp_by_grid(op, call)),
        Op::ImageAugmentation(op) => one(|call| augmentation::augment(op, call)),
        // Training alone moves and mirrors.
        Op::RandomErase(_) | Op::RandomFlip(_) | Op::RandomShift(_) => one(|call| Ok(call.input(0)?.shallow_clone())),
        Op::BinaryConnectAffine(op) => one(|call| binary_weight::connect_affine(op, call)),
        Op::BinaryConnectConvolution(op) => one(|call| binary_weight::connect_convolution(op, call)),
        Op::BinaryWeightAffine(op) => one(|call| binary_weight::scaled_affine(op, call)),
        Op::BinaryWeightConvolution(op) => one(|call| binary_weight::scaled_convolution(op, call)),
        Op::Rand(op) => one(|call| noise::uniform(op, call)),
        Op::Randn(op) => one(|call| noise::normal(op, call)),
        Op::VatNoise(op) => one(|call| noise::of_length(op, call)),
        _ => return None,
    })
}
