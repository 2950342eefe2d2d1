//! Images as samples: channel-first 8-bit values or floats, as a network reads them.

use image::ImageFormat;
use nnc_picture::{Picture, PictureError, Pixels};

use crate::element::Out;
use crate::error::CellDefect;
use crate::format::SampleFormat;
use crate::limits::MAX_SAMPLE_BYTES;

/// Reads the header in `bytes`.
pub(crate) fn open(bytes: &[u8], named: ImageFormat) -> Result<Picture<'_>, PictureError> {
    Picture::open(bytes, named, MAX_SAMPLE_BYTES as u64)
}

/// Decodes into `out`, channel-first, by way of `pixels`. `out` holds one value per element of the shape.
pub(crate) fn fill(picture: Picture<'_>, pixels: &mut Vec<u8>, out: Out<'_>) -> Result<(), PictureError> {
    let ([channels, ..], stride) = (*picture.shape(), picture.stride());
    picture.read(pixels)?;
    values(pixels, channels, stride, out);
    Ok(())
}

/// Makes the sample of an image that is decoded already, as a [`Reader`](crate::Reader) makes it of the image's file.
///
/// # Errors
/// An image of another size or colour than the format's.
pub fn sample_of_pixels(image: &Pixels, format: &SampleFormat, out: &mut Vec<u8>) -> Result<(), CellDefect> {
    let found = [image.channels, image.height, image.width];
    if format.shape != found {
        return Err(misfit(&found, &format.shape));
    }
    out.clear();
    // As large as the image, or four times so.
    out.resize(image.values.len() * format.element.bytes(), 0);
    values(&image.values, image.channels, image.channels.max(1), Out::of(format.element, out));
    Ok(())
}

/// What is wrong with an image of a shape that is not the expected one.
pub(crate) fn misfit(found: &[usize], expected: &[usize]) -> CellDefect {
    match (found, expected) {
        ([1, height, width], [channels, h, w]) if (height, width) == (h, w) => {
            CellDefect::GreyImage { expected: *channels }
        }
        _ => CellDefect::WrongImageSize { found: found.to_vec(), expected: expected.to_vec() },
    }
}

/// Interleaved pixels as the values of a sample.
fn values(pixels: &[u8], channels: usize, stride: usize, out: Out<'_>) {
    match out {
        Out::U8(bytes) => planes(pixels, channels, stride, bytes, |value| [value]),
        Out::F32(bytes) => planes(pixels, channels, stride, bytes, |value| f32::from(value).to_ne_bytes()),
        // NNC multiplies by the reciprocal, in double precision.
        Out::NormalizedF32(bytes) => {
            planes(pixels, channels, stride, bytes, |value| ((f64::from(value) * (1.0 / 255.0)) as f32).to_ne_bytes())
        }
    }
}

/// Splits interleaved pixels of `stride` bytes into `channels` planes, one after the other.
fn planes<const N: usize>(
    pixels: &[u8],
    channels: usize,
    stride: usize,
    out: &mut [u8],
    encode: impl Fn(u8) -> [u8; N],
) {
    let (out, _) = out.as_chunks_mut::<N>();
    let plane = pixels.len() / stride;
    if (channels, stride) == (3, 3) && out.len() == pixels.len() {
        // One pass over the pixels: this is nearly every image there is.
        let (red, rest) = out.split_at_mut(plane);
        let (green, blue) = rest.split_at_mut(plane);
        let (pixels, _) = pixels.as_chunks::<3>();
        for (((pixel, r), g), b) in pixels.iter().zip(red).zip(green).zip(blue) {
            *r = encode(pixel[0]);
            *g = encode(pixel[1]);
            *b = encode(pixel[2]);
        }
        return;
    }
    for (channel, values) in out.chunks_exact_mut(plane.max(1)).take(channels).enumerate() {
        let source = pixels.iter().skip(channel).step_by(stride);
        for (value, &byte) in values.iter_mut().zip(source) {
            *value = encode(byte);
        }
    }
}
