//! Interpolate: resizes the spatial axes to a given size.

use super::{
    declare::{function, words},
    function::Rules,
    pooling::resize,
    shape::Inputs,
};
use crate::error::ShapeError;

words! {
    /// How values between elements are found.
    pub enum InterpolateMode {
        /// Linear along each axis.
        Linear = "linear",
        /// The nearest element.
        Nearest = "nearest",
    }
}

function! {
    /// Resizes the last axes of x, or with `channel_last` those before the last.
    pub struct Interpolate: "Interpolate" in "interpolate_param" {
        /// Extents of the output, one per spatial axis.
        output_size: ints,
        /// How values between elements are found.
        mode: word(InterpolateMode),
        /// The outermost elements keep their places: the scale is (n − 1)/(output − 1).
        align_corners: flag,
        /// Elements are areas around half-integer centres.
        half_pixel: flag,
        /// As `half_pixel`, for nearest: the centre of an output element picks the input element it falls into.
        half_pixel_for_nn: flag,
        /// Channels are the last axis.
        channel_last: flag,
    }
}

impl Rules for Interpolate {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let sizes = inputs.extents("output_size", &self.output_size, self.output_size.len(), 1)?;
        resize(inputs, x, sizes.len(), self.channel_last, |axis, old| Ok(sizes.get(axis).copied().unwrap_or(old)))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        op::{Op, shape::testing::check},
        text::parse,
    };

    #[test]
    fn shapes() {
        check(&[
            (
                "Interpolate",
                "output_size: 20 output_size: 13 mode: \"linear\" align_corners: true",
                &[&[2, 4, 9, 8]],
                Ok(&[2, 4, 20, 13]),
            ),
            (
                "Interpolate",
                "output_size: 5 mode: \"nearest\" half_pixel: true half_pixel_for_nn: true channel_last: true",
                &[&[2, 9, 4]],
                Ok(&[2, 5, 4]),
            ),
            (
                "Interpolate",
                "output_size: 5 output_size: 5 mode: \"nearest\"",
                &[&[2]],
                Err("input 0 of Interpolate has 1 axes, expected at least 2"),
            ),
        ]);
        let error = Op::read("Interpolate", &parse("mode: \"cubic\"").unwrap()).unwrap_err();
        assert!(error.to_string().ends_with("is \"cubic\", expected \"linear\" or \"nearest\""), "{error}");
    }
}
