//! Images as samples: channel-first 8-bit values or floats, as a network reads them.

use image::{ColorType, ExtendedColorType, ImageDecoder, ImageFormat};

use super::decoder::{decoder, refusal};
use super::error::{PictureError, PixelDepth, Transparency};
use super::facts::{self, Greys};
use crate::element::Out;
use crate::limits::MAX_SAMPLE_BYTES;

/// An image whose header has been read and found usable.
pub(crate) struct Picture<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    pub(super) shape: [usize; 3],
    /// Channels that the decoder writes per pixel; more than the image has where it expands.
    stride: usize,
    pub(super) one_bit: bool,
}

impl<'a> Picture<'a> {
    /// Reads the header in `bytes`. `named` is the format of the extension; the content decides, as in Pillow.
    pub(crate) fn open(bytes: &'a [u8], named: ImageFormat) -> Result<Picture<'a>, PictureError> {
        Picture::open_within(bytes, named, MAX_SAMPLE_BYTES as u64)
    }

    /// [`Picture::open`] for images of at most `max_bytes` decoded.
    pub(super) fn open_within(
        bytes: &'a [u8],
        named: ImageFormat,
        max_bytes: u64,
    ) -> Result<Picture<'a>, PictureError> {
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
                return Err(PictureError::SixteenBit(PixelDepth::SixteenBits));
            }
            ColorType::Rgb32F | ColorType::Rgba32F => {
                return Err(PictureError::SixteenBit(PixelDepth::Floats));
            }
            other => {
                return Err(PictureError::Alpha(Transparency::Channels(other.channel_count())));
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
            return Err(PictureError::Alpha(Transparency::Palette));
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
