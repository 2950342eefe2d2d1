//! Tiny images, good and bad.

use std::io::Cursor;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageFormat, Rgb, RgbImage};

/// An encoded image of one colour; the extension of `name` decides its format.
pub fn solid(name: &Path, width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour))
        .write_to(&mut bytes, ImageFormat::from_path(name).unwrap())
        .unwrap();
    bytes.into_inner()
}

/// A PNG of one colour in other bytes than [`solid`] gives.
pub(crate) fn packed(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Up);
    RgbImage::from_pixel(width, height, Rgb(colour)).write_with_encoder(encoder).unwrap();
    assert_ne!(bytes, solid("a.png".as_ref(), width, height, colour));
    bytes
}

/// A small file without its last bytes, as a broken copy leaves it: enough to lose pixels, not only an end mark.
pub fn cut_short(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() - 40]
}
