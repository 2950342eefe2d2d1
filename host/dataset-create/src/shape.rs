//! From an image of any size to the size and colour of the dataset (NNC contract 3.3).

use image::ImageFormat;
use nnc_dataset::{Change, PictureError, PictureLimit, PixelOptions, Pixels, decode_pixels};
use nnc_picture::guarded;

use crate::resize::{Side, resize};
use crate::shaping::{Mode, Shaping};

/// The longest side, border included: what is longer is a mistake, and its filters would fill the memory.
const MAX_SIDE: usize = 1 << 20;

impl Shaping {
    /// The image of a file of at most `max_pixels` pixels, shaped. `named` is the format of its extension; the content decides.
    ///
    /// # Errors
    /// What is wrong with the image.
    pub fn decode(
        &self,
        bytes: &[u8],
        named: ImageFormat,
        max_pixels: u64,
    ) -> Result<(Pixels, Vec<Change>), PictureError> {
        let policy = PixelOptions { alpha: self.alpha, scale_sixteen_bit: self.scale_sixteen_bit, max_pixels };
        let (pixels, changes) = decode_pixels(bytes, named, &policy)?;
        Ok((self.shape(pixels, max_pixels)?, changes))
    }

    /// An image that is decoded already, shaped.
    ///
    /// # Errors
    /// Proportions that would take far more memory than the image has pixels.
    pub fn shape(&self, pixels: Pixels, max_pixels: u64) -> Result<Pixels, PictureError> {
        // Sizes are bounded, but a bug in the arithmetic must not take other images along.
        guarded(|| shape(pixels, self, max_pixels)).unwrap_or(Err(PictureError::DecoderPanic))
    }
}

/// Brings an image to the size and the channels of `shaping`: geometry first, colour after, as NNC does. None on the way has
/// more than `max_pixels` pixels.
fn shape(source: Pixels, shaping: &Shaping, max_pixels: u64) -> Result<Pixels, PictureError> {
    let (width, height) = (shaping.width, shaping.height);
    let sized = if (source.width, source.height) == (width, height) {
        source
    } else {
        let (across, down) = sides(shaping.mode, (source.width, source.height), (width, height));
        // Rows are scaled first; a needle of an image would become a sheet.
        let between = (width as u64).saturating_mul(down.length as u64);
        if across.padded.max(down.padded) > MAX_SIDE || between > max_pixels {
            let Pixels { width, height, .. } = source;
            return Err(PictureError::TooLarge(PictureLimit::Proportions { width, height }));
        }
        resize(&source, across, down, width, height)
    };
    Ok(colour(sized, shaping.channels))
}

/// Which part of an image of size `from` is used and which border it gets, so that it has the proportions of `to`.
/// Sizes are width and height.
fn sides(mode: Mode, from: (usize, usize), to: (usize, usize)) -> (Side, Side) {
    let whole = (Side::whole(from.0), Side::whole(from.1));
    let ((w, h), (target_w, target_h)) = (from, to);
    let (wf, hf, target_wf, target_hf) = (w as f64, h as f64, target_w as f64, target_h as f64);
    let (is, wanted) = (hf / wf, target_hf / target_wf);
    match mode {
        Mode::Resize => whole,
        Mode::Trimming if is > wanted => (whole.0, trimmed(h, (wf / target_wf * target_hf) as usize)),
        Mode::Trimming => (trimmed(w, (hf / target_hf * target_wf) as usize), whole.1),
        Mode::Padding if is < wanted => (whole.0, padded(h, (target_hf / target_wf * wf) as usize)),
        Mode::Padding => (padded(w, (target_wf / target_hf * hf) as usize), whole.1),
    }
}

/// Cuts the same from both ends, so that about `wanted` pixels are left, at least one.
fn trimmed(length: usize, wanted: usize) -> Side {
    let cut = length.saturating_sub(wanted.max(1)) / 2;
    let left = length - 2 * cut;
    Side { start: cut, length: left, before: 0, padded: left }
}

/// Adds zeros at both ends up to `wanted` pixels. Where rounding makes that one too few, there are none; NNC drops
/// the image then.
fn padded(length: usize, wanted: usize) -> Side {
    let wanted = wanted.max(length);
    Side { start: 0, length, before: (wanted - length) / 2, padded: wanted }
}

/// Grey to RGB by repetition, RGB to grey by NNC's weights, cut off rather than rounded.
fn colour(image: Pixels, channels: usize) -> Pixels {
    let values = match (image.channels, channels) {
        (1, 3) => image.values.iter().flat_map(|&grey| [grey; 3]).collect(),
        (3, 1) => {
            let (pixels, _) = image.values.as_chunks::<3>();
            pixels.iter().map(|&[r, g, b]| luma(r, g, b)).collect()
        }
        _ => return image,
    };
    Pixels { channels, values, ..image }
}

fn luma(red: u8, green: u8, blue: u8) -> u8 {
    (f64::from(red) * 0.299 + f64::from(green) * 0.587 + f64::from(blue) * 0.114) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions() {
        let side = |start, length, before, padded| Side { start, length, before, padded };
        for (mode, from, to, across, down) in [
            (Mode::Resize, (90, 60), (48, 48), side(0, 90, 0, 90), side(0, 60, 0, 60)),
            (Mode::Trimming, (90, 60), (48, 48), side(15, 60, 0, 60), side(0, 60, 0, 60)),
            (Mode::Trimming, (47, 92), (48, 48), side(0, 47, 0, 47), side(22, 48, 0, 48)),
            (Mode::Padding, (90, 60), (48, 48), side(0, 90, 0, 90), side(0, 60, 15, 90)),
            (Mode::Padding, (47, 92), (48, 48), side(0, 47, 22, 92), side(0, 92, 0, 92)),
            (Mode::Padding, (40, 80), (48, 96), side(0, 40, 0, 40), side(0, 80, 0, 80)),
            // Nothing is trimmed away altogether, and no side becomes empty.
            (Mode::Trimming, (1, 50_000), (224, 224), side(0, 1, 0, 1), side(24_999, 2, 0, 2)),
            (Mode::Trimming, (50_000, 1), (1, 224), side(24_999, 2, 0, 2), side(0, 1, 0, 1)),
            (Mode::Padding, (1, 50_000), (224, 224), side(0, 1, 24_999, 50_000), side(0, 50_000, 0, 50_000)),
        ] {
            assert_eq!(sides(mode, from, to), (across, down), "{mode:?} {from:?}");
        }
    }

    #[test]
    fn colours() {
        let image = |channels, values: &[u8]| Pixels { width: 1, height: 1, channels, values: values.to_vec() };
        assert_eq!(colour(image(1, &[7]), 3), image(3, &[7, 7, 7]));
        assert_eq!(colour(image(3, &[7, 8, 9]), 3), image(3, &[7, 8, 9]));
        assert_eq!(colour(image(3, &[255, 0, 0]), 1), image(1, &[76]));
        assert_eq!(colour(image(3, &[0, 255, 0]), 1), image(1, &[149]));
        assert_eq!(colour(image(3, &[0, 0, 255]), 1), image(1, &[29]));
    }
}
