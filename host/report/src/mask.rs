//! Masks: pictures that mark a defect's pixels.

use std::path::Path;

use image::{DynamicImage, ImageFormat, ImageReader};

use crate::error::ReportError;

/// The most pixels of a mask: an 8192x8192 picture.
const MAX_PIXELS: u64 = 1 << 26;
/// From here on a pixel of a JPEG counts, of 65535: its zeros are not exact.
const JPEG_FROM: u16 = 1 << 15;

/// The marked pixels of one image, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) marked: Vec<bool>,
}

/// Reads a mask: any value but 0 in any colour marks a pixel; in a JPEG, one in the upper half.
pub(crate) fn read_mask(path: &Path) -> Result<Mask, ReportError> {
    let broken = |source| ReportError::MaskUnreadable { path: path.to_path_buf(), source };
    let open = || ImageReader::open(path).and_then(ImageReader::with_guessed_format).map_err(|e| broken(e.into()));
    let (width, height) = open()?.into_dimensions().map_err(broken)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ReportError::MaskTooLarge { path: path.to_path_buf(), width, height, limit: MAX_PIXELS });
    }
    let reader = open()?;
    let from = if reader.format() == Some(ImageFormat::Jpeg) { JPEG_FROM } else { 1 };
    let marked = match reader.decode().map_err(broken)? {
        DynamicImage::ImageLuma8(grey) => grey.pixels().map(|p| u16::from(p.0[0]) * 257 >= from).collect(),
        other => other.into_rgb16().pixels().map(|p| p.0.into_iter().any(|value| value >= from)).collect(),
    };
    Ok(Mask { width: width as usize, height: height as usize, marked })
}

impl Mask {
    /// The mask at another size; every pixel takes the nearest one.
    pub(crate) fn scaled(self, width: usize, height: usize) -> Self {
        if (self.width, self.height) == (width, height) {
            return self;
        }
        // The centre of the new pixel lies in the old one: (x + 0.5) * from / to, in whole numbers.
        let nearest = |x: usize, from: usize, to: usize| (2 * x + 1) * from / (2 * to);
        let columns: Vec<usize> = (0..width).map(|x| nearest(x, self.width, width)).collect();
        let marked = (0..height)
            .flat_map(|y| {
                let line = nearest(y, self.height, height) * self.width;
                columns.iter().map(|x| self.marked[line + x]).collect::<Vec<_>>()
            })
            .collect();
        Self { width, height, marked }
    }

    /// The connected regions of marked pixels, neighbours being those beside and across corners: for each pixel the
    /// number of its region from 1, or 0, and the size of each region.
    pub(crate) fn regions(&self) -> (Vec<u32>, Vec<u32>) {
        let mut region = vec![0; self.marked.len()];
        let mut sizes = Vec::new();
        let mut reached = Vec::new();
        for start in 0..self.marked.len() {
            if !self.marked[start] || region[start] > 0 {
                continue;
            }
            sizes.push(0);
            let number = sizes.len() as u32;
            region[start] = number;
            reached.push(start);
            while let Some(pixel) = reached.pop() {
                sizes[number as usize - 1] += 1;
                let (x, y) = (pixel % self.width, pixel / self.width);
                for y in y.saturating_sub(1)..=(y + 1).min(self.height - 1) {
                    for x in x.saturating_sub(1)..=(x + 1).min(self.width - 1) {
                        let neighbour = y * self.width + x;
                        if self.marked[neighbour] && region[neighbour] == 0 {
                            region[neighbour] = number;
                            reached.push(neighbour);
                        }
                    }
                }
            }
        }
        (region, sizes)
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma, Rgb, RgbImage};

    use super::*;

    fn mask(lines: &[&str]) -> Mask {
        let marked = lines.concat().chars().map(|c| c == '#').collect();
        Mask { width: lines[0].len(), height: lines.len(), marked }
    }

    #[test]
    fn corners_connect() {
        let (region, sizes) = mask(&["#..#.", ".#...", "...##", "##.#."]).regions();
        assert_eq!(sizes, [2, 1, 3, 2]);
        assert_eq!(region, [1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 0, 3, 0]);
        assert_eq!(mask(&["...", "..."]).regions().1, [0_u32; 0]);
        assert_eq!(mask(&["###", "###"]).regions().1, [6]);
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
    fn what_marks_a_pixel() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| read_mask(&folder.path().join(name)).unwrap().marked;
        let mut grey = GrayImage::new(3, 1);
        grey.put_pixel(1, 0, Luma([1]));
        grey.put_pixel(2, 0, Luma([255]));
        grey.save(folder.path().join("grey.png")).unwrap();
        assert_eq!(read("grey.png"), [false, true, true]);
        let mut colour = RgbImage::new(2, 1);
        colour.put_pixel(1, 0, Rgb([0, 0, 1]));
        colour.save(folder.path().join("colour.png")).unwrap();
        assert_eq!(read("colour.png"), [false, true]);
        let mut noisy = GrayImage::from_pixel(16, 8, Luma([9]));
        (0..8).flat_map(|y| (8..16).map(move |x| (x, y))).for_each(|(x, y)| noisy.put_pixel(x, y, Luma([250])));
        noisy.save(folder.path().join("noisy.jpg")).unwrap();
        assert_eq!(read("noisy.jpg").iter().filter(|marked| **marked).count(), 64);
        std::fs::write(folder.path().join("text.png"), "no picture").unwrap();
        let error = read_mask(&folder.path().join("text.png")).unwrap_err().to_string();
        assert!(error.contains("cannot read the mask") && error.contains("text.png"), "{error}");
    }
}
