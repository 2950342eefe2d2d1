//! Features of a few images, read position by position of layer 3.

use std::ops::Range;

use super::GRIDS;

/// Features of a few images.
pub(super) struct Chunk<'a> {
    pub(super) images: usize,
    /// Channels of layers 1 to 3.
    pub(super) channels: [usize; 3],
    /// For each layer, values in the order image, row, column, channel.
    pub(super) layers: &'a [Vec<f32>; 3],
}

impl Chunk<'_> {
    /// Number of positions of `layer` under one position of layer 3.
    pub(super) fn positions(layer: usize) -> usize {
        (GRIDS[layer] / 14).pow(2)
    }

    /// Values of `image` in `layer` at position number `at` under `cell`, a position of layer 3 counted row by row.
    pub(super) fn values(&self, layer: usize, image: usize, cell: usize, at: usize) -> &[f32] {
        let (dy, dx) = place(layer, at);
        let (grid, span, channels) = (GRIDS[layer], GRIDS[layer] / 14, self.channels[layer]);
        let (y, x) = (cell / 14 * span + dy, cell % 14 * span + dx);
        &self.layers[layer][((image * grid + y) * grid + x) * channels..][..channels]
    }

    /// Mean over all images, the given cells and positions.
    pub(super) fn mean(&self, layer: usize, cells: &[usize], positions: Range<usize>) -> Vec<f64> {
        let mut mean = vec![0.0; self.channels[layer]];
        let count = (self.images * cells.len() * positions.len()) as f64;
        for image in 0..self.images {
            for &cell in cells {
                for at in positions.clone() {
                    for (mean, &value) in mean.iter_mut().zip(self.values(layer, image, cell, at)) {
                        *mean += f64::from(value);
                    }
                }
            }
        }
        mean.iter_mut().for_each(|value| *value /= count);
        mean
    }
}

/// Row and column of position number `at` under a position of layer 3. The 16 of layer 1 are numbered by the position
/// of layer 2 that covers them, four each, so that those under one of layer 2 follow each other.
fn place(layer: usize, at: usize) -> (usize, usize) {
    match layer {
        0 => ((at >> 3) * 2 + ((at >> 1) & 1), ((at >> 2) & 1) * 2 + (at & 1)),
        1 => (at >> 1, at & 1),
        _ => (0, 0),
    }
}

/// The number of the position of layer 1 at row `dy` and column `dx` under a position of layer 3: the inverse of the
/// above.
pub(super) fn number(dy: usize, dx: usize) -> usize {
    ((dy >> 1) << 3) | ((dx >> 1) << 2) | ((dy & 1) << 1) | (dx & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_numbered_by_the_position_above() {
        for at in 0..16 {
            let (dy, dx) = place(0, at);
            assert_eq!(number(dy, dx), at);
            assert_eq!(place(1, at >> 2), (dy / 2, dx / 2));
        }
    }
}
