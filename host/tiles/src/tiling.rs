//! Where the tiles of an image lie, and their pixels.

use std::fmt;

use crate::axis::Axis;

/// The tiles of images of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiling {
    pub(crate) rows: Axis,
    pub(crate) columns: Axis,
}

/// A map whose cells are no whole pixels of a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Rows and columns of the map.
    pub map: [usize; 2],
    /// Height and width of a tile.
    pub tile: [usize; 2],
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Misfit {}

impl Tiling {
    /// Tiles of height and width `tile` that share at least `overlap` pixels, for images of height and width `image`. A
    /// detector gives each of them `maps` of these rows and columns.
    ///
    /// # Errors
    /// A map whose cells are no whole pixels.
    pub fn new(image: [usize; 2], tile: [usize; 2], overlap: usize, maps: &[[usize; 2]]) -> Result<Self, Misfit> {
        let mut units = [1, 1];
        for &map in maps {
            for ((unit, &cells), &pixels) in units.iter_mut().zip(&map).zip(&tile) {
                if cells == 0 || pixels % cells != 0 {
                    return Err(Misfit { map, tile });
                }
                // A multiple of both divides the tile, as both do.
                *unit = common_multiple(*unit, pixels / cells);
            }
        }
        let axis = |at: usize| Axis::new(image[at], tile[at], overlap, units[at]);
        Ok(Self { rows: axis(0), columns: axis(1) })
    }

    /// Number of tiles of an image, at least 1.
    pub fn count(&self) -> usize {
        self.rows.count() * self.columns.count()
    }

    /// The rows and the columns of the image that tile `index` shows.
    pub fn pixels(&self, index: usize) -> [std::ops::Range<usize>; 2] {
        let (row, column) = self.place(index);
        [self.rows.pixels(row), self.columns.pixels(column)]
    }

    /// Rows and columns of the map of an image, for tiles with maps of `map`.
    pub fn whole_map(&self, map: [usize; 2]) -> [usize; 2] {
        [self.rows.cells(map[0]), self.columns.cells(map[1])]
    }

    /// Copies tile `index` of `image` to `tile`. Both hold planes of values of `bytes` bytes each, row by row.
    pub fn cut(&self, image: &[u8], bytes: usize, index: usize, tile: &mut [u8]) {
        let (row, column) = self.place(index);
        let (height, width) = (self.rows.tile(), self.columns.tile());
        let line = self.columns.length() * bytes;
        let inside = self.columns.inside(column) * bytes;
        let first = self.columns.source(column, 0) * bytes;
        let planes = image.chunks_exact((self.rows.length() * line).max(1));
        for (plane, tile) in planes.zip(tile.chunks_exact_mut((height * width * bytes).max(1))) {
            for (at, out) in tile.chunks_exact_mut((width * bytes).max(1)).enumerate() {
                let start = self.rows.source(row, at) * line;
                let Some(source) = plane.get(start..start + line) else { continue };
                let (within, beyond) = out.split_at_mut(inside);
                if let Some(pixels) = source.get(first..first + inside) {
                    within.copy_from_slice(pixels);
                }
                for (value, out) in (inside / bytes..).zip(beyond.chunks_exact_mut(bytes)) {
                    let from = self.columns.source(column, value) * bytes;
                    if let Some(pixel) = source.get(from..from + bytes) {
                        out.copy_from_slice(pixel);
                    }
                }
            }
        }
    }

    /// Row and column of a tile among the tiles.
    pub(crate) fn place(&self, index: usize) -> (usize, usize) {
        (index / self.columns.count(), index % self.columns.count())
    }
}

fn common_multiple(a: usize, b: usize) -> usize {
    let (mut divisor, mut rest) = (a, b);
    while rest > 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    a / divisor.max(1) * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_every_map_decide_where_tiles_begin() {
        let tiling = Tiling::new([64, 100], [48, 48], 0, &[[12, 12], [8, 16]]).unwrap();
        // Cells of 4 and 6 rows, of 4 and 3 columns.
        assert_eq!((tiling.count(), tiling.whole_map([12, 12]), tiling.whole_map([8, 16])), (6, [16, 25], [11, 34]));
        assert_eq!(tiling.rows, Axis::new(64, 48, 0, 12));
        assert_eq!(tiling.columns, Axis::new(100, 48, 0, 12));
        for map in [[7, 12], [12, 0], [12, 96]] {
            assert_eq!(Tiling::new([64, 64], [48, 48], 0, &[map]).unwrap_err(), Misfit { map, tile: [48, 48] });
        }
        assert_eq!(common_multiple(4, 6), 12);
    }

    #[test]
    fn tiles_show_their_pixels() {
        // Two planes of 3 rows and 5 columns of two bytes.
        let value = |plane: usize, y: usize, x: usize| [(10 * plane + y) as u8, x as u8];
        let image: Vec<u8> =
            (0..2).flat_map(|plane| (0..3).flat_map(move |y| (0..5).flat_map(move |x| value(plane, y, x)))).collect();
        let tiling = Tiling::new([3, 5], [4, 2], 0, &[[2, 1]]).unwrap();
        assert_eq!(tiling.count(), 3);
        let mut tile = vec![0; 2 * 4 * 2 * 2];
        for (index, columns) in [[0, 1], [2, 3], [4, 3]].into_iter().enumerate() {
            tiling.cut(&image, 2, index, &mut tile);
            let due: Vec<u8> = (0..2)
                .flat_map(|plane| {
                    [0, 1, 2, 1]
                        .into_iter()
                        .flat_map(move |y| columns.into_iter().flat_map(move |x| value(plane, y, x)))
                })
                .collect();
            assert_eq!(tile, due, "{index}");
        }
    }

    #[test]
    fn the_only_tile_of_an_image_is_the_image() {
        let image: Vec<u8> = (0..3 * 6 * 8).map(|at| at as u8).collect();
        let tiling = Tiling::new([6, 8], [6, 8], 2, &[[3, 4]]).unwrap();
        let mut tile = vec![0; image.len()];
        tiling.cut(&image, 1, 0, &mut tile);
        assert_eq!((tiling.count(), tile), (1, image));
        assert_eq!(tiling.pixels(0), [0..6, 0..8]);
        assert_eq!(Tiling::new([6, 13], [6, 8], 2, &[]).unwrap().pixels(1), [0..6, 5..13]);
    }
}
