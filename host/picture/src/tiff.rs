//! TIFF: the layouts that libtiff's tools and Pillow write with up to 8 bits per sample, as pixels.
//!
//! The crate `tiff` reads the directory and checks its sizes; strips and tiles, planes, bit orders, palettes and inks are
//! put together here, JPEGs by libjpeg-turbo. What is not known here (16 bits, floats, transparency) is left to `image`.
//! Every size is bounded by what the caller allows before memory is taken.

mod chunk;
mod layout;
mod turned;

use image::error::{DecodingError, ImageFormatHint};
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};

pub(crate) use turned::{Orientation, Turned};

use chunk::Chunk;
use layout::{Colours, Layout};

use crate::error::PictureError;

/// A TIFF whose directory has been read.
pub(crate) struct TiffDecoder<'a> {
    bytes: &'a [u8],
    layout: Layout,
}

/// The orientation in the directory, and the decoder where it is one for this file.
pub(crate) fn open(bytes: &[u8], max_bytes: u64) -> Result<(Orientation, Option<TiffDecoder<'_>>), PictureError> {
    let Some((orientation, layout)) = layout::read(bytes, max_bytes)? else {
        return Ok((Orientation::AsStored, None));
    };
    Ok((orientation, layout.map(|layout| TiffDecoder { bytes, layout })))
}

/// What was wrong with a TIFF, as the decoders of `image` say it.
fn damaged_tiff(reason: String) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Tiff), reason))
}

impl TiffDecoder<'_> {
    fn read(self, out: &mut [u8]) -> ImageResult<()> {
        let TiffDecoder { bytes, layout } = self;
        let samples = layout.samples();
        let (width, height) = (layout.width as usize, layout.height as usize);
        let (across, down) = (layout.chunk_width as usize, layout.chunk_height as usize);
        // Samples of the whole image side by side, one byte each, whatever the planes were.
        let mut whole = Vec::new();
        let direct = layout.colours.is_stored();
        let target = if direct {
            &mut *out
        } else {
            whole.resize(width * height * samples, 0);
            &mut whole[..]
        };
        let (columns, lines) = (width.div_ceil(across), height.div_ceil(down));
        let planes = if layout.separate { samples } else { 1 };
        let mut chunk = Chunk::new(bytes, &layout);
        for index in 0..columns * lines * planes {
            let (plane, place) = (index / (columns * lines), index % (columns * lines));
            let (left, top) = (place % columns * across, place / columns * down);
            let used = across.min(width - left);
            let rows = down.min(height - top);
            let values = chunk.read(index, rows).map_err(damaged_tiff)?;
            for (row, line) in values.chunks_exact(across * samples / planes).take(rows).enumerate() {
                let start = ((top + row) * width + left) * samples;
                let to = &mut target[start..start + used * samples];
                if planes == 1 {
                    to.copy_from_slice(&line[..used * samples]);
                } else {
                    let to = to.iter_mut().skip(plane).step_by(samples);
                    to.zip(line).for_each(|(to, from)| *to = *from);
                }
            }
        }
        if !direct {
            layout.colours.convert(&whole, out);
        }
        Ok(())
    }
}

impl ImageDecoder for TiffDecoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.layout.width, self.layout.height)
    }

    fn color_type(&self) -> ColorType {
        match self.layout.colours {
            Colours::Grey { .. } => ColorType::L8,
            Colours::Rgb | Colours::YCbCr | Colours::Palette { .. } | Colours::Cmyk => ColorType::Rgb8,
        }
    }

    fn original_color_type(&self) -> ExtendedColorType {
        match self.layout.colours {
            Colours::Grey { .. } if self.layout.bits == 1 => ExtendedColorType::L1,
            Colours::Cmyk => ExtendedColorType::Cmyk8,
            _ => self.color_type().into(),
        }
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.read(out)
    }
}
