//! The decoder of an image, chosen by its content, and what it cannot tell.

use std::borrow::Cow;
use std::io::Cursor;

use image::{ImageDecoder, ImageError, ImageFormat, ImageReader};

use crate::error::{PictureDamage, PictureError, PictureLimit, UnsupportedPicture};
use crate::facts;
use crate::jpeg::JpegDecoder;
use crate::png;
use crate::tiff::{self, Orientation, Turned};

/// The decoder for the content of `bytes`, its header read and its size found sensible.
pub(crate) fn decoder<'a>(
    bytes: &'a [u8],
    named: ImageFormat,
    max_bytes: u64,
) -> Result<(Box<dyn ImageDecoder + 'a>, ImageFormat), PictureError> {
    let format = image::guess_format(bytes).unwrap_or(named);
    let decoder = header(bytes, format, max_bytes)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > max_bytes {
        return Err(PictureError::TooLarge(PictureLimit::Bytes { width, height, limit: max_bytes }));
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged(PictureDamage::NoPixels { width, height }));
    }
    Ok((decoder, format))
}

/// The decoder for `format`, its header read.
fn header<'a>(
    bytes: &'a [u8],
    format: ImageFormat,
    max_bytes: u64,
) -> Result<Box<dyn ImageDecoder + 'a>, PictureError> {
    if format == ImageFormat::Jpeg {
        // libjpeg fills what is missing with grey.
        if !facts::jpeg(bytes).complete {
            return Err(PictureError::Damaged(PictureDamage::JpegCutShort));
        }
        return Ok(Box::new(JpegDecoder::new(bytes).map_err(refusal)?));
    }
    let orientation = if format == ImageFormat::Tiff {
        let (orientation, decoder) = tiff::open(bytes, max_bytes)?;
        if let Some(decoder) = decoder {
            return Ok(Box::new(Turned { decoder, orientation }));
        }
        orientation
    } else {
        Orientation::AsStored
    };
    let bytes = if format == ImageFormat::Png { png::bare(bytes) } else { Cow::Borrowed(bytes) };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(max_bytes);
    reader.limits(limits);
    Ok(Box::new(Turned { decoder: reader.into_decoder().map_err(refusal)?, orientation }))
}

/// What is wrong with an image by the words of its decoder.
pub(crate) fn refusal(error: ImageError) -> PictureError {
    let reason = error.to_string().replace(['\n', '\r'], " ");
    match error {
        ImageError::Unsupported(_) => PictureError::Unsupported(UnsupportedPicture::Decoder(reason)),
        ImageError::Limits(_) => PictureError::TooLarge(PictureLimit::Memory { reason }),
        _ => PictureError::Damaged(PictureDamage::Decoder(reason)),
    }
}
