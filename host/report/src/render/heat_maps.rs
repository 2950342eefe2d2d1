//! One picture for each image: the input, its heat map with the contour of what is flagged, the mask where there is
//! one, and below them the colour scale with its numbers.

use std::collections::HashMap;
use std::path::Path;

use image::{DynamicImage, Rgb, RgbImage, imageops};
use nnc_files::link_or_copy;

use super::overlay::{colour_and_opacity, overlay};
use super::{glyphs, thumbnail};
use crate::error::ReportError;
use crate::map::{AnomalyMap, stretch};
use crate::maps::Maps;
use crate::mask::read_mask;
use crate::model::{ColourScale, EvaluatedImage, Evaluation};
use crate::number::score_text;
use crate::threshold::Verdict;
use crate::workers::Workers;

/// The longer side of an input on a panel is at most this many pixels.
const SIDE: u32 = 1024;
/// Side of a heat map without an input.
const ALONE: u32 = 224;
/// Space between pictures and around them.
const GAP: u32 = 8;
/// Width and height of the colour scale.
const SCALE: u32 = 224;
const BAR: u32 = 10;
/// Width that the score and the verdict beside it need at least.
const LEAST_TEXT: u32 = 120;
const PAPER: Rgb<u8> = Rgb([255, 255, 255]);
const INK: Rgb<u8> = Rgb([32, 32, 32]);
/// What the colours of the scale are shown on: they are partly transparent.
const GREY: u8 = 128;

/// Draws the border of the region whose scores are at or above `level`: white inside, black outside, so that it shows
/// on every picture.
///
/// The map is stretched bilinearly to the size of the picture, as [`overlay`] does it.
pub fn outline(picture: &mut RgbImage, map: &AnomalyMap, level: f32) {
    let (width, height) = picture.dimensions();
    let inside: Vec<bool> = stretch(map, width, height).map(|score| score >= level).collect();
    let at = |x: u32, y: u32| inside[y as usize * width as usize + x as usize];
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let here = at(x, y);
        let differs = (x > 0 && at(x - 1, y) != here)
            || (x + 1 < width && at(x + 1, y) != here)
            || (y > 0 && at(x, y - 1) != here)
            || (y + 1 < height && at(x, y + 1) != here);
        if differs {
            *pixel = if here { Rgb([255; 3]) } else { Rgb([0; 3]) };
        }
    }
}

/// Writes a PNG for each image that has a map into `folder`, on up to `threads` threads, and returns how many were
/// left out since their map cannot be read. Names begin with the row and end with the name of the image. `told` is
/// called with the number of finished images.
///
/// # Errors
/// A folder that cannot be written.
pub fn write_heat_maps(
    evaluation: &Evaluation,
    maps: &Maps,
    folder: &Path,
    threads: usize,
    told: &(dyn Fn(usize) + Sync),
) -> Result<usize, ReportError> {
    std::fs::create_dir_all(folder)?;
    let level = evaluation.threshold.as_ref().map(|threshold| threshold.value);
    let alike = alike(&evaluation.rows);
    let left_out = Workers::new(threads).map_told(&alike, told, |images| -> Result<usize, ReportError> {
        let Some((first, others)) = images.split_first() else { return Ok(0) };
        let Some(map) = maps.of(first).ok().flatten() else { return Ok(images.len()) };
        let path = folder.join(file_name(first));
        panel(first, &map, evaluation.scale, level).save(&path).map_err(std::io::Error::other)?;
        for other in others {
            let copy = folder.join(file_name(other));
            if !copy.exists() {
                link_or_copy(&path, &copy)?;
            }
        }
        Ok(0)
    });
    told(evaluation.rows.len());
    left_out.into_iter().sum()
}

/// The images, those with the same picture together: a row that stands in an evaluation very often is drawn once.
fn alike(rows: &[EvaluatedImage]) -> Vec<Vec<&EvaluatedImage>> {
    let mut places = HashMap::new();
    let mut alike: Vec<Vec<&EvaluatedImage>> = Vec::new();
    for image in rows {
        let drawn = (&image.image, &image.map, &image.mask, image.score.to_bits(), image.verdict.map(Verdict::name));
        let place = *places.entry(drawn).or_insert(alike.len());
        match alike.get_mut(place) {
            Some(images) => images.push(image),
            None => alike.push(vec![image]),
        }
    }
    alike
}

/// `00012_scratch.png` for row 12 of `test/1/scratch.jpg`.
fn file_name(image: &EvaluatedImage) -> String {
    let file = image.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    // File names end at 255 bytes, and a character takes up to four.
    format!("{:05}_{}.png", image.row, stem.chars().take(50).map(plain).collect::<String>())
}

fn panel(image: &EvaluatedImage, map: &AnomalyMap, scale: ColourScale, level: Option<f32>) -> RgbImage {
    let input = image.image.as_deref().and_then(|path| thumbnail::load(path, SIDE).ok()).map(DynamicImage::into_rgb8);
    let mut coloured = match &input {
        Some(input) => overlay(input, map, scale),
        None => overlay(&RgbImage::from_pixel(ALONE, ALONE, Rgb([GREY; 3])), map, scale),
    };
    if let Some(level) = level {
        let shift = image.pixels.as_ref().map_or(0.0, |pixels| pixels.shift);
        outline(&mut coloured, map, level + shift);
    }
    let (width, height) = coloured.dimensions();
    let mask = image.mask.as_deref().and_then(|path| read_mask(path).ok()).map(|mask| {
        let mask = mask.scaled(width as usize, height as usize);
        let marked = (0..mask.height).flat_map(|y| mask.row(y));
        let grey = marked.flat_map(|marked| [if marked { 255 } else { 0 }; 3]);
        RgbImage::from_raw(width, height, grey.collect()).unwrap_or_default()
    });
    let pictures: Vec<RgbImage> = [input, Some(coloured), mask].into_iter().flatten().collect();

    let across = GAP + pictures.len() as u32 * (width + GAP);
    let across = across.max(2 * GAP + SCALE + LEAST_TEXT);
    let down = GAP + height + GAP + glyphs::HEIGHT + 3 + BAR + 3 + glyphs::HEIGHT + GAP;
    let mut panel = RgbImage::from_pixel(across, down, PAPER);
    for (picture, left) in pictures.iter().zip((GAP..).step_by((width + GAP) as usize)) {
        imageops::replace(&mut panel, picture, i64::from(left), i64::from(GAP));
    }
    legend(&mut panel, GAP + height + GAP, scale, level);
    let verdict = image.verdict.map(|verdict| format!(" {}", verdict.name())).unwrap_or_default();
    let text = format!("{}{verdict}", score_text(image.score));
    let left = across.saturating_sub(GAP + glyphs::width(&text));
    glyphs::write(&mut panel, (left, down - GAP - glyphs::HEIGHT), &text, INK);
    panel
}

/// The colour scale: the threshold above it, its ends below it.
fn legend(panel: &mut RgbImage, top: u32, scale: ColourScale, level: Option<f32>) {
    let bar = top + glyphs::HEIGHT + 3;
    for x in 0..SCALE {
        let (Rgb(colour), opacity) = colour_and_opacity(x as f32 / (SCALE - 1) as f32);
        let blend = |c: u8| (f32::from(GREY) * (1.0 - opacity) + f32::from(c) * opacity + 0.5) as u8;
        for y in 0..BAR {
            panel.put_pixel(GAP + x, bar + y, Rgb(colour.map(blend)));
        }
    }
    if let Some(level) = level {
        let x = GAP + (scale.position(level) * (SCALE - 1) as f32) as u32;
        (bar - 2..bar + BAR + 2).for_each(|y| panel.put_pixel(x, y, INK));
        let text = score_text(level);
        let left = x.saturating_sub(glyphs::width(&text) / 2).max(GAP);
        glyphs::write(panel, (left, top), &text, INK);
    }
    let below = bar + BAR + 3;
    glyphs::write(panel, (GAP, below), &format!("≤{}", score_text(scale.low)), INK);
    let high = format!("≥{}", score_text(scale.high));
    glyphs::write(panel, ((GAP + SCALE).saturating_sub(glyphs::width(&high)), below), &high, INK);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::decide;
    use crate::map::parse;
    use crate::threshold::Threshold;

    #[test]
    fn the_outline_lies_on_both_sides_of_the_border() {
        let grey = Rgb([100; 3]);
        let mut picture = RgbImage::from_pixel(6, 3, grey);
        outline(&mut picture, &parse(b"0,0,0,5,5,5", Path::new("0.csv")).unwrap(), 2.0);
        let line: Vec<u8> = (0..6).map(|x| picture.get_pixel(x, 1).0[0]).collect();
        assert_eq!(line, [100, 100, 0, 255, 100, 100]);
        let mut whole = RgbImage::from_pixel(4, 4, grey);
        outline(&mut whole, &parse(b"5", Path::new("0.csv")).unwrap(), 2.0);
        assert!(whole.pixels().all(|pixel| *pixel == grey), "the border of the picture is no border of a region");
    }

    #[test]
    fn a_row_that_stands_there_very_often_is_drawn_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        RgbImage::new(1024, 1024).save(path("in.png")).unwrap();
        std::fs::write(path("map.csv"), "0,9\n").unwrap();
        let image = |row: usize| EvaluatedImage {
            row,
            image: Some(path("in.png")),
            map: Some(path("map.csv")),
            ..EvaluatedImage::default()
        };
        // Each of them takes a tenth of a second to draw.
        let mut rows = vec![image(7); 20_000];
        rows.extend((0..500).map(image));
        let evaluation = Evaluation { rows, ..Evaluation::default() };
        assert_eq!(alike(&evaluation.rows).len(), 1);
        assert_eq!(write_heat_maps(&evaluation, &Maps::default(), &path("out"), 2, &|_| ()).unwrap(), 0);
        assert_eq!(std::fs::read_dir(path("out")).unwrap().count(), 500);
        let bytes = |name: &str| std::fs::read(path("out").join(name)).unwrap();
        assert_eq!(bytes("00007_.png"), bytes("00499_.png"));
    }

    #[test]
    fn one_picture_for_each_image_with_a_map() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        RgbImage::from_pixel(40, 20, Rgb([90; 3])).save(path("in.png")).unwrap();
        RgbImage::from_pixel(80, 40, Rgb([255; 3])).save(path("mask.png")).unwrap();
        std::fs::write(path("map.csv"), "0,0\n0,9\n").unwrap();
        let image = |row: usize, name: &str| EvaluatedImage {
            row,
            name: name.to_owned(),
            image: Some(path("in.png")),
            map: Some(path("map.csv")),
            score: 9.0,
            ..EvaluatedImage::default()
        };
        let mut evaluation = Evaluation {
            rows: vec![
                image(0, "a/b c.png"),
                EvaluatedImage { mask: Some(path("mask.png")), ..image(1, "..\\傷.jpg") },
                EvaluatedImage { image: None, ..image(12, "x") },
                EvaluatedImage { map: None, ..image(3, "y") },
            ],
            ..Evaluation::default()
        };
        decide(&mut evaluation, Some(Threshold::fixed(5.0, None, 0.95)), &Maps::default(), 1, &|_| ());
        assert_eq!(write_heat_maps(&evaluation, &Maps::default(), &path("out"), 2, &|_| ()).unwrap(), 1);
        let mut names: Vec<_> = std::fs::read_dir(path("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["00000_b_c.png", "00001_傷.png", "00012_x.png"]);
        let open = |name: &str| image::open(path("out").join(name)).unwrap().into_rgb8();
        let first = open("00000_b_c.png");
        assert_eq!(*first.get_pixel(GAP, GAP), Rgb([90; 3]));
        // The lower right corner of the heat map glows, its upper left one is the input.
        assert_eq!(*first.get_pixel(GAP + 40 + GAP, GAP), Rgb([90; 3]));
        assert_ne!(*first.get_pixel(GAP + 40 + GAP + 39, GAP + 19), Rgb([90; 3]));
        assert_eq!(*open("00001_傷.png").get_pixel(GAP + 2 * (40 + GAP), GAP), Rgb([255; 3]));
    }
}
