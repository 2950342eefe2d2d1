//! DepthwiseConvolution and DepthwiseDeconvolution: every channel has its own kernel.

use super::{
    convolution::{Window, split},
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

function! {
    /// Inputs x (B…, C, spatial…), W (C·multiplier, kernel…) and an optional bias (C·multiplier).
    pub struct DepthwiseConvolution: "DepthwiseConvolution" in "depthwise_convolution_param" {
        /// Number of leading batch axes.
        base_axis: int,
        /// Zeros added on both sides of each spatial axis.
        pad: shape,
        /// Step of the kernel on each spatial axis.
        stride: shape,
        /// Distance of kernel elements on each spatial axis.
        dilation: shape,
        /// Outputs per input channel.
        multiplier: int,
    }
}

impl Rules for DepthwiseConvolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let (outer, kernel) = kernel(&inputs)?;
        let x = split(&inputs, self.base_axis, kernel.len(), false)?;
        let multiplier = inputs.extent("multiplier", self.multiplier, 1)?;
        if x.channels.checked_mul(multiplier) != Some(outer) {
            return Err(inputs.wrong_shape(1, format!("{} channels times {multiplier} first", x.channels)));
        }
        if inputs.shapes.len() == 3 {
            inputs.shape(2, &[outer])?;
        }
        let window = Window::read(&inputs, kernel.len(), &self.pad, &self.stride, &self.dilation)?;
        Ok(x.with(outer, &window.forward(&inputs, x.spatial, kernel)?))
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        // Every output is a product with one slice of the weight.
        Operations::multiply_add(work.outputs().saturating_mul(work.weight_slice()))
    }
}

function! {
    /// Inputs x (B…, C, spatial…), W (C, kernel…) and an optional bias (C/divisor).
    pub struct DepthwiseDeconvolution: "DepthwiseDeconvolution" in "depthwise_deconvolution_param" {
        /// Number of leading batch axes.
        base_axis: int,
        /// Border removed on both sides of each spatial axis of the output.
        pad: shape,
        /// Distance of neighbouring inputs in the output.
        stride: shape,
        /// Distance of kernel elements on each spatial axis.
        dilation: shape,
        /// Neighbouring input channels summed into one output.
        divisor: int,
    }
}

impl Rules for DepthwiseDeconvolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let (outer, kernel) = kernel(&inputs)?;
        let x = split(&inputs, self.base_axis, kernel.len(), false)?;
        let divisor = inputs.extent("divisor", self.divisor, 1)?;
        if x.channels != outer || !outer.is_multiple_of(divisor) {
            return Err(inputs.wrong_shape(1, format!("{} channels first, a multiple of {divisor}", x.channels)));
        }
        let outputs = outer / divisor;
        if inputs.shapes.len() == 3 {
            inputs.shape(2, &[outputs])?;
        }
        let window = Window::read(&inputs, kernel.len(), &self.pad, &self.stride, &self.dilation)?;
        Ok(x.with(outputs, &window.backward(&inputs, x.spatial, kernel)?))
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        // Every input is multiplied with one slice of the weight.
        Operations::multiply_add(work.input(0).saturating_mul(work.weight_slice()))
    }
}

/// Splits W into its channels and its kernel.
fn kernel<'a>(inputs: &Inputs<'a>) -> Result<(usize, &'a [usize]), ShapeError> {
    inputs.count(2..=3, "x, W and an optional bias")?;
    match inputs.get(1)?.split_first() {
        Some((&channels, kernel)) if !kernel.is_empty() => Ok((channels, kernel)),
        _ => Err(inputs.wrong_rank(1, Requirement::AtLeast(2))),
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        let window = "base_axis: 1 pad { dim: 1 dim: 1 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 }";
        let forward = format!("{window} multiplier: 2");
        let backward = format!("{window} divisor: 2");
        check(&[
            ("DepthwiseConvolution", &forward, &[&[2, 4, 9, 8], &[8, 3, 3], &[8]], Ok(&[2, 8, 9, 8])),
            (
                "DepthwiseConvolution",
                &forward,
                &[&[2, 4, 9, 8], &[4, 3, 3]],
                Err("input 1 of DepthwiseConvolution has shape [4, 3, 3], expected 4 channels times 2 first"),
            ),
            (
                "DepthwiseConvolution",
                &forward,
                &[&[2, 4, 9, 8], &[8]],
                Err("input 1 of DepthwiseConvolution has 1 axes, expected at least 2"),
            ),
            ("DepthwiseDeconvolution", &backward, &[&[2, 4, 9, 8], &[4, 3, 3], &[2]], Ok(&[2, 2, 9, 8])),
            (
                "DepthwiseDeconvolution",
                &backward,
                &[&[2, 3, 9, 8], &[3, 3, 3]],
                Err(
                    "input 1 of DepthwiseDeconvolution has shape [3, 3, 3], expected 3 channels first, a multiple of 2",
                ),
            ),
        ]);
    }
}
