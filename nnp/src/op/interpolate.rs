//! Interpolate: resizes the spatial axes to a given size.

use super::{pooling::resize, shape::Inputs};
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message, Value},
};

/// How values between elements are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterpolateMode {
    /// The nearest element.
    Nearest,
    /// Linear along each axis.
    Linear,
}

/// Resizes the last axes of x, or with `channel_last` those before the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Interpolate {
    /// Extents of the output, one per spatial axis.
    pub output_size: Vec<i64>,
    /// How values between elements are found.
    pub mode: InterpolateMode,
    /// The outermost elements keep their places: the scale is (n − 1)/(output − 1).
    pub align_corners: bool,
    /// Elements are areas around half-integer centres.
    pub half_pixel: bool,
    /// As `half_pixel`, for nearest: the centre of an output element picks the input element it falls into.
    pub half_pixel_for_nn: bool,
    /// Channels are the last axis.
    pub channel_last: bool,
}

impl Interpolate {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let output_size = fields.ints("output_size")?;
        let mode = match fields.one("mode")? {
            Some(field) if field.value == Value::Text("nearest".into()) => InterpolateMode::Nearest,
            Some(field) if field.value == Value::Text("linear".into()) => InterpolateMode::Linear,
            Some(field) => return Err(fields.value(field, "\"nearest\" or \"linear\"")),
            None => InterpolateMode::Linear,
        };
        Ok(Self {
            output_size,
            mode,
            align_corners: fields.flag("align_corners")?,
            half_pixel: fields.flag("half_pixel")?,
            half_pixel_for_nn: fields.flag("half_pixel_for_nn")?,
            channel_last: fields.flag("channel_last")?,
        })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("output_size", &self.output_size);
        out.push_text(
            "mode",
            match self.mode {
                InterpolateMode::Nearest => "nearest",
                InterpolateMode::Linear => "linear",
            },
        );
        out.push_bool("align_corners", self.align_corners);
        out.push_bool("half_pixel", self.half_pixel);
        out.push_bool("half_pixel_for_nn", self.half_pixel_for_nn);
        out.push_bool("channel_last", self.channel_last);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
        assert!(error.to_string().ends_with("is \"cubic\", expected \"nearest\" or \"linear\""), "{error}");
    }
}
