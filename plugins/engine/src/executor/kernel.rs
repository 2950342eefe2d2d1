//! The function types on libtorch: one file per group, and here the table that finds it.
//!
//! Every call is fallible, since shapes and sizes come out of files. Numbers follow nnabla where libtorch differs; each
//! such place says so.

mod convolution;
mod elementwise;
mod layout;
mod matrix;
mod normalization;
mod pooling;
mod reduce;
mod resize;
mod spatial;

use nnp::Op;
use tch::{Device, TchError, Tensor};

/// What a function is given.
pub(super) struct Call<'a> {
    /// Inputs in the order of the function type.
    pub(super) inputs: &'a [&'a Tensor],
    /// Where results belong.
    pub(super) device: Device,
    /// Whether the result may overwrite the first input.
    pub(super) in_place: bool,
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

/// Says why a function cannot be run, before anything is.
pub(super) fn check(op: &Op) -> Result<(), String> {
    match op {
        Op::Pooling(op) => pooling::check(op),
        Op::Dropout(_) => Ok(()),
        Op::Other { .. } => Err("this function type is not supported".into()),
        _ => Ok(()),
    }
}

/// Runs a function and returns its outputs in order.
pub(super) fn run(op: &Op, call: &Call<'_>) -> Result<Vec<Tensor>, TchError> {
    let single = match op {
        Op::Affine(op) => matrix::affine(op, call),
        Op::BatchMatmul(op) => matrix::batch_matmul(op, call),
        Op::Convolution(op) => convolution::convolution(op, call),
        Op::DepthwiseConvolution(op) => convolution::depthwise(op, call),
        Op::Deconvolution(op) => convolution::deconvolution(op, call),
        Op::DepthwiseDeconvolution(op) => convolution::depthwise_deconvolution(op, call),
        Op::Pooling(op) => pooling::pooling(op, call),
        Op::GlobalAveragePooling => call.input(0)?.f_mean_dim([2_i64, 3].as_slice(), true, None),
        Op::Unpooling(op) => resize::unpooling(op, call),
        Op::Interpolate(op) => resize::interpolate(op, call),
        Op::BatchNormalization(op) => normalization::batch_normalization(op, call),
        Op::FusedBatchNormalization(op) => normalization::fused(op, call),
        Op::Unary(op) => elementwise::unary(*op, call),
        Op::PRelu(op) => elementwise::prelu(op, call),
        Op::Binary(op) => elementwise::binary(op.kind, call),
        Op::Scalar(op) => elementwise::scalar(op, call),
        Op::Softmax(op) => elementwise::softmax(op, call),
        // nnabla drops elements by chance when it runs a stored network as well; a score must not depend on chance.
        Op::Dropout(_) => Ok(call.input(0)?.shallow_clone()),
        Op::Reduce(op) => return reduce::reduce(op, call),
        Op::Norm(op) => reduce::norm(op, call),
        Op::Concatenate(op) => Tensor::f_cat(call.inputs, op.axis),
        Op::Stack(op) => Tensor::f_stack(call.inputs, op.axis),
        Op::Split(op) => return call.input(0)?.f_unbind(op.axis),
        Op::Slice(op) => layout::slice(op, call),
        Op::Pad(op) => layout::pad(op, call),
        Op::Transpose(op) => call.input(0)?.f_permute(op.axes.as_slice()),
        Op::Broadcast(op) => call.input(0)?.f_broadcast_to(op.shape.as_slice()),
        Op::Reshape(op) => call.input(0)?.f_reshape(op.shape.as_slice()),
        Op::Flip(op) => call.input(0)?.f_flip(op.axes.as_slice()),
        Op::Tile(op) => layout::tile(op, call),
        Op::Constant(op) => {
            Tensor::f_full(op.shape.as_slice(), f64::from(op.val), (tch::Kind::Float, call.device))
        }
        // `check` refused it when the network was compiled.
        _ => Err(TchError::Kind(format!("{} is not supported", op.type_name()))),
    }?;
    Ok(vec![single])
}
