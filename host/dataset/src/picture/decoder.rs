//! The decoder of an image, chosen by its content, and what it cannot tell.

use std::io::Cursor;

use image::{ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::error::{PictureDamage, PictureError, PictureLimit, UnsupportedPicture};
use super::facts;

/// The decoder for the content of `bytes`, its header read and its size found sensible.
pub(super) fn decoder<'a>(
    bytes: &'a [u8],
    named: ImageFormat,
    max_bytes: u64,
) -> Result<(Box<dyn ImageDecoder + 'a>, ImageFormat), PictureError> {
    let format = image::guess_format(bytes).unwrap_or(named);
    if format == ImageFormat::Jpeg {
        check_jpeg(bytes)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(max_bytes);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > max_bytes {
        return Err(PictureError::TooLarge(PictureLimit::Bytes { width, height, limit: max_bytes }));
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged(PictureDamage::NoPixels { width, height }));
    }
    Ok((Box::new(decoder), format))
}

/// The JPEG decoder fills what is missing with grey and turns CMYK into RGB, so both are looked for beforehand.
fn check_jpeg(bytes: &[u8]) -> Result<(), PictureError> {
    let jpeg = facts::jpeg(bytes);
    if jpeg.components == Some(4) {
        return Err(PictureError::Cmyk);
    }
    if !jpeg.complete {
        return Err(PictureError::Damaged(PictureDamage::JpegCutShort));
    }
    Ok(())
}

/// What is wrong with an image by the words of its decoder.
pub(super) fn refusal(error: ImageError) -> PictureError {
    let reason = error.to_string().replace(['\n', '\r'], " ");
    match error {
        ImageError::Unsupported(_) => PictureError::Unsupported(UnsupportedPicture::Decoder(reason)),
        ImageError::Limits(_) => PictureError::TooLarge(PictureLimit::Memory { reason }),
        _ => PictureError::Damaged(PictureDamage::Decoder(reason)),
    }
}
