//! The pictures inside the page: how large they are for so many images, and how they are made, several at a time.
//!
//! Each image brings its input as a JPEG, its map as a small grey PNG whose levels the page colours, and its mask as a
//! PNG of two levels. The grey map also serves for contours at any threshold.

use std::collections::VecDeque;
use std::io::Cursor;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, GrayImage, ImageEncoder, ImageResult, Luma};

use super::PageOptions;
use crate::error::ReportError;
use crate::map::AnomalyMap;
use crate::maps::Maps;
use crate::mask::{Mask, read_mask};
use crate::model::{ColourScale, EvaluatedImage, Outcome};
use crate::render::{plot, thumbnail};
use crate::workers::Workers;

/// The most images with a tile of their own.
pub(super) const MOST: usize = 2000;
/// The most bytes that the pictures take in the page; browsers open such a page at once.
pub(super) const MOST_BYTES: usize = 40_000_000;
/// Up to so many images have pictures of this size, in pixels of the longer side.
const SIDES: [(usize, u32); 3] = [(100, 480), (500, 320), (1000, 224)];
/// The size with even more images.
const SMALLEST: u32 = 160;
/// The most cells of a map along one side; larger maps are shrunk by the largest value of each block.
const MOST_CELLS: usize = 112;
/// Images made at once by each thread.
const CHUNK: usize = 8;

/// The longer side of the pictures in a page of so many.
pub(super) fn side(images: usize) -> u32 {
    SIDES.into_iter().find(|(most, _)| images <= *most).map_or(SMALLEST, |(_, side)| side)
}

/// The grey levels of the maps: linear from `low` to `high` of the colour scale, then linear up to the largest value of
/// all maps, so that one extreme image costs the others no precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels {
    pub(super) scale: ColourScale,
    /// The largest value of all maps.
    pub(super) top: f32,
}

impl Levels {
    /// The level of the upper end of the colour scale.
    pub(super) const HIGH: u8 = 200;

    pub(super) fn of(rows: &[EvaluatedImage], scale: ColourScale) -> Self {
        let largest = rows.iter().filter_map(|image| image.pixels.as_ref()).map(|pixels| pixels.high);
        Self { scale, top: largest.filter(|high| high.is_finite()).fold(scale.high, f32::max) }
    }

    fn level(&self, score: f32) -> u8 {
        if score <= self.scale.high {
            return (self.scale.position(score) * f32::from(Self::HIGH)).round() as u8;
        }
        // In 64 bits, where the difference of two floats cannot overflow.
        let (high, top) = (f64::from(self.scale.high), f64::from(self.top));
        let beyond = if top > high { ((f64::from(score) - high) / (top - high)).min(1.0) } else { 1.0 };
        Self::HIGH + (beyond * f64::from(u8::MAX - Self::HIGH)).round() as u8
    }

    fn picture(&self, map: &AnomalyMap) -> GrayImage {
        let block = map.rows().max(map.columns()).div_ceil(MOST_CELLS).max(1);
        let (width, height) = (map.columns().div_ceil(block), map.rows().div_ceil(block));
        GrayImage::from_fn(width as u32, height as u32, |x, y| {
            let lines = map.values().chunks_exact(map.columns()).skip(y as usize * block).take(block);
            let cells = lines.flat_map(|line| line.iter().skip(x as usize * block).take(block));
            Luma([self.level(cells.copied().fold(f32::MIN, f32::max))])
        })
    }
}

/// Puts errors into words.
type Explain<'a> = &'a (dyn Fn(&ReportError) -> String + Sync);

/// The pictures of one image as `data:` addresses, each with the reason when it cannot be made.
pub(super) struct Pictures {
    /// Width and height of the input; of the map where there is no input.
    pub(super) size: (u32, u32),
    pub(super) input: Result<String, Reason>,
    pub(super) map: Result<String, Reason>,
    /// `None` when the image has no mask.
    pub(super) mask: Option<Result<String, Reason>>,
    /// What the model made of the input, where that is a picture.
    pub(super) made: Option<String>,
}

/// Why there is no picture.
pub(super) enum Reason {
    /// There is nothing to show.
    Absent,
    /// It cannot be read.
    Unreadable(String),
}

impl Pictures {
    fn of(image: &EvaluatedImage, maps: &Maps, levels: &Levels, side: u32, explain: Explain<'_>) -> Self {
        let unreadable = |error: &dyn std::fmt::Display| Reason::Unreadable(error.to_string());
        let drawn = image.sample.as_ref().filter(|_| image.image.is_none()).map(plot::data_uri);
        let input = read(image.image.as_deref(), |path| {
            thumbnail::load(path, side).map_err(|e| Reason::Unreadable(explain(&e)))
        });
        let map = maps
            .of(image)
            .map_err(|error| Reason::Unreadable(explain(&error)))
            .and_then(|map| map.ok_or(Reason::Absent));
        let size = match (&input, &map) {
            _ if drawn.is_some() => plot::SIZE,
            (Ok(input), _) => (input.width(), input.height()),
            (_, Ok(map)) => (map.columns() as u32, map.rows() as u32),
            _ => (1, 1),
        };
        let mask = image.mask.as_deref().map(|path| {
            let mask = read_mask(path).map_err(|error| Reason::Unreadable(explain(&error)))?;
            png(&picture_of(&mask, side)).map_err(|e| unreadable(&e))
        });
        let made = match &image.outcome {
            // One that cannot be shown is no reason to leave the rest out.
            Some(Outcome::Picture { file: Some(file) }) => {
                thumbnail::load(file, side).ok().and_then(|picture| thumbnail::data_uri(&picture).ok())
            }
            _ => None,
        };
        Self {
            made,
            size,
            input: match drawn {
                Some(drawn) => Ok(drawn),
                None => input.and_then(|picture| thumbnail::data_uri(&picture).map_err(|e| unreadable(&e))),
            },
            map: map.and_then(|map| png(&levels.picture(&map)).map_err(|e| unreadable(&e))),
            mask,
        }
    }

    /// Bytes of the pictures in the page.
    pub(super) fn bytes(&self) -> usize {
        let mask = self.mask.as_ref().and_then(|mask| mask.as_ref().ok());
        self.input.iter().chain(&self.map).chain(mask).chain(&self.made).map(String::len).sum()
    }
}

fn read<T>(path: Option<&Path>, read: impl FnOnce(&Path) -> Result<T, Reason>) -> Result<T, Reason> {
    path.map_or(Err(Reason::Absent), read)
}

/// The mask, shrunk to fit: white where any pixel of a block is marked.
fn picture_of(mask: &Mask, side: u32) -> GrayImage {
    let block = mask.width.max(mask.height).div_ceil(side as usize).max(1);
    let (width, height) = (mask.width.div_ceil(block), mask.height.div_ceil(block));
    let within = |at: u32, end: usize| at as usize * block..((at as usize + 1) * block).min(end);
    GrayImage::from_fn(width as u32, height as u32, |x, y| {
        let marked = within(y, mask.height).any(|y| within(x, mask.width).any(|x| mask.marks(x, y)));
        Luma([if marked { 255 } else { 0 }])
    })
}

fn png(picture: &GrayImage) -> ImageResult<String> {
    let mut bytes = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive).write_image(
        picture,
        picture.width(),
        picture.height(),
        ExtendedColorType::L8,
    )?;
    let mut uri = "data:image/png;base64,".to_owned();
    STANDARD.encode_string(bytes.get_ref(), &mut uri);
    Ok(uri)
}

/// Makes the pictures of `images` in order, with some threads ahead of who takes them.
pub(super) struct PictureMaker<'a> {
    images: std::slice::Chunks<'a, &'a EvaluatedImage>,
    ready: VecDeque<Pictures>,
    maps: &'a Maps,
    levels: Levels,
    side: u32,
    workers: Workers,
    explain: Explain<'a>,
}

impl<'a> PictureMaker<'a> {
    pub(super) fn new(
        images: &'a [&'a EvaluatedImage],
        maps: &'a Maps,
        levels: Levels,
        options: &'a PageOptions<'_>,
    ) -> Self {
        let (side, workers) = (side(images.len()), Workers::new(options.threads));
        Self {
            images: images.chunks(workers.threads() * CHUNK),
            ready: VecDeque::new(),
            maps,
            levels,
            side,
            workers,
            explain: options.explain,
        }
    }
}

impl Iterator for PictureMaker<'_> {
    type Item = Pictures;

    fn next(&mut self) -> Option<Pictures> {
        if self.ready.is_empty() {
            let chunk = self.images.next()?;
            let of = |image: &&EvaluatedImage| Pictures::of(image, self.maps, &self.levels, self.side, self.explain);
            self.ready = self.workers.map(chunk, of).into();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::parse;

    const LEVELS: Levels = Levels { scale: ColourScale { low: 1.0, high: 3.0 }, top: 14.0 };

    #[test]
    fn more_images_have_smaller_pictures() {
        let sides: Vec<u32> = [0, 100, 101, 500, 1000, 1001, MOST].map(side).into();
        assert_eq!(sides, [480, 480, 320, 320, 224, 160, 160]);
    }

    #[test]
    fn levels_spend_most_of_their_steps_on_the_colours() {
        for (score, level) in
            [(f32::MIN, 0), (1.0, 0), (2.0, 100), (3.0, 200), (8.5, 228), (14.0, 255), (f32::MAX, 255)]
        {
            assert_eq!(LEVELS.level(score), level, "{score}");
        }
        let flat = Levels { scale: ColourScale { low: 2.0, high: 2.0 }, top: 2.0 };
        assert_eq!((flat.level(2.0), flat.level(2.1)), (0, 255));
    }

    #[test]
    fn large_maps_keep_their_peaks() {
        let mut lines = vec![vec!["1"; 300]; 200];
        lines[150][299] = "3";
        let text: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
        let picture = LEVELS.picture(&parse(text.join("\n").as_bytes(), Path::new("0.csv")).unwrap());
        assert_eq!(picture.dimensions(), (100, 67));
        let peaks: Vec<_> = picture.enumerate_pixels().filter(|(_, _, level)| level.0 == [200]).collect();
        assert!(matches!(peaks[..], [(99, 50, _)]), "{peaks:?}");
    }

    #[test]
    fn small_marks_survive_in_small_masks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        let mut large = GrayImage::new(1000, 500);
        large.put_pixel(999, 0, Luma([255]));
        large.save(&path).unwrap();
        let small = picture_of(&read_mask(&path).unwrap(), 160);
        assert_eq!(small.dimensions(), (143, 72));
        assert_eq!(small.pixels().filter(|pixel| pixel.0 == [255]).count(), 1);
        assert_eq!(small.get_pixel(142, 0).0, [255]);
    }

    #[test]
    fn pictures_come_in_the_order_of_the_images() {
        let folder = tempfile::tempdir().unwrap();
        let images: Vec<EvaluatedImage> = (1..=37)
            .map(|width| {
                let path = folder.path().join(format!("{width}.png"));
                GrayImage::new(width, 2).save(&path).unwrap();
                EvaluatedImage { image: Some(path), ..EvaluatedImage::default() }
            })
            .collect();
        let order: Vec<&EvaluatedImage> = images.iter().collect();
        let maps = Maps::default();
        for threads in [1, 3] {
            let widths: Vec<u32> =
                PictureMaker::new(&order, &maps, LEVELS, &PageOptions { threads, ..PageOptions::default() })
                    .map(|pictures| pictures.size.0)
                    .collect();
            assert_eq!(widths, (1..=37).collect::<Vec<u32>>());
        }
    }
}
