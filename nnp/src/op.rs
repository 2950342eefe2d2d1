//! Function types: what each is called, its arguments, how they are written, the shape of its output and its cost.
//!
//! # Adding a function in three steps
//!
//! 1. **Declare it** in a file under `op/`, a new one or that of its relatives: `function!` with the struct, the type's
//!    name, the field that holds its arguments (contract 7.4) and the arguments. That is its type, its fields and its text.
//! 2. **Say what follows** in `impl Rules for` that struct: `infer` is the shape rule, `cost` the arithmetic (none unless
//!    you say otherwise).
//! 3. **Register it**: one line in `functions!` below (and the `mod` line of a new file). Parser, printer, shape inference,
//!    [`NetworkBuilder`](crate::NetworkBuilder), `nnc-host nnp show` and the costs of the status file know it from there.
//!
//! `op/added.rs` is an example of exactly that, which only the tests of this crate register. **Running** a function is not
//! this crate's work: the engine's kernel file does it, one arm in `plugins/engine/src/executor/kernel.rs` and its code in a
//! file under `plugins/engine/src/executor/kernel`. As ONNX it is written by an arm under `nnp/onnx/src/export`. Last, add its row to `docs/nnp-functions.md`; tests keep that table true.
//!
//! A family of types that share their rules is one enum, made by `family!` with a line for each type; see `op/unary.rs`
//! (types with arguments of their own) and `op/binary.rs` (a struct whose `kind` is the enum). An argument that is one of
//! some words is an enum made by `words!`, as in `op/pad.rs`.
//!
//! A type that is not registered survives a read and a write as [`Op::Other`]; only running it is an error.
//!
//! Axes may count from the end where they are negative, as in nnabla. Shapes are given with the literal batch.

mod accumulate;
#[cfg(test)]
mod added;
mod affine;
mod arrange;
mod augmentation;
mod binary;
mod binary_weight;
mod choose;
mod constant;
mod convolution;
mod crelu;
mod declare;
mod deconvolution;
mod depthwise;
mod dropout;
mod embed;
mod function;
mod interpolate;
mod layout;
mod loss;
mod matmul;
mod noise;
mod normalization;
mod operations;
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

pub(crate) use operations::count;
pub(crate) use shape::elements;

pub use arrange::Border;
pub use augmentation::ShiftBorder;
pub use binary::BinaryKind;
pub use interpolate::InterpolateMode;
pub use operations::{Operations, Work};
pub use pad::PadMode;
pub use pooling::PoolingKind;
pub use reduce::ReduceKind;
pub use sample_normalization::SampleNormalizationKind;
pub use scalar::ScalarKind;
pub use warp::WarpPadding;

use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};
use declare::functions;
use function::{Arguments, Rules};
use std::borrow::Cow;

functions! {
    affine::Affine,
    convolution::Convolution,
    depthwise::DepthwiseConvolution,
    deconvolution::Deconvolution,
    depthwise::DepthwiseDeconvolution,
    pooling::Pooling,
    pooling::GlobalAveragePooling,
    pooling::Unpooling,
    normalization::BatchNormalization,
    normalization::FusedBatchNormalization,
    sample_normalization::SampleNormalization,
    unary::Unary,
    crelu::CRelu,
    crelu::CElu,
    prelu::PRelu,
    softmax::Softmax,
    dropout::Dropout,
    binary::Binary,
    scalar::Scalar,
    reduce::Reduce,
    reduce::Norm,
    matmul::BatchMatmul,
    embed::Embed,
    top_k::TopKData,
    stacking::Concatenate,
    stacking::Stack,
    stacking::Split,
    stacking::AddN,
    stacking::MulN,
    slice::Slice,
    pad::Pad,
    layout::Transpose,
    layout::Broadcast,
    layout::BroadcastTo,
    layout::Reshape,
    layout::Flip,
    layout::Tile,
    interpolate::Interpolate,
    constant::Constant,
    arrange::Sequence,
    arrange::Meshgrid,
    arrange::Shift,
    arrange::MatrixDiag,
    arrange::MatrixDiagPart,
    loss::Loss,
    accumulate::Accumulate,
    rescale::NormNormalization,
    rescale::WeightStandardization,
    rescale::MeanSubtraction,
    choose::Gather,
    choose::GatherNd,
    choose::OneHot,
    choose::Where,
    choose::Sort,
    warp::AffineGrid,
    warp::WarpByGrid,
    augmentation::ImageAugmentation,
    augmentation::RandomErase,
    augmentation::RandomFlip,
    augmentation::RandomShift,
    binary_weight::BinaryConnectAffine,
    binary_weight::BinaryConnectConvolution,
    binary_weight::BinaryWeightAffine,
    binary_weight::BinaryWeightConvolution,
    noise::Rand,
    noise::Randn,
    noise::VatNoise,
    #[cfg(test)]
    added::Smear,
}

type Read = dyn Fn(&mut Fields<'_>) -> Result<Op, TextError>;

/// A type that `functions!` lists.
struct Registered {
    /// Field of the function message that holds the arguments, for types that have them.
    field: Option<&'static str>,
    read: Box<Read>,
}

/// Field of the function message that holds the arguments, for types that have them.
pub(crate) fn field(type_name: &str) -> Option<&'static str> {
    find(type_name)?.field
}

/// Whether the type is known here, so that its arguments are checked and its output shape can be inferred.
pub fn is_known(type_name: &str) -> bool {
    find(type_name).is_some()
}

impl Op {
    /// Reads a type from its arguments, the content of its `…_param` field; an unknown type becomes [`Op::Other`].
    ///
    /// # Errors
    /// [`TextError`] for a field that the type does not have, or one with a wrong value.
    pub fn read(type_name: &str, arguments: &Message) -> Result<Self, TextError> {
        let Some(found) = find(type_name) else {
            return Ok(Self::Other { type_name: type_name.into(), arguments: arguments.clone() });
        };
        let mut fields = Fields::new(arguments, type_name);
        let op = (found.read)(&mut fields)?;
        fields.finish()?;
        Ok(op)
    }

    /// Writes the arguments, the content of the `…_param` field; defaults of proto3 are left out.
    pub fn write(&self, out: &mut Message) {
        match (self, self.rules()) {
            (_, Some(rules)) => rules.write(out),
            (Self::Other { arguments, .. }, None) => out.fields.extend(arguments.fields.iter().cloned()),
            (_, None) => {}
        }
    }

    /// The type as the file calls it, such as `BatchNormalization`.
    pub fn type_name(&self) -> &str {
        match (self, self.rules()) {
            (Self::Other { type_name, .. }, _) => type_name,
            (_, rules) => rules.map_or("", Arguments::type_name),
        }
    }

    /// Shapes of the outputs for the given input shapes, batch included.
    ///
    /// # Errors
    /// [`ShapeError`] when inputs and arguments do not fit, or when the type is not known.
    pub fn infer(&self, inputs: &[&[usize]]) -> Result<Vec<Vec<usize>>, ShapeError> {
        let inputs = shape::Inputs { op: self.type_name(), shapes: inputs };
        let rules = self.rules().ok_or_else(|| ShapeError::Unknown { op: inputs.op.into() })?;
        let outputs = rules.infer_all(inputs)?;
        // A shape rule may multiply extents beyond what can be allocated; later steps rely on it that none is.
        outputs.iter().try_for_each(|output| inputs.elements(output).map(drop))?;
        Ok(outputs)
    }

    /// Arithmetic of one run on these shapes, by the textbook formula; none for a type that is not known.
    pub fn cost(&self, work: &Work<'_>) -> Operations {
        self.rules().map_or_else(Operations::default, |rules| rules.cost(work))
    }

    /// The function as it runs on `batch` rows of a network stored for `stored` rows.
    ///
    /// A first −1 of Reshape, Broadcast and Constant becomes `batch`. A Slice from 0 to `stored` on the first of all axes
    /// takes the whole batch, because nnabla stores the literal training batch there (contract 7.5). Call this only
    /// where the input has the batch as its first axis; [`crate::Network::at_batch`] knows.
    pub fn at_batch(&self, stored: i64, batch: usize) -> Cow<'_, Self> {
        let holds_batch = self.rules().is_some_and(|rules| rules.holds_batch(stored));
        match i64::try_from(batch) {
            Ok(rows) if holds_batch => {
                let mut op = self.clone();
                if let Some(rules) = op.rules_mut() {
                    rules.set_batch(rows);
                }
                Cow::Owned(op)
            }
            _ => Cow::Borrowed(self),
        }
    }
}
