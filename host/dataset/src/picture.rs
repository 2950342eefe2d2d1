//! Images to channel-first 8-bit values, the way NNC's default back-end (Pillow) sees them (NNC contract 1.5).
//!
//! Grey gives 1 channel, RGB and palettes without transparency 3, a 1-bit grey image the values 0 and 1, an
//! animated GIF its first frame. No EXIF rotation and no colour management takes place. What NNC's back-ends
//! treat differently from each other or quietly damage (16 bits, transparency, CMYK) is refused with a reason.
//! So are TIFF palettes, which the decoder here does not know. [`decode_pixels`] converts such images on request.

mod error;
mod facts;
mod pixels;

use std::io::Cursor;

use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader};

use crate::language::Word;
use crate::sample::{MAX_SAMPLE_BYTES, Out};

pub use error::PictureError;
pub use pixels::{AlphaPolicy, Change, PixelOptions, Pixels, decode_pixels, pixel_count};

use facts::Greys;

/// An image whose header has been read and found usable.
pub(crate) struct Picture<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    shape: [usize; 3],
    /// Channels that the decoder writes per pixel; more than the image has where it expands.
    stride: usize,
    one_bit: bool,
}

impl<'a> Picture<'a> {
    /// Reads the header in `bytes`. `named` is the format of the extension; the content decides, as in Pillow.
    pub(crate) fn open(bytes: &'a [u8], named: ImageFormat) -> Result<Picture<'a>, PictureError> {
        Picture::open_within(bytes, named, MAX_SAMPLE_BYTES as u64)
    }

    /// [`Picture::open`] for images of at most `max_bytes` decoded.
    fn open_within(bytes: &'a [u8], named: ImageFormat, max_bytes: u64) -> Result<Picture<'a>, PictureError> {
        let (decoder, format) = decoder(bytes, named, max_bytes)?;
        let (width, height) = decoder.dimensions();
        let one_bit = decoder.original_color_type() == ExtendedColorType::L1
            || (format == ImageFormat::Png && facts::png_is_one_bit_grey(bytes));
        let mut greys = if one_bit { Greys::Bits } else { Greys::Levels };
        let (channels, stride) = match decoder.color_type() {
            _ if matches!(decoder.original_color_type(), ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16) => {
                return Err(PictureError::Cmyk);
            }
            ColorType::L8 => (1, 1),
            // These two decoders expand every palette; Pillow takes a palette of plain greys for a grey image.
            ColorType::Rgb8 if format == ImageFormat::Bmp => match facts::bmp_greys(bytes) {
                Some(found) => {
                    greys = found;
                    (1, 3)
                }
                None => (3, 3),
            },
            ColorType::Rgba8 if format == ImageFormat::Gif => (if facts::gif_is_grey(bytes) { 1 } else { 3 }, 4),
            ColorType::Rgb8 => (3, 3),
            ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
                return Err(PictureError::SixteenBit { found: Word::SixteenBits.with(&[]) });
            }
            ColorType::Rgb32F | ColorType::Rgba32F => {
                return Err(PictureError::SixteenBit { found: Word::Floats.with(&[]) });
            }
            other => {
                return Err(PictureError::Alpha { found: Word::Channels.with(&[&other.channel_count()]) });
            }
        };
        Ok(Picture {
            decoder,
            shape: [channels, height as usize, width as usize],
            stride,
            one_bit: greys == Greys::Bits,
        })
    }

    /// Channels, height, width.
    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Decodes into `out`, channel-first, by way of `pixels`. `out` holds one value per element of the shape.
    pub(crate) fn fill(self, pixels: &mut Vec<u8>, out: Out<'_>) -> Result<(), PictureError> {
        let [channels, height, width] = self.shape;
        let (stride, one_bit) = (self.stride, self.one_bit);
        // The size was bounded when the header was read. Stale bytes are fine: the decoder writes them all.
        pixels.resize(height * width * stride, 0);
        self.decoder.read_image_boxed(pixels).map_err(refusal)?;
        if stride == 4 && pixels.chunks_exact(4).any(|pixel| pixel[3] != u8::MAX) {
            return Err(PictureError::Alpha { found: Word::TransparentPalette.with(&[]) });
        }
        if one_bit {
            pixels.iter_mut().for_each(|value| *value &= 1);
        }
        match out {
            Out::U8(bytes) => planes(pixels, channels, stride, bytes, |value| [value]),
            Out::F32(bytes) => planes(pixels, channels, stride, bytes, |value| f32::from(value).to_ne_bytes()),
            // NNC multiplies by the reciprocal, in double precision.
            Out::NormalizedF32(bytes) => planes(pixels, channels, stride, bytes, |value| {
                ((f64::from(value) * (1.0 / 255.0)) as f32).to_ne_bytes()
            }),
        }
        Ok(())
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

/// The decoder for the content of `bytes`, its header read and its size found sensible.
fn decoder<'a>(
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
        return Err(PictureError::TooLarge {
            found: Word::ImageOf.with(&[&width, &height]),
            limit: Word::BytesDecoded.with(&[&max_bytes]),
        });
    }
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged { reason: Word::NoSize.with(&[&width, &height]) });
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
        return Err(PictureError::Damaged { reason: Word::JpegCut.with(&[]) });
    }
    Ok(())
}

fn refusal(error: ImageError) -> PictureError {
    let reason = error.to_string().replace(['\n', '\r'], " ");
    match error {
        ImageError::Unsupported(_) => PictureError::Unsupported { reason },
        ImageError::Limits(_) => {
            PictureError::TooLarge { found: Word::NeedsMemory.with(&[&reason]), limit: Word::DecodersMemory.with(&[]) }
        }
        _ => PictureError::Damaged { reason },
    }
}
