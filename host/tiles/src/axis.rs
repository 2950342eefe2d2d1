//! One direction of a tiling: where tiles begin, which pixels they show, and how much each of them counts where they overlap.

/// Tiles along one direction of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Pixels of the image.
    length: usize,
    /// Pixels of a tile.
    tile: usize,
    /// First pixel of each tile, ascending; a multiple of every map's cell.
    starts: Vec<usize>,
}

/// How much a tile counts for the cells of its map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    /// The cell of the whole map that the first of the tile's is.
    pub(crate) first: usize,
    /// The weights of the tile's cells that lie in the image; those of all tiles at one cell sum to 1.
    pub(crate) weights: Vec<f32>,
}

impl Axis {
    /// Tiles of `tile` pixels that share at least `overlap`, each beginning at a multiple of `unit`, which divides `tile`.
    ///
    /// They are as few as possible and spread evenly, so that no two of them share much more than they have to. The last
    /// one reaches beyond the image by less than a unit; the only one of an image that is smaller than a tile by more.
    pub(crate) fn new(length: usize, tile: usize, overlap: usize, unit: usize) -> Self {
        let (tiles, units) = (tile / unit, length.div_ceil(unit).max(tile / unit));
        // At least one unit further with each tile, and no gap between them.
        let step = tiles.saturating_sub(overlap.div_ceil(unit)).max(1);
        let rest = units - tiles;
        let count = rest.div_ceil(step);
        let starts = (0..=count).map(|at| unit * (at * rest).checked_div(count).unwrap_or(0)).collect();
        Self { length, tile, starts }
    }

    /// Number of tiles, at least 1.
    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Pixels of the image.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Pixels of a tile.
    pub(crate) fn tile(&self) -> usize {
        self.tile
    }

    /// The pixel of the image that the pixel `at` of tile `index` shows: beyond the border the image goes on mirrored.
    pub(crate) fn source(&self, index: usize, at: usize) -> usize {
        let at = self.starts.get(index).copied().unwrap_or_default() + at;
        if at < self.length {
            return at;
        }
        let Some(period) = self.length.checked_sub(1).map(|last| 2 * last).filter(|&period| period > 0) else {
            return 0;
        };
        let at = at % period;
        if at < self.length { at } else { period - at }
    }

    /// The pixels of the image that tile `index` shows.
    pub(crate) fn pixels(&self, index: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(index).copied().unwrap_or_default();
        start..start + self.inside(index)
    }

    /// How many pixels from the first one of tile `index` lie in the image.
    pub(crate) fn inside(&self, index: usize) -> usize {
        let start = self.starts.get(index).copied().unwrap_or_default();
        self.length.saturating_sub(start).min(self.tile)
    }

    /// Cells of the whole map, for tiles whose maps have `cells`.
    pub(crate) fn cells(&self, cells: usize) -> usize {
        self.length.div_ceil(self.tile / cells)
    }

    /// What each tile counts where the maps of tiles have `cells`.
    ///
    /// A tile counts for a cell the more the further the cell lies from the tile's borders, but for those that are the
    /// image's: there it is alone. Where two tiles overlap, one fades evenly into the other.
    pub(crate) fn shares(&self, cells: usize) -> Vec<Share> {
        let (size, all) = (self.tile / cells, self.cells(cells));
        let firsts: Vec<usize> = self.starts.iter().map(|start| start / size).collect();
        let last = self.count() - 1;
        let raw = |index: usize, first: usize, cell: usize| {
            let before = if index == 0 { usize::MAX } else { cell - first + 1 };
            let after = if index == last { usize::MAX } else { first + cells - cell };
            // A tile that is alone in this direction has no border of its own.
            before.min(after).min(all + cells) as f64
        };
        let mut sums = vec![0.0; all];
        let places = |first: usize| first..(first + cells).min(all);
        for (index, &first) in firsts.iter().enumerate() {
            for cell in places(first) {
                if let Some(sum) = sums.get_mut(cell) {
                    *sum += raw(index, first, cell);
                }
            }
        }
        let share = |(index, &first): (usize, &usize)| {
            let of_sum = |cell| raw(index, first, cell) / sums.get(cell).copied().unwrap_or(1.0);
            Share { first, weights: places(first).map(|cell| of_sum(cell) as f32).collect() }
        };
        firsts.iter().enumerate().map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tiles_are_few_and_spread_evenly() {
        for (length, tile, overlap, unit, starts) in [
            (224, 224, 32, 8, &[0][..]),
            (100, 224, 32, 8, &[0]),
            (225, 224, 32, 8, &[0, 8]),
            (416, 224, 32, 8, &[0, 192]),
            (417, 224, 32, 8, &[0, 96, 200]),
            (4096, 224, 32, 8, &[]),
            (64, 16, 0, 16, &[0, 16, 32, 48]),
            // An overlap that is no multiple of a unit is rounded up.
            (30, 16, 3, 2, &[0, 6, 14]),
        ] {
            let axis = Axis::new(length, tile, overlap, unit);
            if starts.is_empty() {
                assert_eq!(axis.count(), 22);
            } else {
                assert_eq!(axis.starts, starts, "{length} {tile} {overlap} {unit}");
            }
        }
    }

    #[test]
    fn beyond_the_border_an_image_is_mirrored() {
        let shown = |length| (0..8).map(|at| Axis::new(length, 8, 0, 4).source(0, at)).collect::<Vec<_>>();
        assert_eq!(shown(5), [0, 1, 2, 3, 4, 3, 2, 1]);
        assert_eq!(shown(2), [0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(shown(1), [0; 8]);
        assert_eq!(shown(0), [0; 8]);
    }

    #[test]
    fn overlapping_tiles_fade_into_each_other() {
        // Cells of 8 pixels: the tiles share cells 4 and 5 of a map of 10.
        let shares = Axis::new(80, 48, 16, 8).shares(6);
        let third = 1.0_f32 / 3.0;
        assert_eq!(shares[0].weights[..4], [1.0; 4]);
        assert!((shares[0].weights[4] - 2.0 * third).abs() < 1e-6 && (shares[0].weights[5] - third).abs() < 1e-6);
        assert_eq!((shares[1].first, &shares[1].weights[2..]), (4, &[1.0; 4][..]));
        // A tile that is alone is taken as it is.
        assert_eq!(Axis::new(48, 48, 16, 8).shares(6), [Share { first: 0, weights: vec![1.0; 6] }]);
        // What lies beyond the image is left out.
        assert_eq!(Axis::new(20, 48, 16, 8).shares(6), [Share { first: 0, weights: vec![1.0; 3] }]);
    }

    proptest! {
        #[test]
        fn every_pixel_is_in_a_tile_and_every_cell_counts_once(
            length in 1_usize..900, units in 1_usize..9, unit in 1_usize..9, overlap in 0_usize..50
        ) {
            let (tile, overlap) = (units * unit, overlap.min(units * unit / 2));
            let axis = Axis::new(length, tile, overlap, unit);
            for pair in axis.starts.windows(2) {
                prop_assert!(pair[1] > pair[0] && pair[0] + tile >= pair[1] + overlap.min(tile - unit));
                prop_assert_eq!(pair[1] % unit, 0);
            }
            let end = axis.starts.last().unwrap() + tile;
            prop_assert!(axis.starts[0] == 0 && end >= length);
            prop_assert!(end < length + unit || axis.count() == 1);
            let mut sums = vec![0.0_f64; axis.cells(units)];
            for share in axis.shares(units) {
                for (at, weight) in share.weights.iter().enumerate() {
                    prop_assert!(*weight > 0.0);
                    sums[share.first + at] += f64::from(*weight);
                }
            }
            prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-6), "{sums:?}");
        }
    }
}
