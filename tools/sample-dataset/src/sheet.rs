//! Large photographs of rolled sheet, good ones and such with a speck of 3x3 pixels: what is lost when an image is made
//! small.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};

use crate::parallel::in_parallel;
use crate::random::{Random, noise};

const WIDTH: usize = 2000;
const HEIGHT: usize = 1500;
/// Height and width of a speck.
const SPECK: usize = 3;
/// Specks lie at least so far from the border.
const MARGIN: usize = 20;
/// How much darker a speck is, in grey levels.
const DEPTH: f32 = 70.0;
/// Good sheets to train on, and good and defective ones to test with.
const TRAINING: usize = 12;
const GOOD: usize = 20;
const DEFECTIVE: usize = 20;
const SEED: u64 = 0x7368_6565_7473;

/// A grey picture and the upper left corner of its speck.
struct Sheet {
    pixels: Vec<u8>,
    speck: Option<[usize; 2]>,
}

impl Sheet {
    fn draw(number: usize) -> Self {
        let mut random = Random::new(SEED.wrapping_mul(2 * number as u64 + 1));
        let (shade, streaks, light) = (random.seed(), random.seed(), random.range(110.0, 135.0));
        let mut within = |extent: usize| random.range(MARGIN as f32, (extent - MARGIN - SPECK) as f32) as usize;
        let place = [within(WIDTH), within(HEIGHT)];
        let speck = (number >= TRAINING + GOOD).then_some(place);
        let is_speck = |x: usize, y: usize| {
            speck.is_some_and(|[left, top]| (left..left + SPECK).contains(&x) && (top..top + SPECK).contains(&y))
        };
        let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
        for (y, x) in (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (y, x))) {
            let (across, down) = (x as f32, y as f32);
            let grey = light
                + 10.0 * noise(shade, across / 700.0, down / 700.0)
                + 9.0 * noise(streaks, across / 60.0, down / 2.0)
                + 3.0 * random.normal();
            let depth = if is_speck(x, y) { DEPTH } else { 0.0 };
            pixels.push((grey - depth).clamp(0.0, 255.0) as u8);
        }
        Self { pixels, speck }
    }

    fn mask(&self) -> Vec<u8> {
        let mut mask = vec![0; WIDTH * HEIGHT];
        if let Some([left, top]) = self.speck {
            for y in top..top + SPECK {
                mask[y * WIDTH + left..][..SPECK].fill(255);
            }
        }
        mask
    }
}

/// Writes a PNG file of a size; grey becomes RGB where `channels` is 3, which detectors want.
fn save(path: &Path, grey: &[u8], channels: usize) -> Result<()> {
    let file = File::create(path).with_context(|| format!("{} could not be created", path.display()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), WIDTH as u32, HEIGHT as u32);
    encoder.set_color(if channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
    encoder.set_compression(png::Compression::Fast);
    let pixels: Vec<u8> = grey.iter().flat_map(|&value| std::iter::repeat_n(value, channels)).collect();
    let write = || -> Result<(), png::EncodingError> {
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()
    };
    write().with_context(|| format!("{} could not be written", path.display()))
}

/// Draws the sheets below `folder`, over those that may be there, with `train.csv`, `test.csv` and masks; returns their number.
pub fn write_sheets(folder: &Path) -> Result<usize> {
    let images = TRAINING + GOOD + DEFECTIVE;
    for name in ["train", "test", "masks"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).with_context(|| format!("{} could not be created", path.display()))?;
    }
    let path = |number: usize| match number {
        number if number < TRAINING => format!("train/{number:02}.png"),
        number => format!("test/{number:02}.png"),
    };
    in_parallel(images, |number| {
        let sheet = Sheet::draw(number);
        save(&folder.join(path(number)), &sheet.pixels, 3)?;
        match sheet.speck {
            Some(_) => save(&folder.join(format!("masks/{number:02}.png")), &sheet.mask(), 1),
            None => Ok(()),
        }
    })?;
    let mut tables = ["x:image,y:label\n".to_owned(), "x:image,y:label\n".to_owned()];
    for number in 0..images {
        // Writing to a string cannot fail.
        let label = u8::from(number >= TRAINING + GOOD);
        let _ = writeln!(tables[usize::from(number >= TRAINING)], "./{},{label}", path(number));
    }
    for (name, text) in ["train.csv", "test.csv"].into_iter().zip(tables) {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speck_is_nine_darker_pixels() {
        let sheet = Sheet::draw(TRAINING + GOOD);
        let mask = sheet.mask();
        let mean = |inside: bool| {
            let values = sheet.pixels.iter().zip(&mask).filter(|(_, marked)| (**marked == 255) == inside);
            let (sum, count) = values.fold((0.0, 0), |(sum, count), (value, _)| (sum + f64::from(*value), count + 1));
            (sum / f64::from(count), count)
        };
        let ((dark, pixels), (light, _)) = (mean(true), mean(false));
        assert_eq!(pixels, 9);
        assert!(light - dark > 40.0, "{light} {dark}");
        assert!(Sheet::draw(0).speck.is_none() && Sheet::draw(0).pixels == Sheet::draw(0).pixels);
    }
}
