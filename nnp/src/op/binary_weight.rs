//! Affine and Convolution whose weights count as −1 or 1 only. The weights that training moves are in the file, beside the
//! binary ones (and, for BinaryWeight, their scales) that nnabla makes of them again whenever it runs.

use super::{
    affine::Affine,
    convolution::Convolution,
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Affine with sign(W): inputs x, W, the binary W and an optional bias.
    pub struct BinaryConnectAffine: "BinaryConnectAffine" in "binary_connect_affine_param" {
        /// First axis of x that is not batch.
        base_axis: int,
        /// What a weight of 0 counts as.
        quantize_zero_to: float,
    }
}

function! {
    /// Affine with sign(W) times the mean of |W| of each output: inputs x, W, the binary W, the means and an optional bias.
    pub struct BinaryWeightAffine: "BinaryWeightAffine" in "binary_weight_affine_param" {
        /// First axis of x that is not batch.
        base_axis: int,
        /// What a weight of 0 counts as.
        quantize_zero_to: float,
    }
}

function! {
    /// Convolution with sign(W): inputs x, W, the binary W and an optional bias.
    pub struct BinaryConnectConvolution: "BinaryConnectConvolution" in "binary_connect_convolution_param" {
        /// Number of leading batch axes.
        base_axis: int,
        /// Zeros added on both sides of each spatial axis.
        pad: shape,
        /// Step of the kernel on each spatial axis.
        stride: shape,
        /// Distance of kernel elements on each spatial axis.
        dilation: shape,
        /// Blocks of channels that do not see each other.
        group: int,
        /// What a weight of 0 counts as.
        quantize_zero_to: float,
    }
}

function! {
    /// Convolution with sign(W) times the mean of |W| of each output channel: inputs x, W, the binary W, the means and an
    /// optional bias.
    pub struct BinaryWeightConvolution: "BinaryWeightConvolution" in "binary_weight_convolution_param" {
        /// Number of leading batch axes.
        base_axis: int,
        /// Zeros added on both sides of each spatial axis.
        pad: shape,
        /// Step of the kernel on each spatial axis.
        stride: shape,
        /// Distance of kernel elements on each spatial axis.
        dilation: shape,
        /// Blocks of channels that do not see each other.
        group: int,
        /// What a weight of 0 counts as.
        quantize_zero_to: float,
    }
}

impl BinaryConnectAffine {
    /// The function that runs on the binary weights.
    pub fn plain(&self) -> Affine {
        Affine { base_axis: self.base_axis }
    }
}

impl BinaryWeightAffine {
    /// The function that runs on the scaled binary weights.
    pub fn plain(&self) -> Affine {
        Affine { base_axis: self.base_axis }
    }
}

impl BinaryConnectConvolution {
    /// The function that runs on the binary weights.
    pub fn plain(&self) -> Convolution {
        let Self { base_axis, pad, stride, dilation, group, .. } = self.clone();
        Convolution { base_axis, pad, stride, dilation, group, channel_last: false }
    }
}

impl BinaryWeightConvolution {
    /// The function that runs on the scaled binary weights.
    pub fn plain(&self) -> Convolution {
        let Self { base_axis, pad, stride, dilation, group, .. } = self.clone();
        Convolution { base_axis, pad, stride, dilation, group, channel_last: false }
    }
}

/// The shape rule of `plain` without the `kept` inputs between W and the bias, of which the first has the shape of W.
fn infer(plain: &impl Rules, kept: usize, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
    let expected = if kept == 1 {
        "x, W, the binary W and an optional bias"
    } else {
        "x, W, the binary W, its scales and an optional bias"
    };
    inputs.count(2 + kept..=3 + kept, expected)?;
    inputs.shape(2, inputs.get(1)?)?;
    let of_plain: Vec<&[usize]> =
        inputs.shapes.iter().take(2).chain(inputs.shapes.iter().skip(2 + kept)).copied().collect();
    plain.infer(Inputs { op: inputs.op, shapes: &of_plain })
}

/// As [`infer`], with one scale for each of the outputs that `of_weight` counts.
fn infer_scaled(
    plain: &impl Rules,
    inputs: Inputs<'_>,
    of_weight: impl Fn(&[usize]) -> &[usize],
) -> Result<Vec<usize>, ShapeError> {
    let output = infer(plain, 2, inputs)?;
    let scales = inputs.elements(of_weight(inputs.get(1)?))?;
    if inputs.elements(inputs.get(3)?)? != scales {
        return Err(inputs.wrong_shape(3, format!("{scales} scales")));
    }
    Ok(output)
}

impl Rules for BinaryConnectAffine {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        infer(&self.plain(), 1, inputs)
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        self.plain().cost(work)
    }
}

impl Rules for BinaryWeightAffine {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        infer_scaled(&self.plain(), inputs, |weight| weight.get(1..).unwrap_or_default())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        self.plain().cost(work)
    }
}

impl Rules for BinaryConnectConvolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        infer(&self.plain(), 1, inputs)
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        self.plain().cost(work)
    }
}

impl Rules for BinaryWeightConvolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        infer_scaled(&self.plain(), inputs, |weight| weight.get(..1).unwrap_or_default())
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        self.plain().cost(work)
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        let affine = "base_axis: 1 quantize_zero_to: 1.0";
        let convolution = "base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } \
                           group: 1 quantize_zero_to: 1.0";
        check(&[
            ("BinaryConnectAffine", affine, &[&[2, 8], &[8, 5], &[8, 5], &[5]], Ok(&[2, 5])),
            (
                "BinaryConnectAffine",
                affine,
                &[&[2, 8], &[8, 5], &[5]],
                Err("input 2 of BinaryConnectAffine has shape [5], expected [8, 5]"),
            ),
            ("BinaryWeightAffine", affine, &[&[2, 8], &[8, 5], &[8, 5], &[5], &[5]], Ok(&[2, 5])),
            (
                "BinaryWeightAffine",
                affine,
                &[&[2, 8], &[8, 5], &[8, 5], &[8]],
                Err("input 3 of BinaryWeightAffine has shape [8], expected 5 scales"),
            ),
            (
                "BinaryConnectConvolution",
                convolution,
                &[&[2, 1, 5, 5], &[4, 1, 3, 3], &[4, 1, 3, 3]],
                Ok(&[2, 4, 3, 3]),
            ),
            (
                "BinaryWeightConvolution",
                convolution,
                &[&[2, 1, 5, 5], &[4, 1, 3, 3], &[4, 1, 3, 3], &[4], &[4]],
                Ok(&[2, 4, 3, 3]),
            ),
            (
                "BinaryWeightConvolution",
                convolution,
                &[&[2, 1, 5, 5], &[4, 1, 3, 3], &[4, 1, 3, 3]],
                Err(
                    "BinaryWeightConvolution has 3 inputs, expected x, W, the binary W, its scales and an optional bias",
                ),
            ),
        ]);
    }
}
