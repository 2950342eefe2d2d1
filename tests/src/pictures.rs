//! Tiny images, good and bad.

use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgb, RgbImage};

/// An encoded image of one colour; the extension of `name` decides its format.
pub fn solid(name: &Path, width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour))
        .write_to(&mut bytes, ImageFormat::from_path(name).unwrap())
        .unwrap();
    bytes.into_inner()
}

/// The first half of a file, as a broken copy leaves it.
pub fn cut_in_half(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() / 2]
}
