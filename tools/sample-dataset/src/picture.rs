//! A square 8-bit picture and its PNG file.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};

use crate::view::SIDE;

/// `SIDE` x `SIDE` pixels of `C` bytes, row by row: 1 for grey, 3 for RGB.
#[derive(Debug, PartialEq)]
pub(crate) struct Picture<const C: usize> {
    pub(crate) pixels: Vec<[u8; C]>,
}

impl<const C: usize> Picture<C> {
    /// Writes a PNG file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let file = File::create(path).with_context(|| format!("{} could not be created", path.display()))?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), SIDE as u32, SIDE as u32);
        encoder.set_color(if C == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
        let write = || -> Result<(), png::EncodingError> {
            let mut writer = encoder.write_header()?;
            writer.write_image_data(self.pixels.as_flattened())?;
            writer.finish()
        };
        write().with_context(|| format!("{} could not be written", path.display()))
    }
}
