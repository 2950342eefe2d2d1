//! AffineGrid and WarpByGrid: pictures seen through a transformation.

use super::{
    declare::{function, words},
    function::Rules,
    interpolate::InterpolateMode,
    shape::Inputs,
};
use crate::error::ShapeError;

function! {
    /// Sampling points of affine transformations (B, 2, 3) or (B, 3, 4): (B, size…, 2) or (B, size…, 3).
    #[derive(Eq)]
    pub struct AffineGrid: "AffineGrid" in "affine_grid_param" {
        /// Spatial extents of the grid.
        size: ints,
        /// −1 and 1 are the centres of the outermost elements, not their edges.
        align_corners: flag,
    }
}

impl Rules for AffineGrid {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
        let theta = inputs.one()?;
        let &[batch, rows, columns] = theta else { return Err(inputs.wrong_rank(0, "3")) };
        if !(2..=3).contains(&rows) || columns != rows + 1 {
            return Err(inputs.wrong_shape(0, "(B, 2, 3) or (B, 3, 4)"));
        }
        let size = inputs.extents("size", &self.size, rows, 1)?;
        Ok([&[batch], size.as_slice(), &[rows]].concat())
    }
}

words! {
    /// What elements outside of the picture count as.
    pub enum WarpPadding {
        /// 0
        Zero = "zero",
        /// Mirrored
        Reflect = "reflect",
        /// The nearest one inside
        Repeat = "repeat",
    }
}

function! {
    /// Picks the elements of x (B, C, spatial…) at the points of a grid (B, new spatial…, 2 or 3), from −1 to 1.
    #[derive(Eq)]
    pub struct WarpByGrid: "WarpByGrid" in "warp_by_grid_param" {
        /// Take the nearest element or mix its neighbours.
        mode: word(InterpolateMode),
        /// What lies outside.
        padding_mode: word(WarpPadding),
        /// −1 and 1 are the centres of the outermost elements, not their edges.
        align_corners: flag,
        /// Channels are the last axis of x.
        channel_last: flag,
    }
}

impl Rules for WarpByGrid {
    fn infer(&self, inputs: Inputs<'_>) -> Result<Vec<usize>, ShapeError> {
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
