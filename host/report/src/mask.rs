//! Masks: pictures that mark a defect's pixels.

mod decode;
pub(crate) mod regions;

use std::path::Path;

use crate::error::ReportError;
use decode::decode;

pub(crate) use regions::{Regions, Rows};

/// The marked pixels of one image, row by row, a bit for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Whether its marks have many values and none of them often, as in a photograph.
    pub(crate) is_grey: bool,
    bits: Bits,
}

/// Reads a mask: any value but 0 in any colour marks a pixel; in a JPEG, one in the upper half.
pub(crate) fn read_mask(path: &Path) -> Result<Mask, ReportError> {
    decode(path)
}

impl Mask {
    /// What `marked` says of every pixel, row by row.
    pub(crate) fn new(width: usize, height: usize, marked: impl Iterator<Item = bool>) -> Self {
        let mut bits = Bits::default();
        bits.extend(marked);
        Self { width, height, is_grey: false, bits }
    }

    /// Whether the pixel is marked.
    pub(crate) fn marks(&self, x: usize, y: usize) -> bool {
        self.bits.get(y * self.width + x)
    }

    /// One row, from left to right.
    pub(crate) fn row(&self, y: usize) -> impl Iterator<Item = bool> + '_ {
        (0..self.width).map(move |x| self.marks(x, y))
    }

    /// How many pixels are marked.
    pub(crate) fn count(&self) -> usize {
        self.bits.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The mask at another size; every pixel takes the nearest one.
    pub(crate) fn scaled(self, width: usize, height: usize) -> Self {
        if (self.width, self.height) == (width, height) {
            return self;
        }
        // The centre of the new pixel lies in the old one: (x + 0.5) * from / to, in whole numbers.
        let nearest = |x: usize, from: usize, to: usize| (2 * x + 1) * from / (2 * to);
        let mut bits = Bits::default();
        for y in 0..height {
            let line = nearest(y, self.height, height);
            bits.extend((0..width).map(|x| self.marks(nearest(x, self.width, width), line)));
        }
        Self { width, height, is_grey: self.is_grey, bits }
    }
}

/// Bits one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }
}

impl Extend<bool> for Bits {
    fn extend<I: IntoIterator<Item = bool>>(&mut self, bits: I) {
        for bit in bits {
            if self.len.is_multiple_of(64) {
                self.words.push(0);
            }
            if let Some(word) = self.words.last_mut() {
                *word |= u64::from(bit) << (self.len % 64);
            }
            self.len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma, Rgb, RgbImage};

    use super::*;

    /// The mask that lines of `#` and `.` draw.
    pub(super) fn mask(lines: &[&str]) -> Mask {
        let mut bits = Bits::default();
        bits.extend(lines.concat().chars().map(|c| c == '#'));
        Mask { width: lines[0].len(), height: lines.len(), is_grey: false, bits }
    }

    #[test]
    fn scaling_takes_the_nearest_pixel() {
        let small = mask(&["#.", ".."]);
        assert_eq!(small.clone().scaled(4, 2), mask(&["##..", "...."]));
        assert_eq!(small.clone().scaled(2, 2), small);
        assert_eq!(mask(&["#...", "....", "..#.", "...."]).scaled(2, 2), mask(&["..", ".."]));
        assert_eq!(mask(&["....", ".#..", "....", "...#"]).scaled(2, 2), mask(&["#.", ".#"]));
    }

    #[test]
    fn a_photograph_is_no_mask() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, value: fn(u32) -> u8| {
            let path = folder.path().join(name);
            GrayImage::from_fn(200, 10, |x, _| Luma([value(x)])).save(&path).unwrap();
            read_mask(&path)
        };
        for name in ["photo.png", "photo.bmp", "photo.jpg"] {
            let error = read(name, |x| x as u8 + 50).unwrap_err();
            assert!(matches!(&error, ReportError::MaskIsPhotograph { path, .. } if path.ends_with(name)), "{error}");
        }
        // A smooth border of a defect that takes less than half, and few shades however much they take.
        assert_eq!(read("smooth.png", |x| if x < 110 { 0 } else { x as u8 }).unwrap().count(), 900);
        assert_eq!(read("few.png", |x| 1 + (x % 60) as u8).unwrap().count(), 2000);
    }

    #[test]
    fn what_marks_a_pixel() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let read = |name: &str| read_mask(&path(name)).unwrap().row(0).collect::<Vec<_>>();
        let mut grey = GrayImage::new(3, 1);
        grey.put_pixel(1, 0, Luma([1]));
        grey.put_pixel(2, 0, Luma([255]));
        let mut colour = RgbImage::new(2, 1);
        colour.put_pixel(1, 0, Rgb([0, 0, 1]));
        for ending in ["png", "bmp", "tif"] {
            grey.save(path(&format!("grey.{ending}"))).unwrap();
            assert_eq!(read(&format!("grey.{ending}")), [false, true, true], "{ending}");
            colour.save(path(&format!("colour.{ending}"))).unwrap();
            assert_eq!(read(&format!("colour.{ending}")), [false, true], "{ending}");
        }
        // Opacity marks nothing, and neither is the second byte of a value forgotten.
        image::RgbaImage::from_raw(2, 1, vec![0, 0, 0, 255, 9, 0, 0, 0]).unwrap().save(path("clear.png")).unwrap();
        assert_eq!(read("clear.png"), [false, true]);
        image::ImageBuffer::<Luma<u16>, _>::from_raw(3, 1, vec![0_u16, 1, 256])
            .unwrap()
            .save(path("deep.png"))
            .unwrap();
        assert_eq!(read("deep.png"), [false, true, true]);
        let mut noisy = GrayImage::from_pixel(16, 8, Luma([9]));
        (0..8).flat_map(|y| (8..16).map(move |x| (x, y))).for_each(|(x, y)| noisy.put_pixel(x, y, Luma([250])));
        noisy.save(path("noisy.jpg")).unwrap();
        assert_eq!(read_mask(&path("noisy.jpg")).unwrap().count(), 64);
        // What is missing of a JPEG would be grey, which marks.
        let whole = std::fs::read(path("noisy.jpg")).unwrap();
        std::fs::write(path("cut.jpg"), &whole[..whole.len() * 2 / 3]).unwrap();
        let error = read_mask(&path("cut.jpg")).unwrap_err();
        assert!(matches!(&error, ReportError::MaskDamaged { path, .. } if path.ends_with("cut.jpg")), "{error}");
        std::fs::write(path("text.png"), "no picture").unwrap();
        let error = read_mask(&path("text.png")).unwrap_err();
        assert!(matches!(&error, ReportError::MaskDamaged { path, .. } if path.ends_with("text.png")), "{error}");
    }
}
