//! What an image looks like, small enough to be kept for every image of a dataset.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::cache::Cache;
use crate::cell::{Content, FileKind, classify};
use crate::element::Element;
use crate::error::Spot;
use crate::format::SampleFormat;
use crate::header::Variable;
use crate::limits::MAX_SAMPLE_BYTES;
use crate::sample::read_file;
use crate::table::Dataset;
use crate::threads;
use nnc_picture::{AlphaPolicy, PixelOptions, Pixels, decode_pixels};

/// Cells along one side of a fingerprint.
pub(crate) const SIDE: usize = 32;
/// Means are kept in this fraction of a grey level.
pub(crate) const FRACTION: f64 = 256.0;

/// A hash of the pixels of an image, and the mean grey of 32x32 parts of it.
///
/// The means hardly change when an image is compressed again, and change little when it is resized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of size, channels and values.
    pub(crate) hash: [u8; 32],
    /// Row by row, in 1/256 of a grey level.
    pub(crate) means: Box<[u16]>,
}

impl Fingerprint {
    /// A hash of its size, channels and pixels.
    pub fn pixels(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The fingerprint of an image.
    pub fn of(pixels: &Pixels) -> Fingerprint {
        let Pixels { width, height, channels, values } = pixels;
        let mut hash = Sha256::new();
        for size in [width, height, channels] {
            hash.update((*size as u64).to_le_bytes());
        }
        hash.update(values);
        let (across, down) = (Parts::of(*width), Parts::of(*height));
        // Pixels at the border of two parts count for both, so that the size of an image hardly matters.
        let mut sums = vec![0.0; SIDE * SIDE];
        for (y, row) in values.chunks_exact((width * channels).max(1)).enumerate() {
            let mut line = [0.0; SIDE];
            for (x, pixel) in row.chunks_exact(*channels).enumerate() {
                let grey = f64::from(pixel.iter().map(|&value| u32::from(value)).sum::<u32>());
                across.share(x, |part, share| line[part] += grey * share);
            }
            down.share(y, |part, share| {
                for (sum, value) in sums.iter_mut().skip(part * SIDE).zip(line) {
                    *sum += value * share;
                }
            });
        }
        let scale = FRACTION / *channels as f64;
        let means = sums.into_iter().map(|sum| (sum * scale).round() as u16).collect();
        Fingerprint { hash: hash.finalize().into(), means }
    }
}

/// One side of an image divided into [`SIDE`] equal parts.
struct Parts {
    /// Pixels in one part.
    length: f64,
}

impl Parts {
    fn of(side: usize) -> Parts {
        Parts { length: side as f64 / SIDE as f64 }
    }

    /// Tells `add` every part that pixel `at` reaches into, and what share of the part it is.
    fn share(&self, at: usize, mut add: impl FnMut(usize, f64)) {
        let (start, end) = (at as f64, at as f64 + 1.0);
        let mut part = (start / self.length) as usize;
        while part < SIDE && (part as f64) * self.length < end {
            let covered = end.min((part + 1) as f64 * self.length) - start.max(part as f64 * self.length);
            add(part, covered.max(0.0) / self.length);
            part += 1;
        }
    }
}

impl Dataset {
    /// The fingerprints of the images of `variable`, one for each row; none for what is no image or cannot be decoded. The
    /// images of a `.cache` folder are those in it, whether or not the files it was made from are still there.
    pub fn fingerprints(&self, variable: &Variable) -> Vec<Option<Fingerprint>> {
        let of = |row| self.fingerprint(row, variable);
        match threads::pool(0) {
            Ok(pool) => pool.install(|| (0..self.len()).into_par_iter().map(of).collect()),
            // Without further threads it only takes longer.
            Err(_) => (0..self.len()).map(of).collect(),
        }
    }

    fn fingerprint(&self, row: usize, variable: &Variable) -> Option<Fingerprint> {
        if let Some(cache) = self.cache() {
            return Some(Fingerprint::of(&cached(cache, variable, row)?));
        }
        let (text, spot) = self.cell(row, *variable.columns.first()?).ok()?;
        let Ok(Content::File(path, FileKind::Image(format))) = classify(text, self.folder(), spot) else {
            return None;
        };
        let mut bytes = Vec::new();
        read_file(&path, Spot { file: Some(&path), ..spot }, &mut bytes).ok()?;
        let options =
            PixelOptions { alpha: AlphaPolicy::Drop, scale_sixteen_bit: true, max_pixels: MAX_SAMPLE_BYTES as u64 / 3 };
        let (pixels, _) = decode_pixels(&bytes, format, &options).ok()?;
        Some(Fingerprint::of(&pixels))
    }
}

/// An image that a cache holds; none for other values than bytes, whose range is unknown.
fn cached(cache: &Cache, variable: &Variable, row: usize) -> Option<Pixels> {
    let &[channels @ (1 | 3), height, width] = cache.shape(variable)? else { return None };
    if cache.element(variable)? != Element::U8 {
        return None;
    }
    let format = SampleFormat { shape: vec![channels, height, width], element: Element::U8 };
    let mut planes = vec![0; format.sample_bytes().ok()?];
    cache.read(variable, row, &format, &mut Vec::new(), &mut planes).ok()?;
    let mut values = vec![0; planes.len()];
    for (channel, plane) in planes.chunks_exact(height * width).enumerate() {
        values.iter_mut().skip(channel).step_by(channels).zip(plane).for_each(|(to, from)| *to = *from);
    }
    Some(Pixels { width, height, channels, values })
}
