//! AffineGrid and WarpByGrid: pictures seen through a transformation.

use super::shape::Inputs;
use crate::{
    error::{ShapeError, TextError},
    text::{Fields, Message},
};

/// Sampling points of affine transformations (B, 2, 3) or (B, 3, 4): (B, size…, 2) or (B, size…, 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffineGrid {
    /// Spatial extents of the grid.
    pub size: Vec<i64>,
    /// −1 and 1 are the centres of the outermost elements, not their edges.
    pub align_corners: bool,
}

impl AffineGrid {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        Ok(Self { size: fields.ints("size")?, align_corners: fields.flag("align_corners")? })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_ints("size", &self.size);
        out.push_bool("align_corners", self.align_corners);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let theta = inputs.one()?;
        let &[batch, rows, columns] = theta else { return Err(inputs.wrong_rank(0, "3")) };
        if !(2..=3).contains(&rows) || columns != rows + 1 {
            return Err(inputs.wrong_shape(0, "(B, 2, 3) or (B, 3, 4)"));
        }
        let size = inputs.extents("size", &self.size, rows, 1)?;
        Ok([&[batch], size.as_slice(), &[rows]].concat())
    }
}

/// How elements outside of the picture are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarpPadding {
    /// 0
    Zero,
    /// Mirrored
    Reflect,
    /// The nearest one inside
    Repeat,
}

/// Picks the elements of x (B, C, spatial…) at the points of a grid (B, new spatial…, 2 or 3), from −1 to 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarpByGrid {
    /// Take the nearest element instead of mixing its neighbours.
    pub nearest: bool,
    /// What lies outside.
    pub padding: WarpPadding,
    /// −1 and 1 are the centres of the outermost elements, not their edges.
    pub align_corners: bool,
    /// Channels are the last axis of x.
    pub channel_last: bool,
}

impl WarpByGrid {
    pub(super) fn read(fields: &mut Fields<'_>) -> Result<Self, TextError> {
        let mode = fields.text("mode")?;
        let padding = fields.text("padding_mode")?;
        let wrong = |fields: &mut Fields<'_>, name, expected| match fields.one(name)? {
            Some(field) => Err(fields.value(field, expected)),
            None => Ok(()),
        };
        let nearest = match mode.as_str() {
            "" | "linear" => false,
            "nearest" => true,
            _ => wrong(fields, "mode", "\"linear\" or \"nearest\"").map(|()| false)?,
        };
        let padding = match padding.as_str() {
            "" | "zero" => WarpPadding::Zero,
            "reflect" => WarpPadding::Reflect,
            "repeat" => WarpPadding::Repeat,
            _ => {
                let expected = "\"zero\", \"reflect\" or \"repeat\"";
                wrong(fields, "padding_mode", expected).map(|()| WarpPadding::Zero)?
            }
        };
        let (align_corners, channel_last) = (fields.flag("align_corners")?, fields.flag("channel_last")?);
        Ok(Self { nearest, padding, align_corners, channel_last })
    }

    pub(super) fn write(&self, out: &mut Message) {
        out.push_text("mode", if self.nearest { "nearest" } else { "linear" });
        let padding = match self.padding {
            WarpPadding::Zero => "zero",
            WarpPadding::Reflect => "reflect",
            WarpPadding::Repeat => "repeat",
        };
        out.push_text("padding_mode", padding);
        out.push_bool("align_corners", self.align_corners);
        out.push_bool("channel_last", self.channel_last);
    }

    pub(super) fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        inputs.count(2..=2, "x and grid")?;
        let (x, grid) = (inputs.get(0)?, inputs.get(1)?);
        let spatial = x.len().saturating_sub(2);
        if !(2..=3).contains(&spatial) {
            return Err(inputs.wrong_rank(0, "4 or 5"));
        }
        let (channels, batch) = (if self.channel_last { x.last() } else { x.get(1) }, x.first());
        match (grid, channels, batch) {
            ([rows, new @ .., depth], Some(&channels), Some(batch))
                if rows == batch && new.len() == spatial && *depth == spatial =>
            {
                Ok(if self.channel_last {
                    [&[*rows], new, &[channels]].concat()
                } else {
                    [&[*rows, channels], new].concat()
                })
            }
            _ => Err(inputs.wrong_shape(1, format!("the batch of x, {spatial} extents and {spatial} coordinates"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::shape::testing::check;

    #[test]
    fn shapes() {
        check(&[
            ("AffineGrid", "size: 4 size: 5 align_corners: true", &[&[2, 2, 3]], Ok(&[2, 4, 5, 2])),
            (
                "AffineGrid",
                "size: 4",
                &[&[2, 3, 3]],
                Err("input 0 of AffineGrid has shape [2, 3, 3], expected (B, 2, 3) or (B, 3, 4)"),
            ),
            (
                "WarpByGrid",
                "mode: \"linear\" padding_mode: \"zero\"",
                &[&[2, 4, 9, 8], &[2, 5, 4, 2]],
                Ok(&[2, 4, 5, 4]),
            ),
            (
                "WarpByGrid",
                "mode: \"nearest\" padding_mode: \"repeat\" channel_last: true",
                &[&[2, 9, 8, 4], &[2, 5, 4, 2]],
                Ok(&[2, 5, 4, 4]),
            ),
            (
                "WarpByGrid",
                "mode: \"linear\" padding_mode: \"reflect\"",
                &[&[2, 4, 9, 8], &[1, 5, 4, 2]],
                Err(
                    "input 1 of WarpByGrid has shape [1, 5, 4, 2], expected the batch of x, 2 extents and 2 coordinates",
                ),
            ),
        ]);
    }
}
