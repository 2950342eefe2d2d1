//! DepthwiseConvolution and DepthwiseDeconvolution: every channel has its own kernel.

use super::{
    convolution::{Window, split},
    shape::Inputs,
};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Inputs x (B…, C, spatial…), W (C·multiplier, kernel…) and an optional bias (C·multiplier).
#[derive(Clone, Debug, PartialEq)]
pub struct DepthwiseConvolution {
    /// Number of leading batch axes.
    pub base_axis: i64,
    /// Zeros added on both sides of each spatial axis.
    pub pad: Vec<i64>,
    /// Step of the kernel on each spatial axis.
    pub stride: Vec<i64>,
    /// Distance of kernel elements on each spatial axis.
    pub dilation: Vec<i64>,
    /// Outputs per input channel.
    pub multiplier: i64,
}

impl DepthwiseConvolution {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            base_axis: fields.int("base_axis")?,
            pad: fields.shape("pad")?,
            stride: fields.shape("stride")?,
            dilation: fields.shape("dilation")?,
            multiplier: fields.int("multiplier")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("base_axis", self.base_axis);
        out.push_shape("pad", &self.pad);
        out.push_shape("stride", &self.stride);
        out.push_shape("dilation", &self.dilation);
        out.push_int("multiplier", self.multiplier);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
}

/// Inputs x (B…, C, spatial…), W (C, kernel…) and an optional bias (C/divisor).
#[derive(Clone, Debug, PartialEq)]
pub struct DepthwiseDeconvolution {
    /// Number of leading batch axes.
    pub base_axis: i64,
    /// Border removed on both sides of each spatial axis of the output.
    pub pad: Vec<i64>,
    /// Distance of neighbouring inputs in the output.
    pub stride: Vec<i64>,
    /// Distance of kernel elements on each spatial axis.
    pub dilation: Vec<i64>,
    /// Neighbouring input channels summed into one output.
    pub divisor: i64,
}

impl DepthwiseDeconvolution {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self {
            base_axis: fields.int("base_axis")?,
            pad: fields.shape("pad")?,
            stride: fields.shape("stride")?,
            dilation: fields.shape("dilation")?,
            divisor: fields.int("divisor")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_int("base_axis", self.base_axis);
        out.push_shape("pad", &self.pad);
        out.push_shape("stride", &self.stride);
        out.push_shape("dilation", &self.dilation);
        out.push_int("divisor", self.divisor);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
}

/// Splits W into its channels and its kernel.
fn kernel<'a>(inputs: &Inputs<'a>) -> Result<(usize, &'a [usize]), ShapeError> {
    inputs.count(2..=3, "x, W and an optional bias")?;
    match inputs.get(1)?.split_first() {
        Some((&channels, kernel)) if !kernel.is_empty() => Ok((channels, kernel)),
        _ => Err(inputs.wrong_rank(1, "at least 2")),
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
