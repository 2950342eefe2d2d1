//! Which file writes the operators of a function.

use nnp::Op;

use super::call::Call;
use super::graph::{Graph, Value};
use super::{arrange, choose, elementwise, matrix, normalization, reduce, spatial};
use crate::error::{Missing, OnnxError};

/// Adds the operators of a function and returns its outputs.
pub(super) fn write(graph: &mut Graph, call: &Call<'_>) -> Result<Vec<String>, OnnxError> {
    let one = |value: String| Ok(vec![value]);
    match &call.op {
        Op::Affine(op) => one(matrix::affine(graph, call, op)?),
        Op::BatchMatmul(op) => one(matrix::batch_matmul(graph, call, op)),
        Op::Convolution(op) => one(spatial::convolution(graph, call, op)?),
        Op::DepthwiseConvolution(op) => one(spatial::depthwise(graph, call, op)?),
        Op::Deconvolution(op) => one(spatial::deconvolution(graph, call, op)?),
        Op::DepthwiseDeconvolution(op) => one(spatial::depthwise_deconvolution(graph, call, op)?),
        Op::Pooling(op) => one(spatial::pooling(graph, call, op)?),
        Op::GlobalAveragePooling(_) => one(graph.op("GlobalAveragePool", &[call.input(0)], &[])),
        Op::Unpooling(op) => one(spatial::unpooling(graph, call, op)?),
        Op::Interpolate(op) => one(spatial::interpolate(graph, call, op)?),
        Op::BatchNormalization(op) => one(normalization::batch(graph, call, op)?),
        Op::FusedBatchNormalization(op) => one(normalization::fused(graph, call, op)?),
        Op::SampleNormalization(op) => one(normalization::sample(graph, call, op)?),
        Op::Unary(op) => one(elementwise::unary(graph, call.input(0), *op)),
        Op::CRelu(op) => one(elementwise::crelu(graph, call, op.axis)),
        Op::CElu(op) => one(elementwise::celu(graph, call, op)),
        Op::PRelu(op) => one(elementwise::prelu(graph, call, op)?),
        Op::Softmax(op) => one(elementwise::softmax(graph, call, op)),
        Op::Dropout(op) if !op.output_mask => one(call.input(0).to_owned()),
        Op::Binary(op) => one(elementwise::binary(graph, call, op.kind)?),
        Op::Scalar(op) => one(elementwise::scalar(graph, call.input(0), op)),
        Op::Reduce(op) => reduce::reduce(graph, call, op),
        Op::Norm(op) => one(reduce::norm(graph, call, op)),
        Op::Accumulate(op) if !op.product => one(reduce::accumulate(graph, call, op)?),
        Op::Embed(_) => one(choose::embed(graph, call)),
        Op::TopKData(op) => choose::top_k(graph, call, op),
        Op::Gather(op) if op.batch_dims == 0 => one(choose::gather(graph, call, op)),
        Op::Gather(op) if choose::is_of_elements(call, op) => one(choose::gather_elements(graph, call, op)),
        Op::GatherNd(_) => one(choose::gather_nd(graph, call)),
        Op::OneHot(op) => one(choose::one_hot(graph, call, op)?),
        Op::Where(_) => one(choose::where_(graph, call)?),
        Op::Sort(op) => choose::sort(graph, call, op),
        Op::Concatenate(op) => one(graph.op("Concat", &call.inputs(), &[("axis", Value::Int(call.axis(op.axis)))])),
        Op::Stack(op) => one(arrange::stack(graph, call, op)),
        Op::Split(op) => arrange::split(graph, call, op),
        Op::AddN(_) => one(graph.op("Sum", &call.inputs(), &[])),
        Op::MulN(_) => one(elementwise::product(graph, call)),
        Op::Slice(op) => one(arrange::slice(graph, call, op)?),
        Op::Pad(op) => one(arrange::pad(graph, call, op)),
        Op::Transpose(op) => one(arrange::transpose(graph, call, op)),
        Op::Reshape(_) => one(call.reshape(graph, call.input(0), call.output_shape(0))?),
        Op::Broadcast(_) => one(arrange::broadcast(graph, call)?),
        Op::BroadcastTo(op) => one(arrange::broadcast_to(graph, call, op)?),
        Op::Flip(op) => one(arrange::flip(graph, call, op)),
        Op::Tile(op) => one(arrange::tile(graph, call, op)?),
        Op::Constant(op) => one(arrange::constant(graph, call, op.val)?),
        Op::Sequence(op) => one(arrange::sequence(graph, call, op)?),
        Op::Gather(_) | Op::Dropout(_) | Op::Accumulate(_) => Err(call.missing(Missing::Arguments)),
        _ => Err(call.missing(Missing::Function)),
    }
}
