//! From the file of a mask to its marks.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::{DynamicImage, ImageFormat};
use nnc_files::read_regular;

use super::{Bits, Mask};
use crate::error::ReportError;

/// The most pixels of a mask: an 8192x8192 picture.
const MAX_PIXELS: u64 = 1 << 26;
/// The most bytes of its file.
const MAX_BYTES: u64 = 1 << 28;
/// From here on a pixel of a JPEG counts, of 65535: its zeros are not exact.
const JPEG_FROM: u16 = 1 << 15;
/// The most shades that a mask has where most of it is marked.
const MASK_SHADES: usize = 64;
/// Pictures of more pixels that have to be decoded whole wait for each other.
const SMALL: u64 = 1 << 22;

/// Held by the one thread that decodes a large picture whole.
static LARGE: Mutex<()> = Mutex::new(());

pub(super) fn decode(path: &Path) -> Result<Mask, ReportError> {
    let unreadable = |source| ReportError::MaskUnreadable { path: path.to_path_buf(), source };
    let broken = |source| ReportError::MaskDamaged { path: path.to_path_buf(), source };
    let bytes = read_regular(path, MAX_BYTES).map_err(unreadable)?;
    let (width, height, format) = nnc_picture::measure(&bytes).map_err(broken)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(ReportError::MaskTooLarge { path: path.to_path_buf(), width, height, limit: MAX_PIXELS });
    }
    let mut shades = Shades([0; 256]);
    let from = if format == ImageFormat::Jpeg { JPEG_FROM } else { 1 };
    let by_rows = (format == ImageFormat::Png).then(|| png_by_rows(&bytes, &mut shades)).flatten();
    let bits = match by_rows {
        Some(bits) => bits,
        None => {
            let alone = (pixels > SMALL).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
            let picture = nnc_picture::load(&bytes, MAX_PIXELS).map_err(broken)?;
            let bits = marks(&picture, from, &mut shades);
            drop((picture, alone));
            bits
        }
    };
    let (width, height) = (width as usize, height as usize);
    let is_grey = shades.are_many(usize::from((from >> 8).max(1)));
    let mask = Mask { width, height, is_grey, bits };
    let shades = shades.count();
    // Smooth borders of a defect have shades as well, but a mask is mostly black.
    if shades > MASK_SHADES && mask.count() > mask.width * mask.height / 2 {
        return Err(ReportError::MaskIsPhotograph { path: path.to_path_buf(), shades });
    }
    Ok(mask)
}

/// How often a picture's first colour has each value.
struct Shades([u32; 256]);

impl Shades {
    fn see(&mut self, value: u8) {
        let count = &mut self.0[usize::from(value)];
        *count = count.saturating_add(1);
    }

    fn count(&self) -> usize {
        self.0.iter().filter(|count| **count > 0).count()
    }

    /// Whether there are many values from `from` on, and none of them is that of a fourth of these pixels. A mask with
    /// soft borders has many as well, but most of what it marks is white.
    fn are_many(&self, from: usize) -> bool {
        let marked = &self.0[from..];
        let pixels: u64 = marked.iter().map(|count| u64::from(*count)).sum();
        let most = marked.iter().max().copied().unwrap_or_default();
        marked.iter().filter(|count| **count > 0).count() > MASK_SHADES && u64::from(most) * 4 < pixels
    }
}

/// The marks of a PNG, which most masks are, a row in memory at a time; `None` for an interlaced one, whose rows come
/// out of order, and for a damaged one, of which the usual way says what is wrong.
fn png_by_rows(bytes: &[u8], shades: &mut Shades) -> Option<Bits> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    // As the usual way does it: palettes become colours, and few bits a byte.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    if reader.info().interlaced {
        return None;
    }
    let (colour, depth) = reader.output_color_type();
    let (values, opacity) = match colour {
        png::ColorType::Grayscale | png::ColorType::Indexed => (1, 0),
        png::ColorType::GrayscaleAlpha => (1, 1),
        png::ColorType::Rgb => (3, 0),
        png::ColorType::Rgba => (3, 1),
    };
    let bytes = if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let mut bits = Bits::default();
    while let Some(row) = reader.next_row().ok()? {
        let pixels = row.data().chunks_exact((values + opacity) * bytes);
        bits.extend(pixels.map(|pixel| {
            shades.see(pixel[0]);
            pixel[..values * bytes].iter().any(|byte| *byte > 0)
        }));
    }
    Some(bits)
}

/// The pixels with a colour of at least `from` of 65535.
fn marks(picture: &DynamicImage, from: u16, shades: &mut Shades) -> Bits {
    let (channels, has_alpha) = (picture.color().channel_count(), picture.color().has_alpha());
    let (channels, values) = (usize::from(channels), usize::from(channels) - usize::from(has_alpha));
    let mut bits = Bits::default();
    let wide = |value: u8| u16::from(value) * 257;
    match picture {
        DynamicImage::ImageLuma8(_)
        | DynamicImage::ImageLumaA8(_)
        | DynamicImage::ImageRgb8(_)
        | DynamicImage::ImageRgba8(_) => {
            let pixels = picture.as_bytes().chunks_exact(channels);
            bits.extend(pixels.map(|pixel| {
                shades.see(pixel[0]);
                pixel[..values].iter().any(|value| wide(*value) >= from)
            }));
        }
        other => bits.extend(other.to_rgb16().pixels().map(|pixel| {
            shades.see((pixel.0[0] >> 8) as u8);
            pixel.0.into_iter().any(|value| value >= from)
        })),
    }
    bits
}
