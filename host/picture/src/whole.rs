//! Whole images as they are, for pictures that are no samples: masks, and what is shown to people.

use image::{DynamicImage, ImageDecoder, ImageFormat};

use crate::decoder::{decoder, refusal};
use crate::error::{PictureError, PictureLimit};
use crate::quiet::guarded;

/// Four channels of 32 bits.
const MAX_BYTES_PER_PIXEL: u64 = 16;

/// Width, height and format of the image in `bytes`, whose content decides what it is.
pub fn measure(bytes: &[u8]) -> Result<(u32, u32, ImageFormat), PictureError> {
    let measured = guarded(|| {
        let (decoder, format) = decoder(bytes, ImageFormat::Png, u64::MAX)?;
        let (width, height) = decoder.dimensions();
        Ok((width, height, format))
    });
    measured.unwrap_or(Err(PictureError::DecoderPanic))
}

/// The image in `bytes` with all its channels and bits, of at most `max_pixels`.
pub fn load(bytes: &[u8], max_pixels: u64) -> Result<DynamicImage, PictureError> {
    let (width, height, _) = measure(bytes)?;
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(PictureError::TooLarge(PictureLimit::Pixels { width, height, limit: max_pixels }));
    }
    let image = || {
        let (decoder, _) = decoder(bytes, ImageFormat::Png, max_pixels.saturating_mul(MAX_BYTES_PER_PIXEL))?;
        DynamicImage::from_decoder(decoder).map_err(refusal)
    };
    guarded(image).unwrap_or(Err(PictureError::DecoderPanic))
}
