//! Bilinear scaling bit for bit as Pillow does it, nnabla's usual image back-end (NNC contract 3.3).
//!
//! Pillow widens the triangle filter when it shrinks an image, so that every source pixel counts. It scales rows first
//! and columns after, rounds to 8 bits between the two, and adds up in fixed point with 22 bits behind the point. A
//! direction whose size does not change is left alone.
//!
//! A border of zeros around the source (shaping mode `padding`) is never made: its pixels add nothing, so it only
//! shifts the filter.

use nnc_dataset::Pixels;

/// Bits behind the point of a filter weight: 32, less 8 for the value and 2 for the sum.
const PRECISION: u32 = 32 - 8 - 2;

/// One direction of an image inside a border of zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    /// First pixel of the image that is used.
    pub(crate) start: usize,
    /// Pixels that are used.
    pub(crate) length: usize,
    /// Zeros before them.
    pub(crate) before: usize,
    /// All pixels: zeros before, image, zeros behind.
    pub(crate) padded: usize,
}

impl Side {
    /// The whole side of an image.
    pub(crate) fn whole(length: usize) -> Self {
        Self { start: 0, length, before: 0, padded: length }
    }
}

/// Scales the part of `source` that `across` and `down` select to `width` x `height`.
pub(crate) fn resize(source: &Pixels, across: Side, down: Side, width: usize, height: usize) -> Pixels {
    let channels = source.channels;
    let filters = filters(across, width);
    let mut rows = vec![0; width * down.length * channels];
    let lines = source.values.chunks_exact(source.width * channels).skip(down.start).take(down.length);
    for (out, line) in rows.chunks_exact_mut(width * channels).zip(lines) {
        let line = line.get(across.start * channels..(across.start + across.length) * channels).unwrap_or_default();
        for (pixel, filter) in out.chunks_exact_mut(channels).zip(&filters) {
            let taps = line.chunks_exact(channels).skip(filter.first);
            let mut sums = [0i32; 4];
            for (tap, &weight) in taps.zip(&filter.weights) {
                for (sum, &value) in sums.iter_mut().zip(tap) {
                    *sum += i32::from(value) * weight;
                }
            }
            for (value, sum) in pixel.iter_mut().zip(sums) {
                *value = rounded(sum);
            }
        }
    }
    let stride = width * channels;
    let mut values = vec![0; stride * height];
    let mut sums = vec![0i32; stride];
    for (out, filter) in values.chunks_exact_mut(stride).zip(self::filters(down, height)) {
        sums.fill(0);
        for (line, &weight) in rows.chunks_exact(stride).skip(filter.first).zip(&filter.weights) {
            for (sum, &value) in sums.iter_mut().zip(line) {
                *sum += i32::from(value) * weight;
            }
        }
        for (value, &sum) in out.iter_mut().zip(&sums) {
            *value = rounded(sum);
        }
    }
    Pixels { width, height, channels, values }
}

/// The weights that make one pixel out of consecutive ones.
#[derive(Debug, PartialEq)]
struct Filter {
    /// First pixel, counted in the image without its border.
    first: usize,
    /// With [`PRECISION`] bits behind the point; those of the border are left out.
    weights: Vec<i32>,
}

/// The filters for all pixels of a side scaled to `size`.
fn filters(side: Side, size: usize) -> Vec<Filter> {
    let image = side.before..side.before + side.length;
    if side.padded == size {
        let one = |at: usize| match image.contains(&at) {
            true => Filter { first: at - side.before, weights: vec![1 << PRECISION] },
            false => Filter { first: 0, weights: Vec::new() },
        };
        return (0..size).map(one).collect();
    }
    let scale = side.padded as f64 / size as f64;
    // The triangle reaches one pixel to both sides; of the target when shrinking, else of the source.
    let reach = scale.max(1.0);
    (0..size)
        .map(|at| {
            let centre = (at as f64 + 0.5) * scale;
            // Negative numbers become 0.
            let first = (centre - reach + 0.5) as usize;
            let end = ((centre + reach + 0.5) as usize).min(side.padded);
            let heights: Vec<f64> = (first..end)
                .map(|tap| {
                    let distance = ((tap as f64 - centre + 0.5) * (1.0 / reach)).abs();
                    if distance < 1.0 { 1.0 - distance } else { 0.0 }
                })
                .collect();
            let total: f64 = heights.iter().sum();
            let inside = first.max(image.start)..end.min(image.end);
            let weights = (first..end)
                .zip(&heights)
                .filter(|(tap, _)| inside.contains(tap))
                .map(|(_, height)| (0.5 + height / total * f64::from(1 << PRECISION)) as i32)
                .collect();
            Filter { first: inside.start.min(image.end) - image.start, weights }
        })
        .collect()
}

/// A sum with [`PRECISION`] bits behind the point as a value. Weights are positive and add up to one, or by rounding
/// to a little more.
fn rounded(sum: i32) -> u8 {
    ((sum + (1 << (PRECISION - 1))) >> PRECISION).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, values: &[u8]) -> Pixels {
        Pixels { width, height: values.len() / width, channels: 1, values: values.to_vec() }
    }

    fn scaled(source: &Pixels, width: usize, height: usize) -> Vec<u8> {
        resize(source, Side::whole(source.width), Side::whole(source.height), width, height).values
    }

    #[test]
    fn figures_of_pillow() {
        // Made with Pillow: Image.fromarray(...).resize(..., Image.BILINEAR).
        assert_eq!(scaled(&grey(2, &[0, 255]), 4, 1), [0, 64, 191, 255]);
        assert_eq!(scaled(&grey(5, &[10, 200, 30, 90, 250]), 2, 1), [96, 132]);
        assert_eq!(scaled(&grey(3, &[0, 50, 100, 150, 200, 250, 7, 8, 9]), 2, 2), [75, 137, 68, 92]);
    }

    #[test]
    fn a_border_counts_as_zeros() {
        let image = grey(3, &[100, 200, 50, 30, 60, 90]);
        let bordered = grey(5, &[0, 0, 0, 0, 0, 0, 100, 200, 50, 0, 0, 30, 60, 90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let across = Side { start: 0, length: 3, before: 1, padded: 5 };
        let down = Side { start: 0, length: 2, before: 1, padded: 5 };
        for (width, height) in [(2, 3), (5, 5), (9, 7), (5, 2), (1, 1), (64, 3)] {
            let there = resize(&image, across, down, width, height).values;
            assert_eq!(there, scaled(&bordered, width, height), "{width}x{height}");
        }
    }

    #[test]
    fn a_part_is_scaled_as_an_image_of_its_own() {
        let image = grey(4, &[9, 10, 20, 9, 9, 30, 40, 9, 9, 9, 9, 9]);
        let (across, down) = (Side { start: 1, length: 2, before: 0, padded: 2 }, Side::whole(2));
        assert_eq!(resize(&image, across, down, 5, 3).values, scaled(&grey(2, &[10, 20, 30, 40]), 5, 3));
    }

    #[test]
    fn one_colour_stays_one_colour() {
        for value in [0, 1, 127, 254, 255] {
            for (from, to) in [(1, 224), (1000, 3), (7, 7), (224, 223), (3000, 1)] {
                assert!(scaled(&grey(from, &vec![value; from]), to, 2).iter().all(|&found| found == value));
            }
        }
    }
}
