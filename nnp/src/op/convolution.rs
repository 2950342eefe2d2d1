//! Convolution over any number of spatial axes, with groups.

use super::{
    declare::function,
    function::Rules,
    operations::{Operations, Work},
    shape::{Inputs, Spatial},
};
use crate::error::{Requirement, ShapeError};

function! {
    /// Inputs x (B…, C, spatial…), W (O, C/group, kernel…) and an optional bias (O).
    ///
    /// With `channel_last` x is (B…, spatial…, C) and W is (O, kernel…, C/group).
    pub struct Convolution: "Convolution" in "convolution_param" {
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
        /// Channels are the last axis, not the first after the batch.
        channel_last: flag,
    }
}

impl Convolution {
    /// Over two spatial axes, (height, width), batch and channels first, dilation 1.
    pub fn new(pad: [i64; 2], stride: [i64; 2], group: i64) -> Self {
        Self { base_axis: 1, pad: pad.into(), stride: stride.into(), dilation: vec![1; 2], group, channel_last: false }
    }
}

impl Rules for Convolution {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=3, "x, W and an optional bias")?;
        let weight = Weight::split(&inputs, self.channel_last)?;
        let count = weight.kernel.len();
        let x = split(&inputs, self.base_axis, count, self.channel_last)?;
        let group = inputs.extent("group", self.group, 1)?;
        if weight.inner.checked_mul(group) != Some(x.channels) {
            return Err(inputs.wrong_shape(1, format!("{} channels in {group} groups", x.channels)));
        }
        if !weight.outer.is_multiple_of(group) {
            return Err(inputs.wrong_shape(1, format!("outputs that divide into {group} groups")));
        }
        if inputs.shapes.len() == 3 {
            inputs.shape(2, &[weight.outer])?;
        }
        let window = Window::read(&inputs, count, &self.pad, &self.stride, &self.dilation)?;
        Ok(x.with(weight.outer, &window.forward(&inputs, x.spatial, weight.kernel)?))
    }

    fn cost(&self, work: &Work<'_>) -> Operations {
        // Every output is a product with one slice of the weight.
        Operations::multiply_add(work.outputs().saturating_mul(work.weight_slice()))
    }
}

/// A kernel tensor: (outer, inner, kernel…), or (outer, kernel…, inner) with channels last.
pub(super) struct Weight<'a> {
    pub(super) outer: usize,
    pub(super) inner: usize,
    pub(super) kernel: &'a [usize],
}

impl<'a> Weight<'a> {
    pub(super) fn split(inputs: &Inputs<'a>, channel_last: bool) -> Result<Self, ShapeError> {
        let found = inputs.get(1)?.split_first().and_then(|(&outer, rest)| {
            let (&inner, kernel) = if channel_last { rest.split_last() } else { rest.split_first() }?;
            Some(Self { outer, inner, kernel })
        });
        found.filter(|weight| !weight.kernel.is_empty()).ok_or_else(|| inputs.wrong_rank(1, Requirement::AtLeast(3)))
    }
}

/// Splits input 0 behind `base_axis` batch axes.
pub(super) fn split<'a>(
    inputs: &Inputs<'a>,
    base_axis: i64,
    spatial: usize,
    channel_last: bool,
) -> Result<Spatial<'a>, ShapeError> {
    let x = inputs.get(0)?;
    let base_axis = inputs.axis("base_axis", base_axis, x.len())?;
    Spatial::split(x, base_axis, spatial, channel_last)
        .ok_or_else(|| inputs.wrong_rank(0, format!("{base_axis} of batch, 1 of channels and {spatial} of the kernel")))
}

/// How a kernel walks over the spatial axes.
pub(super) struct Window {
    pad: Vec<usize>,
    stride: Vec<usize>,
    dilation: Vec<usize>,
}

impl Window {
    pub(super) fn read(
        inputs: &Inputs<'_>,
        count: usize,
        pad: &[i64],
        stride: &[i64],
        dilation: &[i64],
    ) -> Result<Self, ShapeError> {
        Ok(Self {
            pad: inputs.extents("pad", pad, count, 0)?,
            stride: inputs.extents("stride", stride, count, 1)?,
            dilation: inputs.extents("dilation", dilation, count, 1)?,
        })
    }

    /// Spatial extents of a convolution: ⌊(n + 2·pad − dilation·(k−1) − 1) / stride⌋ + 1.
    pub(super) fn forward(
        &self,
        inputs: &Inputs<'_>,
        spatial: &[usize],
        kernel: &[usize],
    ) -> Result<Vec<usize>, ShapeError> {
        self.each(spatial, kernel, |n, k, pad, stride, dilation| {
            let reach = reach(k, dilation).ok_or_else(|| inputs.overflow())?;
            let padded = pad.checked_mul(2).and_then(|pad| pad.checked_add(n)).ok_or_else(|| inputs.overflow())?;
            let room = padded.checked_sub(reach).ok_or_else(|| {
                inputs.wrong_shape(
                    0,
                    format!("spatial extents of at least {reach} with padding, the reach of the kernel"),
                )
            })?;
            Ok(room / stride + 1)
        })
    }

    /// Spatial extents of a deconvolution: stride·(n−1) + dilation·(k−1) + 1 − 2·pad.
    pub(super) fn backward(
        &self,
        inputs: &Inputs<'_>,
        spatial: &[usize],
        kernel: &[usize],
    ) -> Result<Vec<usize>, ShapeError> {
        self.each(spatial, kernel, |n, k, pad, stride, dilation| {
            let full = n
                .checked_sub(1)
                .and_then(|steps| steps.checked_mul(stride))
                .and_then(|steps| steps.checked_add(reach(k, dilation)?))
                .ok_or_else(|| inputs.overflow())?;
            pad.checked_mul(2)
                .and_then(|pad| full.checked_sub(pad))
                .ok_or_else(|| inputs.argument("pad", format!("{:?}", self.pad), "less padding than output"))
        })
    }

    fn each(
        &self,
        spatial: &[usize],
        kernel: &[usize],
        extent: impl Fn(usize, usize, usize, usize, usize) -> Result<usize, ShapeError>,
    ) -> Result<Vec<usize>, ShapeError> {
        let steps = self.pad.iter().zip(&self.stride).zip(&self.dilation);
        spatial
            .iter()
            .zip(kernel)
            .zip(steps)
            .map(|((&n, &k), ((&pad, &stride), &dilation))| extent(n, k, pad, stride, dilation))
            .collect()
    }
}

/// Input elements a kernel of `k` elements spans.
fn reach(k: usize, dilation: usize) -> Option<usize> {
    k.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    const PLAIN: &str =
        "base_axis: 1 pad { dim: 1 dim: 1 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1";
    const GROUPED: &str =
        "base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 4";
    const WIDE: &str =
        "base_axis: 1 pad { dim: 2 dim: 1 } stride { dim: 2 dim: 1 } dilation { dim: 2 dim: 1 } group: 1";
    const LAST: &str = "base_axis: 1 pad { dim: 3 dim: 3 } stride { dim: 2 dim: 2 } dilation { dim: 1 dim: 1 } group: 1 channel_last: true";

    #[test]
    fn shapes() {
        check(&[
            ("Convolution", PLAIN, &[&[2, 4, 9, 8], &[6, 4, 3, 3], &[6]], Ok(&[2, 6, 9, 8])),
            ("Convolution", WIDE, &[&[2, 4, 9, 8], &[6, 4, 3, 2], &[6]], Ok(&[2, 6, 5, 9])),
            ("Convolution", GROUPED, &[&[2, 4, 1, 1], &[8, 1, 1, 1]], Ok(&[2, 8, 1, 1])),
            ("Convolution", LAST, &[&[2, 224, 224, 4], &[64, 7, 7, 4]], Ok(&[2, 112, 112, 64])),
        ]);
    }

    #[test]
    fn misfits_are_named() {
        check(&[
            (
                "Convolution",
                PLAIN,
                &[&[2, 4, 9, 8], &[6, 3, 3, 3]],
                Err("input 1 of Convolution has shape [6, 3, 3, 3], expected 4 channels in 1 groups"),
            ),
            (
                "Convolution",
                GROUPED,
                &[&[2, 4, 9, 8], &[6, 1, 1, 1]],
                Err("input 1 of Convolution has shape [6, 1, 1, 1], expected outputs that divide into 4 groups"),
            ),
            (
                "Convolution",
                PLAIN,
                &[&[4, 9, 8], &[6, 4, 3, 3]],
                Err("input 0 of Convolution has 3 axes, expected 1 of batch, 1 of channels and 2 of the kernel"),
            ),
            (
                "Convolution",
                PLAIN,
                &[&[2, 4, 9], &[6, 4, 3]],
                Err("argument pad of Convolution is [1, 1], expected 1 values, one per spatial axis"),
            ),
            (
                "Convolution",
                PLAIN,
                &[&[2, 4, 9, 8], &[6, 4, 99, 3]],
                Err("input 0 of Convolution has shape [2, 4, 9, 8], \
                     expected spatial extents of at least 99 with padding, the reach of the kernel"),
            ),
            (
                "Convolution",
                PLAIN,
                &[&[2, 4, 9, 8], &[6, 4]],
                Err("input 1 of Convolution has 2 axes, expected at least 3"),
            ),
            (
                "Convolution",
                PLAIN,
                &[&[2, 4, 9, 8], &[6, 4, 3, 3], &[5]],
                Err("input 2 of Convolution has shape [5], expected [6]"),
            ),
            (
                "Convolution",
                "base_axis: 1 pad { dim: -1 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1",
                &[&[2, 4, 9, 8], &[6, 4, 3, 3]],
                Err("argument pad of Convolution is -1, expected at least 0"),
            ),
            (
                "Convolution",
                "base_axis: 1 pad { dim: 9223372036854775807 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1",
                &[&[2, 4, 9, 8], &[6, 4, 3, 3]],
                Err("the output of Convolution has more elements than this machine can count"),
            ),
            (
                "Convolution",
                "pad { dim: 0 } stride { dim: 1 } dilation { dim: 1 }",
                &[&[4, 9], &[6, 4, 3]],
                Err("argument group of Convolution is 0, expected at least 1"),
            ),
        ]);
    }
}
