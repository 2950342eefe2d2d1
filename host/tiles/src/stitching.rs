//! The values that a detector gives for the tiles of an image, as those of the image.

use crate::axis::Share;
use crate::tiling::Tiling;

/// One output of a detector for one image after the other.
#[derive(Debug, Clone)]
pub struct Stitching {
    kind: Kind,
    values: Vec<f32>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Maps are blended.
    Map { rows: Vec<Share>, columns: Vec<Share>, width: usize, tile: [usize; 2] },
    /// Of numbers the largest counts: an image is as anomalous as its most anomalous tile.
    Largest,
}

impl Stitching {
    /// Of maps that have these rows and columns for each tile, which the tiling was made for.
    pub fn of_maps(tiling: &Tiling, tile: [usize; 2]) -> Self {
        let [height, width] = tiling.whole_map(tile);
        let kind =
            Kind::Map { rows: tiling.rows.shares(tile[0]), columns: tiling.columns.shares(tile[1]), width, tile };
        Self { kind, values: vec![0.0; height * width] }
    }

    /// Of single numbers.
    pub fn of_numbers() -> Self {
        Self { kind: Kind::Largest, values: vec![0.0] }
    }

    /// Begins with the next image.
    pub fn begin(&mut self) {
        let nothing = match self.kind {
            // What leaves every value as it is when it is added, -0.0 too.
            Kind::Map { .. } => -0.0,
            Kind::Largest => f32::NAN,
        };
        self.values.fill(nothing);
    }

    /// Takes the values of tile `index`.
    pub fn add(&mut self, tiling: &Tiling, index: usize, values: &[f32]) {
        let (row, column) = tiling.place(index);
        match &self.kind {
            Kind::Map { rows, columns, width, tile } => {
                let (Some(rows), Some(columns)) = (rows.get(row), columns.get(column)) else { return };
                let lines = values.chunks_exact(tile[1].max(1));
                for ((line, of_row), values) in (rows.first..).zip(&rows.weights).zip(lines) {
                    let start = line * width + columns.first;
                    let out = self.values.get_mut(start..start + columns.weights.len()).unwrap_or_default();
                    for ((out, of_column), value) in out.iter_mut().zip(&columns.weights).zip(values) {
                        *out += of_row * of_column * value;
                    }
                }
            }
            Kind::Largest => {
                for (out, value) in self.values.iter_mut().zip(values) {
                    *out = out.max(*value);
                }
            }
        }
    }

    /// The values of the image, once all its tiles were added.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The shape of what it gives: rows and columns of a map; nothing for a number.
    pub fn shape(&self) -> Vec<usize> {
        match self.kind {
            Kind::Map { width, .. } => vec![self.values.len() / width.max(1), width],
            Kind::Largest => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The map of an image out of what `of` says of each of its cells, by way of tiles.
    fn stitched(tiling: &Tiling, tile: [usize; 2], of: impl Fn(usize, usize) -> f32) -> Stitching {
        let mut stitching = Stitching::of_maps(tiling, tile);
        stitching.begin();
        for index in 0..tiling.count() {
            let (row, column) = tiling.place(index);
            let first = |shares: Vec<Share>, at: usize| shares[at].first;
            let (top, left) = (first(tiling.rows.shares(tile[0]), row), first(tiling.columns.shares(tile[1]), column));
            let values: Vec<f32> = (0..tile[0])
                .flat_map(|y| (0..tile[1]).map(move |x| (y, x)))
                .map(|(y, x)| of(top + y, left + x))
                .collect();
            stitching.add(tiling, index, &values);
        }
        stitching
    }

    #[test]
    fn the_map_of_a_single_tile_is_the_map_of_the_image() {
        let odd = [0.1, -0.0, 1e-40, f32::MAX, -7.25, f32::NAN, f32::INFINITY, 3.0];
        let tiling = Tiling::new([16, 32], [16, 32], 8, &[[2, 4]]).unwrap();
        let found = stitched(&tiling, [2, 4], |y, x| odd[4 * y + x]);
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(found.values()), bits(&odd));
        assert_eq!(found.shape(), [2, 4]);
    }

    #[test]
    fn two_tiles_that_disagree_fade_into_each_other() {
        let tiling = Tiling::new([8, 80], [8, 48], 16, &[[1, 6]]).unwrap();
        let mut stitching = Stitching::of_maps(&tiling, [1, 6]);
        for image in [0.0, 1.0] {
            stitching.begin();
            stitching.add(&tiling, 0, &[image; 6]);
            stitching.add(&tiling, 1, &[image + 3.0; 6]);
            let due = [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0].map(|value| value + image);
            assert!(stitching.values().iter().zip(due).all(|(found, due)| (found - due).abs() < 1e-6));
        }
    }

    #[test]
    fn the_largest_number_counts() {
        let tiling = Tiling::new([8, 80], [8, 48], 16, &[]).unwrap();
        let mut stitching = Stitching::of_numbers();
        stitching.begin();
        assert!(stitching.values()[0].is_nan());
        stitching.add(&tiling, 0, &[f32::NAN]);
        stitching.add(&tiling, 1, &[-3.0]);
        assert_eq!((stitching.values(), stitching.shape()), (&[-3.0][..], vec![]));
    }

    proptest! {
        #[test]
        fn what_depends_on_the_place_alone_has_no_seam(
            image in prop::array::uniform2(1_usize..300), cell in 1_usize..9, cells in prop::array::uniform2(1_usize..8),
            overlap in 0_usize..30
        ) {
            let tile = cells.map(|cells| cells * cell);
            let tiling = Tiling::new(image, tile, overlap.min(tile[0] / 2), &[cells]).unwrap();
            let of = |y: usize, x: usize| (y as f32 * 0.37).sin() + 0.01 * x as f32;
            let found = stitched(&tiling, cells, of);
            let [rows, columns] = tiling.whole_map(cells);
            prop_assert_eq!(found.values().len(), rows * columns);
            for (at, value) in found.values().iter().enumerate() {
                prop_assert!((value - of(at / columns, at % columns)).abs() < 1e-5);
            }
        }
    }
}
