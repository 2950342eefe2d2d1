//! Function types: one struct or variant each, with its arguments, their text and the shape rule.
//!
//! To add a type, write a file under `op/` with the struct and its `read`, `write` and `infer`, add a variant here and
//! one line to `TYPES`. A type that is not listed survives a read and a write as [`Op::Other`]; only running it is an error.
//!
//! Axes may count from the end where they are negative, as in nnabla. Shapes are given with the literal batch.

mod accumulate;
mod affine;
mod arrange;
mod binary;
mod choose;
mod constant;
mod convolution;
mod crelu;
mod deconvolution;
mod depthwise;
mod dropout;
mod embed;
mod interpolate;
mod layout;
mod loss;
mod matmul;
mod normalization;
mod pad;
mod pooling;
mod prelu;
mod reduce;
mod rescale;
mod sample_normalization;
mod scalar;
mod shape;
mod slice;
mod softmax;
mod stacking;
mod top_k;
mod unary;
mod warp;

pub(crate) use shape::elements;

pub use accumulate::Accumulate;
pub use affine::Affine;
pub use arrange::{Border, Meshgrid, Sequence, Shift};
pub use binary::{Binary, BinaryKind};
pub use choose::{Gather, OneHot, Sort};
pub use constant::Constant;
pub use convolution::Convolution;
pub use crelu::{CElu, CRelu};
pub use deconvolution::Deconvolution;
pub use depthwise::{DepthwiseConvolution, DepthwiseDeconvolution};
pub use dropout::Dropout;
pub use interpolate::{Interpolate, InterpolateMode};
pub use layout::{Broadcast, BroadcastTo, Flip, Reshape, Tile, Transpose};
pub use loss::Loss;
pub use matmul::BatchMatmul;
pub use normalization::{BatchNormalization, FusedBatchNormalization};
pub use pad::{Pad, PadMode};
pub use pooling::{Pooling, PoolingKind, Unpooling};
pub use prelu::PRelu;
pub use reduce::{Norm, Reduce, ReduceKind};
pub use rescale::{MeanSubtraction, NormNormalization, WeightStandardization};
pub use sample_normalization::{SampleNormalization, SampleNormalizationKind};
pub use scalar::{Scalar, ScalarKind};
pub use slice::Slice;
pub use softmax::Softmax;
pub use stacking::{Concatenate, Split, Stack};
pub use top_k::TopKData;
pub use unary::Unary;
pub use warp::{AffineGrid, WarpByGrid, WarpPadding};

use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};
use std::borrow::Cow;

/// What a function does, with its arguments.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// Matrix product plus bias.
    Affine(Affine),
    /// Convolution.
    Convolution(Convolution),
    /// Convolution of every channel alone.
    DepthwiseConvolution(DepthwiseConvolution),
    /// Transposed convolution.
    Deconvolution(Deconvolution),
    /// Transposed convolution of every channel alone.
    DepthwiseDeconvolution(DepthwiseDeconvolution),
    /// MaxPooling, AveragePooling or SumPooling.
    Pooling(Pooling),
    /// Mean over height and width of (B, C, H, W), which stay with extent 1.
    GlobalAveragePooling,
    /// Nearest-neighbour enlargement by whole factors.
    Unpooling(Unpooling),
    /// Batch normalisation.
    BatchNormalization(BatchNormalization),
    /// Batch normalisation, sum and ReLU in one.
    FusedBatchNormalization(FusedBatchNormalization),
    /// Layer, instance or group normalisation.
    SampleNormalization(SampleNormalization),
    /// One input, element by element.
    Unary(Unary),
    /// ReLU of both signs side by side.
    CRelu(CRelu),
    /// Leaky ReLU with a slope from the parameters.
    PRelu(PRelu),
    /// Softmax or LogSoftmax.
    Softmax(Softmax),
    /// Dropout.
    Dropout(Dropout),
    /// Two inputs, element by element.
    Binary(Binary),
    /// One input and a constant, element by element.
    Scalar(Scalar),
    /// Sum, Mean, Prod, Max or Min over axes.
    Reduce(Reduce),
    /// p-norm over axes.
    Norm(Norm),
    /// Matrix products.
    BatchMatmul(BatchMatmul),
    /// Rows of a table by index.
    Embed,
    /// The largest elements.
    TopKData(TopKData),
    /// Joins along an axis.
    Concatenate(Concatenate),
    /// Joins along a new axis.
    Stack(Stack),
    /// Takes apart along an axis.
    Split(Split),
    /// Cuts out a box.
    Slice(Slice),
    /// Adds a border.
    Pad(Pad),
    /// Reorders axes.
    Transpose(Transpose),
    /// Repeats axes of extent 1.
    Broadcast(Broadcast),
    /// Changes the shape.
    Reshape(Reshape),
    /// Reverses axes.
    Flip(Flip),
    /// Repeats as a whole.
    Tile(Tile),
    /// Resizes.
    Interpolate(Interpolate),
    /// One value everywhere.
    Constant(Constant),
    /// Arange or Linspace.
    Sequence(Sequence),
    /// ELU of both signs side by side.
    CElu(CElu),
    /// Sum of any number of inputs.
    AddN,
    /// Product of any number of inputs.
    MulN,
    /// A loss or error with arguments.
    Loss(Loss),
    /// CumSum or CumProd.
    Accumulate(Accumulate),
    /// Division by the p-norm over axes.
    NormNormalization(NormNormalization),
    /// Normalises the weights of every output channel.
    WeightStandardization(WeightStandardization),
    /// Subtracts a running mean.
    MeanSubtraction(MeanSubtraction),
    /// Elements along an axis by index.
    Gather(Gather),
    /// Slices by their coordinates.
    GatherNd,
    /// 1 at coordinates, 0 elsewhere.
    OneHot(OneHot),
    /// One of two inputs by a condition.
    Where,
    /// Sorts along an axis.
    Sort(Sort),
    /// Repeats one input to the shape of another.
    BroadcastTo(BroadcastTo),
    /// Moves elements along axes.
    Shift(Shift),
    /// Coordinates of a grid.
    Meshgrid(Meshgrid),
    /// A matrix from its diagonal.
    MatrixDiag,
    /// The diagonal of a matrix.
    MatrixDiagPart,
    /// Sampling points of an affine transformation.
    AffineGrid(AffineGrid),
    /// Elements at sampling points.
    WarpByGrid(WarpByGrid),
    /// A type that is not known here, or a function with fields that are not: kept as it was read.
    Other {
        /// The type.
        type_name: String,
        /// All fields of the function but its name, type, inputs and outputs.
        arguments: Message,
    },
}

/// Reads the arguments of a type; the type name tells relatives apart.
type Read = fn(&mut Fields<'_>, &str) -> Result<Op, TextError>;

/// A function type with arguments.
struct Type {
    name: &'static str,
    /// Field of the function message that holds the arguments.
    field: &'static str,
    read: Read,
}

/// Shortens the lines of [`TYPES`].
const fn known(name: &'static str, field: &'static str, read: Read) -> Type {
    Type { name, field, read }
}

/// Every type that has arguments in the text, and where they stand (NNC contract 7.4).
const TYPES: &[Type] = &[
    known("Affine", "affine_param", |f, _| Affine::read(f).map(Op::Affine)),
    known("Convolution", "convolution_param", |f, _| Convolution::read(f).map(Op::Convolution)),
    known("DepthwiseConvolution", "depthwise_convolution_param", |f, _| {
        DepthwiseConvolution::read(f).map(Op::DepthwiseConvolution)
    }),
    known("Deconvolution", "deconvolution_param", |f, _| Deconvolution::read(f).map(Op::Deconvolution)),
    known("DepthwiseDeconvolution", "depthwise_deconvolution_param", |f, _| {
        DepthwiseDeconvolution::read(f).map(Op::DepthwiseDeconvolution)
    }),
    known("MaxPooling", "max_pooling_param", |f, name| Pooling::read(f, name).map(Op::Pooling)),
    known("AveragePooling", "average_pooling_param", |f, name| Pooling::read(f, name).map(Op::Pooling)),
    known("SumPooling", "sum_pooling_param", |f, name| Pooling::read(f, name).map(Op::Pooling)),
    known("Unpooling", "unpooling_param", |f, _| Unpooling::read(f).map(Op::Unpooling)),
    known("BatchNormalization", "batch_normalization_param", |f, _| {
        BatchNormalization::read(f).map(Op::BatchNormalization)
    }),
    known("FusedBatchNormalization", "fused_batch_normalization_param", |f, _| {
        FusedBatchNormalization::read(f).map(Op::FusedBatchNormalization)
    }),
    known("ReLU", "relu_param", |f, _| Unary::relu(f).map(Op::Unary)),
    known("LeakyReLU", "leaky_relu_param", |f, _| Unary::leaky_relu(f).map(Op::Unary)),
    known("ELU", "elu_param", |f, _| Unary::elu(f).map(Op::Unary)),
    known("SELU", "selu_param", |f, _| Unary::selu(f).map(Op::Unary)),
    known("SoftPlus", "softplus_param", |f, _| Unary::soft_plus(f).map(Op::Unary)),
    known("Sign", "sign_param", |f, _| Unary::sign(f).map(Op::Unary)),
    known("GroupNormalization", "group_normalization_param", |f, name| {
        SampleNormalization::read(f, name).map(Op::SampleNormalization)
    }),
    known("InstanceNormalization", "instance_normalization_param", |f, name| {
        SampleNormalization::read(f, name).map(Op::SampleNormalization)
    }),
    known("LayerNormalization", "layer_normalization_param", |f, name| {
        SampleNormalization::read(f, name).map(Op::SampleNormalization)
    }),
    known("CReLU", "crelu_param", |f, _| CRelu::read(f).map(Op::CRelu)),
    known("TopKData", "top_k_data_param", |f, _| TopKData::read(f).map(Op::TopKData)),
    known("PReLU", "prelu_param", |f, _| PRelu::read(f).map(Op::PRelu)),
    known("Softmax", "softmax_param", |f, _| Softmax::read(f, false).map(Op::Softmax)),
    known("LogSoftmax", "log_softmax_param", |f, _| Softmax::read(f, true).map(Op::Softmax)),
    known("Dropout", "dropout_param", |f, _| Dropout::read(f).map(Op::Dropout)),
    known("Add2", "add2_param", |f, _| Binary::read(f, BinaryKind::Add2).map(Op::Binary)),
    known("Sub2", "sub2_param", |f, _| Binary::read(f, BinaryKind::Sub2).map(Op::Binary)),
    known("Mul2", "mul2_param", |f, _| Binary::read(f, BinaryKind::Mul2).map(Op::Binary)),
    known("Div2", "div2_param", |f, _| Binary::read(f, BinaryKind::Div2).map(Op::Binary)),
    known("Pow2", "pow2_param", |f, _| Binary::read(f, BinaryKind::Pow2).map(Op::Binary)),
    known("AddScalar", "add_scalar_param", |f, _| Scalar::read(f, ScalarKind::AddScalar).map(Op::Scalar)),
    known("MulScalar", "mul_scalar_param", |f, _| Scalar::read(f, ScalarKind::MulScalar).map(Op::Scalar)),
    known("PowScalar", "pow_scalar_param", |f, _| Scalar::read(f, ScalarKind::PowScalar).map(Op::Scalar)),
    known("RSubScalar", "r_sub_scalar_param", |f, _| Scalar::read(f, ScalarKind::RSubScalar).map(Op::Scalar)),
    known("RDivScalar", "r_div_scalar_param", |f, _| Scalar::read(f, ScalarKind::RDivScalar).map(Op::Scalar)),
    known("RPowScalar", "r_pow_scalar_param", |f, _| Scalar::read(f, ScalarKind::RPowScalar).map(Op::Scalar)),
    known("MaximumScalar", "maximum_scalar_param", |f, _| Scalar::read(f, ScalarKind::MaximumScalar).map(Op::Scalar)),
    known("MinimumScalar", "minimum_scalar_param", |f, _| Scalar::read(f, ScalarKind::MinimumScalar).map(Op::Scalar)),
    known("Sum", "sum_param", |f, _| Reduce::read(f, ReduceKind::Sum).map(Op::Reduce)),
    known("Mean", "mean_param", |f, _| Reduce::read(f, ReduceKind::Mean).map(Op::Reduce)),
    known("Prod", "prod_param", |f, _| Reduce::read(f, ReduceKind::Prod).map(Op::Reduce)),
    known("Max", "max_param", |f, _| Reduce::read(f, ReduceKind::Max).map(Op::Reduce)),
    known("Min", "min_param", |f, _| Reduce::read(f, ReduceKind::Min).map(Op::Reduce)),
    known("Norm", "norm_param", |f, _| Norm::read(f).map(Op::Norm)),
    known("BatchMatmul", "batch_matmul_param", |f, _| BatchMatmul::read(f).map(Op::BatchMatmul)),
    known("Concatenate", "concatenate_param", |f, _| Concatenate::read(f).map(Op::Concatenate)),
    known("Stack", "stack_param", |f, _| Stack::read(f).map(Op::Stack)),
    known("Split", "split_param", |f, _| Split::read(f).map(Op::Split)),
    known("Slice", "slice_param", |f, _| Slice::read(f).map(Op::Slice)),
    known("Pad", "pad_param", |f, _| Pad::read(f).map(Op::Pad)),
    known("Transpose", "transpose_param", |f, _| Transpose::read(f).map(Op::Transpose)),
    known("Broadcast", "broadcast_param", |f, _| Broadcast::read(f).map(Op::Broadcast)),
    known("Reshape", "reshape_param", |f, _| Reshape::read(f).map(Op::Reshape)),
    known("Flip", "flip_param", |f, _| Flip::read(f).map(Op::Flip)),
    known("Tile", "tile_param", |f, _| Tile::read(f).map(Op::Tile)),
    known("Interpolate", "interpolate_param", |f, _| Interpolate::read(f).map(Op::Interpolate)),
    known("Constant", "constant_param", |f, _| Constant::read(f).map(Op::Constant)),
    known("EqualScalar", "equal_scalar_param", |f, _| Scalar::read(f, ScalarKind::EqualScalar).map(Op::Scalar)),
    known("NotEqualScalar", "not_equal_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::NotEqualScalar).map(Op::Scalar)
    }),
    known("GreaterScalar", "greater_scalar_param", |f, _| Scalar::read(f, ScalarKind::GreaterScalar).map(Op::Scalar)),
    known("GreaterEqualScalar", "greater_equal_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::GreaterEqualScalar).map(Op::Scalar)
    }),
    known("LessScalar", "less_scalar_param", |f, _| Scalar::read(f, ScalarKind::LessScalar).map(Op::Scalar)),
    known("LessEqualScalar", "less_equal_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::LessEqualScalar).map(Op::Scalar)
    }),
    known("LogicalAndScalar", "logical_and_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::LogicalAndScalar).map(Op::Scalar)
    }),
    known("LogicalOrScalar", "logical_or_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::LogicalOrScalar).map(Op::Scalar)
    }),
    known("LogicalXorScalar", "logical_xor_scalar_param", |f, _| {
        Scalar::read(f, ScalarKind::LogicalXorScalar).map(Op::Scalar)
    }),
    known("EpsilonInsensitiveLoss", "epsilon_insensitive_loss_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("HuberLoss", "huber_loss_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("SoftmaxCrossEntropy", "softmax_cross_entropy_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("CategoricalCrossEntropy", "categorical_cross_entropy_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("TopNError", "top_n_error_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("KLMultinomial", "kl_multinomial_param", |f, name| Loss::read(f, name).map(Op::Loss)),
    known("FixedPointQuantize", "fixed_point_quantize_param", |f, _| Unary::fixed_point_quantize(f).map(Op::Unary)),
    known("CELU", "celu_param", |f, _| CElu::read(f).map(Op::CElu)),
    known("CumSum", "cumsum_param", |f, _| Accumulate::read(f, false).map(Op::Accumulate)),
    known("CumProd", "cumprod_param", |f, _| Accumulate::read(f, true).map(Op::Accumulate)),
    known("NormNormalization", "norm_normalization_param", |f, _| {
        NormNormalization::read(f).map(Op::NormNormalization)
    }),
    known("WeightStandardization", "weight_standardization_param", |f, _| {
        WeightStandardization::read(f).map(Op::WeightStandardization)
    }),
    known("MeanSubtraction", "mean_subtraction_param", |f, _| MeanSubtraction::read(f).map(Op::MeanSubtraction)),
    known("Gather", "gather_param", |f, _| Gather::read(f).map(Op::Gather)),
    known("OneHot", "one_hot_param", |f, _| OneHot::read(f).map(Op::OneHot)),
    known("Sort", "sort_param", |f, _| Sort::read(f).map(Op::Sort)),
    known("BroadcastTo", "broadcast_to_param", |f, _| BroadcastTo::read(f).map(Op::BroadcastTo)),
    known("Shift", "shift_param", |f, _| Shift::read(f).map(Op::Shift)),
    known("Meshgrid", "meshgrid_param", |f, _| Meshgrid::read(f).map(Op::Meshgrid)),
    known("Arange", "arange_param", |f, _| Sequence::arange(f).map(Op::Sequence)),
    known("Linspace", "linspace_param", |f, _| Sequence::linspace(f).map(Op::Sequence)),
    known("AffineGrid", "affine_grid_param", |f, _| AffineGrid::read(f).map(Op::AffineGrid)),
    known("WarpByGrid", "warp_by_grid_param", |f, _| WarpByGrid::read(f).map(Op::WarpByGrid)),
];

/// Field of the function message that holds the arguments, for types that have them.
pub(crate) fn field(type_name: &str) -> Option<&'static str> {
    TYPES.iter().find(|known| known.name == type_name).map(|known| known.field)
}

/// Whether the type is known here, so that its arguments are checked and its output shape can be told.
pub fn is_known(type_name: &str) -> bool {
    field(type_name).is_some() || without_arguments(type_name).is_some()
}

/// The type without arguments that is called so.
fn without_arguments(type_name: &str) -> Option<Op> {
    match type_name {
        "GlobalAveragePooling" => Some(Op::GlobalAveragePooling),
        "Embed" => Some(Op::Embed),
        "AddN" => Some(Op::AddN),
        "MulN" => Some(Op::MulN),
        "GatherNd" => Some(Op::GatherNd),
        "Where" => Some(Op::Where),
        "MatrixDiag" => Some(Op::MatrixDiag),
        "MatrixDiagPart" => Some(Op::MatrixDiagPart),
        _ => Binary::plain(type_name).map(Op::Binary).or_else(|| Unary::plain(type_name).map(Op::Unary)),
    }
}

impl Op {
    /// Reads a type from its arguments, the content of its `…_param` field; an unknown type becomes [`Op::Other`].
    ///
    /// # Errors
    /// [`TextError`] for a field that the type does not have, or one with a wrong value.
    pub fn read(type_name: &str, arguments: &Message) -> Result<Self, TextError> {
        let mut fields = Fields::new(arguments, type_name);
        let op = if let Some(known) = TYPES.iter().find(|known| known.name == type_name) {
            (known.read)(&mut fields, type_name)?
        } else if let Some(op) = without_arguments(type_name) {
            op
        } else {
            return Ok(Self::Other { type_name: type_name.into(), arguments: arguments.clone() });
        };
        fields.finish()?;
        Ok(op)
    }

    /// Writes the arguments, the content of the `…_param` field; defaults of proto3 are left out.
    pub fn write(&self, out: &mut Message) {
        match self {
            Self::Affine(op) => op.write(out),
            Self::Convolution(op) => op.write(out),
            Self::DepthwiseConvolution(op) => op.write(out),
            Self::Deconvolution(op) => op.write(out),
            Self::DepthwiseDeconvolution(op) => op.write(out),
            Self::Pooling(op) => op.write(out),
            Self::GlobalAveragePooling | Self::Embed | Self::AddN | Self::MulN => {}
            Self::GatherNd | Self::Where | Self::MatrixDiag | Self::MatrixDiagPart => {}
            Self::SampleNormalization(op) => op.write(out),
            Self::CRelu(op) => op.write(out),
            Self::TopKData(op) => op.write(out),
            Self::Unpooling(op) => op.write(out),
            Self::BatchNormalization(op) => op.write(out),
            Self::FusedBatchNormalization(op) => op.write(out),
            Self::Unary(op) => op.write(out),
            Self::PRelu(op) => op.write(out),
            Self::Softmax(op) => op.write(out),
            Self::Dropout(op) => op.write(out),
            Self::Binary(op) => op.write(out),
            Self::Scalar(op) => op.write(out),
            Self::Reduce(op) => op.write(out),
            Self::Norm(op) => op.write(out),
            Self::BatchMatmul(op) => op.write(out),
            Self::Concatenate(op) => op.write(out),
            Self::Stack(op) => op.write(out),
            Self::Split(op) => op.write(out),
            Self::Slice(op) => op.write(out),
            Self::Pad(op) => op.write(out),
            Self::Transpose(op) => op.write(out),
            Self::Broadcast(op) => op.write(out),
            Self::Reshape(op) => op.write(out),
            Self::Flip(op) => op.write(out),
            Self::Tile(op) => op.write(out),
            Self::Interpolate(op) => op.write(out),
            Self::Constant(op) => op.write(out),
            Self::Sequence(op) => op.write(out),
            Self::CElu(op) => op.write(out),
            Self::Loss(op) => op.write(out),
            Self::Accumulate(op) => op.write(out),
            Self::NormNormalization(op) => op.write(out),
            Self::WeightStandardization(op) => op.write(out),
            Self::MeanSubtraction(op) => op.write(out),
            Self::Gather(op) => op.write(out),
            Self::OneHot(op) => op.write(out),
            Self::Sort(op) => op.write(out),
            Self::BroadcastTo(op) => op.write(out),
            Self::Shift(op) => op.write(out),
            Self::Meshgrid(op) => op.write(out),
            Self::AffineGrid(op) => op.write(out),
            Self::WarpByGrid(op) => op.write(out),
            Self::Other { arguments, .. } => out.fields.extend(arguments.fields.iter().cloned()),
        }
    }

    /// The type as the file calls it, such as `BatchNormalization`.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Affine(_) => "Affine",
            Self::Convolution(_) => "Convolution",
            Self::DepthwiseConvolution(_) => "DepthwiseConvolution",
            Self::Deconvolution(_) => "Deconvolution",
            Self::DepthwiseDeconvolution(_) => "DepthwiseDeconvolution",
            Self::Pooling(op) => op.kind.type_name(),
            Self::GlobalAveragePooling => "GlobalAveragePooling",
            Self::Unpooling(_) => "Unpooling",
            Self::BatchNormalization(_) => "BatchNormalization",
            Self::FusedBatchNormalization(_) => "FusedBatchNormalization",
            Self::Unary(op) => op.type_name(),
            Self::SampleNormalization(op) => op.type_name(),
            Self::CRelu(_) => "CReLU",
            Self::Embed => "Embed",
            Self::TopKData(_) => "TopKData",
            Self::PRelu(_) => "PReLU",
            Self::Softmax(op) => op.type_name(),
            Self::Dropout(_) => "Dropout",
            Self::Binary(op) => op.kind.type_name(),
            Self::Scalar(op) => op.kind.type_name(),
            Self::Reduce(op) => op.kind.type_name(),
            Self::Norm(_) => "Norm",
            Self::BatchMatmul(_) => "BatchMatmul",
            Self::Concatenate(_) => "Concatenate",
            Self::Stack(_) => "Stack",
            Self::Split(_) => "Split",
            Self::Slice(_) => "Slice",
            Self::Pad(_) => "Pad",
            Self::Transpose(_) => "Transpose",
            Self::Broadcast(_) => "Broadcast",
            Self::Reshape(_) => "Reshape",
            Self::Flip(_) => "Flip",
            Self::Tile(_) => "Tile",
            Self::Interpolate(_) => "Interpolate",
            Self::Constant(_) => "Constant",
            Self::Sequence(op) => op.type_name(),
            Self::CElu(_) => "CELU",
            Self::Loss(op) => op.type_name(),
            Self::Accumulate(op) => op.type_name(),
            Self::NormNormalization(_) => "NormNormalization",
            Self::WeightStandardization(_) => "WeightStandardization",
            Self::MeanSubtraction(_) => "MeanSubtraction",
            Self::Gather(_) => "Gather",
            Self::OneHot(_) => "OneHot",
            Self::Sort(_) => "Sort",
            Self::BroadcastTo(_) => "BroadcastTo",
            Self::Shift(_) => "Shift",
            Self::Meshgrid(_) => "Meshgrid",
            Self::AffineGrid(_) => "AffineGrid",
            Self::WarpByGrid(_) => "WarpByGrid",
            Self::AddN => "AddN",
            Self::MulN => "MulN",
            Self::GatherNd => "GatherNd",
            Self::Where => "Where",
            Self::MatrixDiag => "MatrixDiag",
            Self::MatrixDiagPart => "MatrixDiagPart",
            Self::Other { type_name, .. } => type_name,
        }
    }

    /// Shapes of the outputs for the given input shapes, batch included.
    ///
    /// # Errors
    /// [`ShapeError`] when inputs and arguments do not fit, or when the type is not known.
    pub fn infer(&self, inputs: &[&[usize]]) -> Result<Vec<Vec<usize>>, ShapeError> {
        let inputs = shape::Inputs { op: self.type_name(), shapes: inputs };
        let single = match self {
            Self::Affine(op) => op.infer(inputs),
            Self::Convolution(op) => op.infer(inputs),
            Self::DepthwiseConvolution(op) => op.infer(inputs),
            Self::Deconvolution(op) => op.infer(inputs),
            Self::DepthwiseDeconvolution(op) => op.infer(inputs),
            Self::Pooling(op) => op.infer(inputs),
            Self::GlobalAveragePooling => pooling::global_average(inputs),
            Self::Unpooling(op) => op.infer(inputs),
            Self::BatchNormalization(op) => op.infer(inputs),
            Self::FusedBatchNormalization(op) => op.infer(inputs),
            Self::Unary(op) => op.infer(inputs),
            Self::SampleNormalization(op) => op.infer(inputs),
            Self::CRelu(op) => op.infer(inputs),
            Self::Embed => embed::infer(inputs),
            Self::PRelu(op) => op.infer(inputs),
            Self::Softmax(op) => op.infer(inputs),
            Self::Binary(op) => op.infer(inputs),
            Self::Scalar(op) => op.infer(inputs),
            Self::Norm(op) => op.infer(inputs),
            Self::BatchMatmul(op) => op.infer(inputs),
            Self::Concatenate(op) => op.infer(inputs),
            Self::Stack(op) => op.infer(inputs),
            Self::Slice(op) => op.infer(inputs),
            Self::Pad(op) => op.infer(inputs),
            Self::Transpose(op) => op.infer(inputs),
            Self::Broadcast(op) => op.infer(inputs),
            Self::Reshape(op) => op.infer(inputs),
            Self::Flip(op) => op.infer(inputs),
            Self::Tile(op) => op.infer(inputs),
            Self::Interpolate(op) => op.infer(inputs),
            Self::Constant(op) => op.infer(inputs),
            Self::Sequence(op) => op.infer(inputs),
            Self::CElu(op) => op.infer(inputs),
            Self::Loss(op) => op.infer(inputs),
            Self::Accumulate(op) => op.infer(inputs),
            Self::NormNormalization(op) => op.infer(inputs),
            Self::WeightStandardization(op) => op.infer(inputs),
            Self::MeanSubtraction(op) => op.infer(inputs),
            Self::Gather(op) => op.infer(inputs),
            Self::OneHot(op) => op.infer(inputs),
            Self::BroadcastTo(op) => op.infer(inputs),
            Self::Shift(op) => op.infer(inputs),
            Self::AffineGrid(op) => op.infer(inputs),
            Self::WarpByGrid(op) => op.infer(inputs),
            Self::AddN | Self::MulN => stacking::alike(inputs),
            Self::GatherNd => choose::gather_nd(inputs),
            Self::Where => choose::where_(inputs),
            Self::MatrixDiag => arrange::matrix_diag(inputs),
            Self::MatrixDiagPart => arrange::matrix_diag_part(inputs),
            Self::Sort(op) => return op.infer(inputs),
            Self::Meshgrid(op) => return op.infer(inputs),
            Self::Dropout(op) => return op.infer(inputs),
            Self::TopKData(op) => return op.infer(inputs),
            Self::Reduce(op) => return op.infer(inputs),
            Self::Split(op) => return op.infer(inputs),
            Self::Other { .. } => Err(ShapeError::Unknown { op: inputs.op.into() }),
        }?;
        // A shape rule may multiply extents into one nobody can allocate, which no later step should have to fear.
        inputs.elements(&single)?;
        Ok(vec![single])
    }

    /// The function as it runs on `batch` rows of a network stored for `stored` rows.
    ///
    /// A first −1 of Reshape, Broadcast and Constant becomes `batch`. A Slice from 0 to `stored` on the first of all axes
    /// takes the whole batch, because nnabla stores the literal training batch there (NNC contract 7.5). Call this only
    /// where the input has the batch as its first axis; [`crate::Network::at_batch`] knows.
    pub fn at_batch(&self, stored: i64, batch: usize) -> Cow<'_, Self> {
        let Ok(rows) = i64::try_from(batch) else { return Cow::Borrowed(self) };
        let mut op = Cow::Borrowed(self);
        match self {
            Self::Reshape(Reshape { shape, .. })
            | Self::Broadcast(Broadcast { shape })
            | Self::Constant(Constant { shape, .. })
                if shape.first() == Some(&-1) =>
            {
                if let Self::Reshape(Reshape { shape, .. })
                | Self::Broadcast(Broadcast { shape })
                | Self::Constant(Constant { shape, .. }) = op.to_mut()
                    && let Some(first) = shape.first_mut()
                {
                    *first = rows;
                }
            }
            Self::Slice(Slice { start, stop, step })
                if start.first() == Some(&0) && stop.first() == Some(&stored) && step.first() == Some(&1) =>
            {
                if let Self::Slice(Slice { stop, .. }) = op.to_mut()
                    && let Some(first) = stop.first_mut()
                {
                    *first = rows;
                }
            }
            _ => {}
        }
        op
    }
}

macro_rules! from {
    ($($name:ident),*) => {
        $(impl From<$name> for Op {
            fn from(op: $name) -> Self {
                Self::$name(op)
            }
        })*
    };
}

from!(
    Affine,
    Convolution,
    DepthwiseConvolution,
    Deconvolution,
    DepthwiseDeconvolution,
    Pooling,
    Unpooling,
    BatchNormalization,
    FusedBatchNormalization,
    Unary,
    PRelu,
    Softmax,
    Dropout,
    SampleNormalization,
    CRelu,
    TopKData,
    Binary,
    Scalar,
    Reduce,
    Norm,
    BatchMatmul,
    Concatenate,
    Stack,
    Split,
    Slice,
    Pad,
    Transpose,
    Broadcast,
    Reshape,
    Flip,
    Tile,
    Interpolate,
    Constant,
    Sequence,
    CElu,
    Loss,
    Accumulate,
    NormNormalization,
    WeightStandardization,
    MeanSubtraction,
    Gather,
    OneHot,
    Sort,
    BroadcastTo,
    Shift,
    Meshgrid,
    AffineGrid,
    WarpByGrid
);
