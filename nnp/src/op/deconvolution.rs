//! Deconvolution, the transposed convolution.

use super::{
    convolution::{Weight, Window, split},
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Inputs x (B…, C, spatial…), W (C, O/group, kernel…) and an optional bias (O).
    ///
    /// With `channel_last` x is (B…, spatial…, C) and W is (C, kernel…, O/group).
    pub struct Deconvolution: "Deconvolution" in "deconvolution_param" {
        /// Number of leading batch axes.
        base_axis: int,
        /// Border removed on both sides of each spatial axis of the output.
        pad: shape,
        /// Distance of neighbouring inputs in the output.
        stride: shape,
        /// Distance of kernel elements on each spatial axis.
        dilation: shape,
        /// Blocks of channels that do not see each other.
        group: int,
        /// Channels are the last axis, not the first after the batch.
        channel_last: flag,
        /// Extra extent at the end of each spatial axis; empty means none.
        output_padding: shape_if_any,
    }
}

impl Rules for Deconvolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=3, "x, W and an optional bias")?;
        let weight = Weight::split(&inputs, self.channel_last)?;
        let count = weight.kernel.len();
        let x = split(&inputs, self.base_axis, count, self.channel_last)?;
        let group = inputs.extent("group", self.group, 1)?;
        if weight.outer != x.channels || !x.channels.is_multiple_of(group) {
            return Err(inputs.wrong_shape(1, format!("{} channels first, in {group} groups", x.channels)));
        }
        let outputs = weight.inner.checked_mul(group).ok_or_else(|| inputs.overflow())?;
        if inputs.shapes.len() == 3 {
            inputs.shape(2, &[outputs])?;
        }
        let window = Window::read(&inputs, count, &self.pad, &self.stride, &self.dilation)?;
        let mut spatial = window.backward(&inputs, x.spatial, weight.kernel)?;
        if !self.output_padding.is_empty() {
            let extra = inputs.extents("output_padding", &self.output_padding, count, 0)?;
            for (extent, extra) in spatial.iter_mut().zip(extra) {
                *extent = extent.checked_add(extra).ok_or_else(|| inputs.overflow())?;
            }
        }
        Ok(x.with(outputs, &spatial))
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        // Every input is multiplied with one slice of the weight.
        Operations::multiply_add(work.input(0).saturating_mul(work.weight_slice()))
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    const PLAIN: &str =
        "base_axis: 1 pad { dim: 1 dim: 1 } stride { dim: 2 dim: 2 } dilation { dim: 1 dim: 1 } group: 1";

    #[test]
    fn shapes() {
        let padded = format!("{PLAIN} output_padding {{ dim: 1 dim: 1 }}");
        let last = format!("{PLAIN} channel_last: true");
        check(&[
            ("Deconvolution", PLAIN, &[&[2, 4, 9, 8], &[4, 5, 3, 3], &[5]], Ok(&[2, 5, 17, 15])),
            ("Deconvolution", &padded, &[&[2, 4, 9, 8], &[4, 4, 3, 3]], Ok(&[2, 4, 18, 16])),
            ("Deconvolution", &last, &[&[2, 9, 8, 4], &[4, 3, 3, 5]], Ok(&[2, 17, 15, 5])),
            (
                "Deconvolution",
                PLAIN,
                &[&[2, 4, 9, 8], &[5, 4, 3, 3]],
                Err("input 1 of Deconvolution has shape [5, 4, 3, 3], expected 4 channels first, in 1 groups"),
            ),
            (
                "Deconvolution",
                PLAIN,
                &[&[2, 4, 1, 1], &[4, 5, 1, 1]],
                Err("argument pad of Deconvolution is [1, 1], expected less padding than output"),
            ),
        ]);
    }
}
