//! Which file knows the functions that do what a node does.

mod arrange;
mod axes;
mod choose;
mod elementwise;
mod matrix;
mod normalization;
mod pairs;
mod pooling;
mod reduce;
mod resize;
mod spatial;

use crate::call::{Call, Value};
use crate::error::{ImportError, Lack};
use crate::fold;

/// Adds the functions of a node and returns its outputs, as many as are made.
pub(crate) fn write(call: &mut Call<'_, '_, '_>) -> Result<Vec<Value>, ImportError> {
    if !matches!(call.node.domain, "" | "ai.onnx") {
        return Err(call.lack(Lack::Domain(call.node.domain.to_owned())));
    }
    if let Some(known) = fold::fold(call)? {
        call.finish()?;
        return Ok(vec![Value::Fixed(known)]);
    }
    let made = outputs(call)?;
    call.finish()?;
    Ok(made)
}

fn outputs(call: &mut Call<'_, '_, '_>) -> Result<Vec<Value>, ImportError> {
    let op_type = call.node.op_type;
    let one = match op_type {
        "Split" => return axes::split(call),
        "TopK" => return choose::top_k(call),
        "Dropout" => arrange::dropout(call)?,
        "Identity" => call.value(0)?,
        "Constant" => arrange::constant(call)?,
        "ConstantOfShape" => arrange::constant_of_shape(call)?,
        "Shape" => arrange::shape(call)?,
        "Cast" => arrange::cast(call)?,
        "Reshape" => arrange::reshape(call)?,
        "Flatten" => arrange::flatten(call)?,
        "Squeeze" => arrange::squeeze(call)?,
        "Unsqueeze" => arrange::unsqueeze(call)?,
        "Expand" => arrange::expand(call)?,
        "Transpose" => axes::transpose(call)?,
        "Concat" => axes::concat(call)?,
        "Slice" => axes::slice(call)?,
        "Tile" => axes::tile(call)?,
        "Pad" => axes::pad(call)?,
        "DepthToSpace" => axes::depth_to_space(call)?,
        "SpaceToDepth" => axes::space_to_depth(call)?,
        "Gather" => choose::gather(call)?,
        "GatherND" => choose::gather_nd(call)?,
        "GatherElements" => choose::gather_elements(call)?,
        "OneHot" => choose::one_hot(call)?,
        "Where" => choose::where_(call)?,
        "Gemm" => matrix::gemm(call)?,
        "MatMul" => matrix::matmul(call)?,
        "Conv" => spatial::convolution(call)?,
        "ConvTranspose" => spatial::deconvolution(call)?,
        "MaxPool" | "AveragePool" => pooling::pooling(call)?,
        "GlobalAveragePool" | "GlobalMaxPool" => pooling::global(call)?,
        "Resize" => resize::resize(call)?,
        "BatchNormalization" => normalization::batch(call)?,
        "InstanceNormalization" => normalization::instance(call)?,
        "LayerNormalization" => normalization::layer(call)?,
        "GroupNormalization" => normalization::group(call)?,
        "ReduceSum" | "ReduceMean" | "ReduceProd" | "ReduceMax" | "ReduceMin" | "ReduceL1" | "ReduceL2"
        | "ReduceSumSquare" | "ReduceLogSum" => reduce::reduce(call)?,
        "ArgMax" | "ArgMin" => reduce::place(call)?,
        "CumSum" => reduce::running_sum(call)?,
        "Softmax" | "LogSoftmax" => reduce::softmax(call)?,
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual"
        | "And" | "Or" | "Xor" => pairs::pair(call)?,
        "Sum" | "Mean" | "Max" | "Min" => pairs::several(call)?,
        "PRelu" => pairs::prelu(call)?,
        _ => match elementwise::write(call)? {
            Some(made) => Value::Made(made),
            None => return Err(call.lack(Lack::Operator)),
        },
    };
    Ok(vec![one])
}
