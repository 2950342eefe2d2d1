//! Images with 8 bits per channel and without transparency, which need no conversion.

use image::{ColorType, ExtendedColorType, ImageDecoder, ImageFormat};

use crate::decoder::{decoder, refusal};
use crate::error::{PictureError, PixelDepth, Transparency};
use crate::facts::{self, Greys};

/// An image whose header has been read and found usable.
pub struct Picture<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    pub(crate) shape: [usize; 3],
    /// Channels that the decoder writes per pixel; more than the image has where it expands.
    stride: usize,
    pub(crate) one_bit: bool,
}

impl<'a> Picture<'a> {
    /// Reads the header in `bytes`. `named` is the format of the extension; the content decides, as in Pillow. More
    /// than `max_bytes` decoded are refused.
    pub fn open(bytes: &'a [u8], named: ImageFormat, max_bytes: u64) -> Result<Picture<'a>, PictureError> {
        let (decoder, format) = decoder(bytes, named, max_bytes)?;
        let (width, height) = decoder.dimensions();
        let one_bit = decoder.original_color_type() == ExtendedColorType::L1
            || (format == ImageFormat::Png && facts::png_is_one_bit_grey(bytes));
        let mut greys = if one_bit { Greys::Bits } else { Greys::Levels };
        let (channels, stride) = match decoder.color_type() {
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
    pub fn shape(&self) -> &[usize; 3] {
        &self.shape
    }

    /// Bytes of one pixel in what [`Picture::read`] writes; the first of them are the channels of the shape.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Decodes into `pixels`, row by row, [`Picture::stride`] bytes for each pixel. One-bit grey gives 0 and 1.
    pub fn read(self, pixels: &mut Vec<u8>) -> Result<(), PictureError> {
        let [_, height, width] = self.shape;
        // The size was bounded when the header was read. Stale bytes are fine: the decoder writes them all.
        pixels.resize(height * width * self.stride, 0);
        self.decoder.read_image_boxed(pixels).map_err(refusal)?;
        if self.stride == 4 && pixels.chunks_exact(4).any(|pixel| pixel[3] != u8::MAX) {
            return Err(PictureError::Alpha(Transparency::Palette));
        }
        if self.one_bit {
            pixels.iter_mut().for_each(|value| *value &= 1);
        }
        Ok(())
    }
}
