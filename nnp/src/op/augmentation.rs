//! Functions that change pictures by chance in training: ImageAugmentation, RandomErase, RandomFlip and RandomShift. NNC leaves most of
//! them out of the networks that it evaluates; what is left there cuts and scales.

use super::{
    declare::{function, words},
    function::Rules,
    shape::Inputs,
};
use crate::error::{Requirement, ShapeError};

function! {
    /// A picture x (…, height, width) cut out, scaled, turned, mirrored and recoloured, each within a range.
    pub struct ImageAugmentation: "ImageAugmentation" in "image_augmentation_param" {
        /// The last extents of the output.
        shape: shape,
        /// Pixels added above and below, left and right, by repeating the border.
        pad: shape,
        /// Smallest factor of size.
        min_scale: float,
        /// Largest factor of size.
        max_scale: float,
        /// Largest turn to either side, in radians.
        angle: float,
        /// Largest factor of width to height, and of height to width.
        aspect_ratio: float,
        /// Largest barrel or cushion.
        distortion: float,
        /// Mirror half of the pictures left to right.
        flip_lr: flag,
        /// Mirror half of the pictures upside down.
        flip_ud: flag,
        /// Largest value added to, or taken from, all pixels.
        brightness: float,
        /// For each channel alone.
        brightness_each: flag,
        /// Largest factor, and divisor, of the distance to `contrast_center`.
        contrast: float,
        /// Value that contrast leaves as it is.
        contrast_center: float,
        /// For each channel alone.
        contrast_each: flag,
        /// Largest standard deviation of noise.
        noise: float,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
    }
}

impl Rules for ImageAugmentation {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        let wanted =
            self.shape.iter().map(|&extent| inputs.extent("shape", extent, 1)).collect::<Result<Vec<_>, _>>()?;
        if x.len() < 2 || x.last_chunk::<2>().is_some_and(|sides| sides.contains(&0)) {
            return Err(inputs.wrong_rank(0, Requirement::AtLeast(2)));
        }
        inputs.extents("pad", &self.pad, 2, 0)?;
        // Only height and width can change.
        let kept = x.len() - 2;
        let same = wanted.len().checked_sub(2).and_then(|leading| kept.checked_sub(leading)).and_then(|outer| {
            let (leading, sides) = (x.get(outer..kept)?, wanted.last_chunk::<2>()?);
            wanted.starts_with(leading).then(|| [&x[..kept], sides.as_slice()].concat())
        });
        same.ok_or_else(|| inputs.argument("shape", format!("{:?}", self.shape), "the channels, height and width"))
    }
}

function! {
    /// Replaces rectangles of the samples by noise.
    pub struct RandomErase: "RandomErase" in "random_erase_param" {
        /// How likely a sample is changed.
        prob: float,
        /// Smallest and largest share of the area.
        area_ratios: floats,
        /// Smallest and largest factor of width to height.
        aspect_ratios: floats,
        /// Smallest and largest value of the noise.
        replacements: floats,
        /// The most rectangles.
        n: int,
        /// The same place in all channels.
        share: flag,
        /// Write into the input.
        inplace: flag,
        /// Axes before it are samples.
        base_axis: int,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
        /// Whether channels come last.
        channel_last: flag,
        /// How gradients pass.
        ste_fine_grained: flag,
    }
}

impl Rules for RandomErase {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.one().map(<[usize]>::to_vec)
    }
}

function! {
    /// Mirrors half of the samples along `axes`.
    #[derive(Eq)]
    pub struct RandomFlip: "RandomFlip" in "random_flip_param" {
        /// The axes.
        axes: ints,
        /// Axes before it are samples.
        base_axis: int,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
    }
}

impl Rules for RandomFlip {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        inputs.axes("axes", &self.axes, x.len())?;
        Ok(x.to_vec())
    }
}

words! {
    /// What comes in from beyond the border.
    pub enum ShiftBorder {
        /// The element at the border.
        Nearest = "nearest",
        /// The elements mirrored at the border.
        Reflect = "reflect",
        /// `constant_value`.
        Constant = "constant",
    }
}

function! {
    /// Moves every sample by up to `shifts` along its last axes.
    pub struct RandomShift: "RandomShift" in "random_shift_param" {
        /// Largest distance for each of the last axes.
        shifts: ints,
        /// What comes in from beyond the border.
        border_mode: word(ShiftBorder),
        /// The value that comes in with `constant`.
        constant_value: float,
        /// Axes before it are samples.
        base_axis: int,
        /// Seed of the draw; −1 for a new one each time.
        seed: int,
    }
}

impl Rules for RandomShift {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let x = inputs.one()?;
        if self.shifts.len() > x.len() {
            let expected = Requirement::AtMostValues(x.len());
            return Err(inputs.argument("shifts", format!("{:?}", self.shifts), expected));
        }
        Ok(x.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        let neutral = "shape { dim: 3 dim: 4 dim: 5 } pad { dim: 0 dim: 0 } min_scale: 1.0 max_scale: 1.0";
        check(&[
            ("ImageAugmentation", neutral, &[&[2, 3, 8, 9]], Ok(&[2, 3, 4, 5])),
            (
                "ImageAugmentation",
                neutral,
                &[&[2, 1, 8, 9]],
                Err("argument shape of ImageAugmentation is [3, 4, 5], expected the channels, height and width"),
            ),
            (
                "ImageAugmentation",
                neutral,
                &[&[9]],
                Err("input 0 of ImageAugmentation has 1 axes, expected at least 2"),
            ),
            (
                "ImageAugmentation",
                "shape { dim: 4 dim: 5 } pad { dim: 0 }",
                &[&[2, 3, 8, 9]],
                Err("argument pad of ImageAugmentation is [0], expected 2 values, one per spatial axis"),
            ),
            (
                "RandomErase",
                "prob: 0.5 area_ratios: 0.02 area_ratios: 0.4 n: 1 share: true base_axis: 1 seed: -1",
                &[&[2, 3, 8, 9]],
                Ok(&[2, 3, 8, 9]),
            ),
            ("RandomFlip", "axes: 3 base_axis: 1 seed: -1", &[&[2, 3, 8, 9]], Ok(&[2, 3, 8, 9])),
            (
                "RandomFlip",
                "axes: 4 base_axis: 1 seed: -1",
                &[&[2, 3, 8, 9]],
                Err("argument axes of RandomFlip is 4, expected an axis of the 4 of the input"),
            ),
            ("RandomShift", "shifts: 4 shifts: 4 border_mode: \"reflect\" base_axis: 1", &[&[2, 8]], Ok(&[2, 8])),
            (
                "RandomShift",
                "shifts: 4 shifts: 4 border_mode: \"nearest\"",
                &[&[8]],
                Err("argument shifts of RandomShift is [4, 4], expected at most 1 values"),
            ),
        ]);
    }
}
