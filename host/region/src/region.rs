//! The pixels of an image that count.

use std::ops::Range;
use std::path::Path;

use nnc_files::read_regular;

use crate::error::RegionError;
use crate::polygon;

/// The most bytes of a picture's file.
const MAX_BYTES: u64 = 1 << 28;
/// The most pixels of a picture: more than any image that is read has.
const MAX_PIXELS: u64 = 1 << 28;
/// The most corners of all polygons.
const MAX_CORNERS: usize = 10_000;
/// Grey levels from here on are inside.
const INSIDE_FROM: u8 = 128;

/// The pixels of images of one size that count; at least one does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    height: usize,
    width: usize,
    inside: Vec<bool>,
}

impl Region {
    /// What is light in a picture of the images' own height and width.
    ///
    /// # Errors
    /// A file that is no such picture, or is black.
    pub fn of_picture(path: &Path, image: [usize; 2]) -> Result<Self, RegionError> {
        let named = || path.to_owned();
        let bytes =
            read_regular(path, MAX_BYTES).map_err(|reason| RegionError::Unreadable { path: named(), reason })?;
        let broken = |error| RegionError::Picture { path: named(), error };
        let (width, height, _) = nnc_picture::measure(&bytes).map_err(broken)?;
        let found = [height as usize, width as usize];
        if found != image {
            return Err(RegionError::OtherSize { path: named(), found, expected: image });
        }
        let picture = nnc_picture::load(&bytes, MAX_PIXELS).map_err(broken)?.into_luma8();
        Self::new(image, picture.iter().map(|&grey| grey >= INSIDE_FROM).collect())
    }

    /// What lies in any of these polygons, whose corners are columns and rows of pixels; 0, 0 is the upper left corner of the
    /// image.
    ///
    /// # Errors
    /// A polygon that is none, and polygons without a pixel.
    pub fn of_polygons(polygons: &[Vec<[f64; 2]>], image: [usize; 2]) -> Result<Self, RegionError> {
        let mut left = MAX_CORNERS;
        let mut inside = vec![false; image[0] * image[1]];
        for (number, corners) in (1..).zip(polygons) {
            let is_place = |corner: &[f64; 2]| corner.iter().all(|at| at.is_finite());
            if corners.len() < 3 || corners.len() > left || !corners.iter().all(is_place) {
                return Err(RegionError::Polygon { number, corners: corners.len(), most: MAX_CORNERS });
            }
            left -= corners.len();
            polygon::fill(corners, image[1], &mut inside);
        }
        Self::new(image, inside)
    }

    fn new([height, width]: [usize; 2], inside: Vec<bool>) -> Result<Self, RegionError> {
        if !inside.contains(&true) {
            return Err(RegionError::Empty { image: [height, width] });
        }
        Ok(Self { height, width, inside })
    }

    /// Its share of an image, above 0, at most 1.
    pub fn share(&self) -> f64 {
        self.inside.iter().filter(|inside| **inside).count() as f64 / self.inside.len() as f64
    }

    /// One byte for each pixel, 1 for those inside: what tells two regions apart.
    pub fn bytes(&self) -> Vec<u8> {
        self.inside.iter().map(|&inside| u8::from(inside)).collect()
    }

    /// Whether any of these pixels counts.
    pub fn touches(&self, rows: Range<usize>, columns: Range<usize>) -> bool {
        let lines = self.inside.chunks_exact(self.width.max(1)).take(rows.end.min(self.height)).skip(rows.start);
        let columns = columns.start.min(self.width)..columns.end.min(self.width);
        lines.into_iter().any(|line| line.get(columns.clone()).unwrap_or_default().contains(&true))
    }

    /// Paints over what lies outside, in planes of values as large as `grey`.
    pub fn paint(&self, image: &mut [u8], grey: &[u8]) {
        for plane in image.chunks_exact_mut((self.inside.len() * grey.len()).max(1)) {
            for (value, inside) in plane.chunks_exact_mut(grey.len().max(1)).zip(&self.inside) {
                if !inside {
                    value.copy_from_slice(grey);
                }
            }
        }
    }

    /// Which cells of a map count: those that lie inside with at least half of their pixels.
    pub fn cells(&self, [rows, columns]: [usize; 2]) -> Vec<bool> {
        let span = |cell: usize, cells: usize, extent: usize| {
            let start = cell * extent / cells;
            start..((cell + 1) * extent).div_ceil(cells).max(start + 1).min(extent)
        };
        let mut found = Vec::with_capacity(rows * columns);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let (lines, across) = (span(row, rows, self.height), span(column, columns, self.width));
            let pixels = lines.len() * across.len();
            let line = |y: usize| self.inside.get(y * self.width..).and_then(|line| line.get(across.clone()));
            let inside = lines.filter_map(line).flatten().filter(|inside| **inside).count();
            found.push(pixels > 0 && 2 * inside >= pixels);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Region {
        Region::of_polygons(&[vec![[2.0, 1.0], [6.0, 1.0], [6.0, 4.0], [2.0, 4.0]]], [4, 8]).unwrap()
    }

    #[test]
    fn pictures_and_polygons_say_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roi.png");
        let grey = |x: u32, y: u32| if (2..6).contains(&x) && y >= 1 { 200 } else { 100 };
        image::GrayImage::from_fn(8, 4, |x, y| image::Luma([grey(x, y)])).save(&path).unwrap();
        let region = Region::of_picture(&path, [4, 8]).unwrap();
        assert_eq!(region, square());
        assert_eq!((region.share(), region.bytes().iter().filter(|&&byte| byte == 1).count()), (12.0 / 32.0, 12));
        assert!(region.touches(0..2, 5..7) && region.touches(3..99, 0..99));
        assert!(!region.touches(0..1, 0..8) && !region.touches(0..4, 6..8) && !region.touches(4..9, 0..8));
    }

    #[test]
    fn what_is_no_region_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roi.png");
        assert!(matches!(Region::of_picture(&path, [4, 8]).unwrap_err(), RegionError::Unreadable { .. }));
        std::fs::write(&path, "no picture").unwrap();
        assert!(matches!(Region::of_picture(&path, [4, 8]).unwrap_err(), RegionError::Picture { .. }));
        image::GrayImage::new(8, 4).save(&path).unwrap();
        assert!(matches!(Region::of_picture(&path, [4, 8]).unwrap_err(), RegionError::Empty { image: [4, 8] }));
        let other = Region::of_picture(&path, [8, 4]).unwrap_err();
        assert!(matches!(other, RegionError::OtherSize { found: [4, 8], expected: [8, 4], .. }), "{other}");
        let none = vec![[0.0, 0.0], [1.0, 1.0]];
        let nowhere = vec![[0.0, 0.0], [1.0, f64::NAN], [3.0, 3.0]];
        let many = vec![[0.0, 0.0]; MAX_CORNERS + 1];
        for corners in [none, nowhere, many] {
            let error = Region::of_polygons(std::slice::from_ref(&corners), [4, 8]).unwrap_err();
            assert!(matches!(error, RegionError::Polygon { number: 1, .. }), "{error}");
        }
        assert!(matches!(Region::of_polygons(&[], [4, 8]).unwrap_err(), RegionError::Empty { .. }));
    }

    #[test]
    fn outside_is_painted_over_in_every_plane() {
        let mut image: Vec<u8> = (0..2 * 4 * 8 * 2).map(|at| at as u8).collect();
        let before = image.clone();
        square().paint(&mut image, &[7, 9]);
        for (at, (now, then)) in image.chunks(2).zip(before.chunks(2)).enumerate() {
            let (y, x) = (at % 32 / 8, at % 8);
            let inside = (2..6).contains(&x) && y >= 1;
            assert_eq!(now, if inside { then } else { &[7, 9] }, "{at}");
        }
    }

    #[test]
    fn half_of_a_cell_makes_it_count() {
        // Cells of 2x2 pixels: the upper row of each of them is outside in the first line of cells.
        let cells = square().cells([2, 4]);
        assert_eq!(cells, [false, true, true, false, false, true, true, false]);
        assert_eq!(square().cells([1, 1]), [false]);
        // A map finer than the image.
        assert_eq!(square().cells([8, 16]).iter().filter(|inside| **inside).count(), 48);
    }
}
