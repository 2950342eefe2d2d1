//! The pictures of a row: its input, and what its task lays over or beside it.

use std::collections::VecDeque;
use std::io::Cursor;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, Rgb};

use super::palette;
use super::text::Caption;
use crate::error::ReportError;
use crate::map::read_map;
use crate::model::{EvaluatedImage, Evaluation, Judged, Outcome};
use crate::render::page::PageOptions;
use crate::render::page::pictures::side;
use crate::render::{plot, thumbnail};
use crate::workers::Workers;

/// Rows made at once by each thread.
const CHUNK: usize = 8;
/// The most pixels of a class map.
const MAX_PIXELS: u64 = 1 << 26;

/// The kinds of pictures of this page, and what they are called: the input first.
pub(super) fn layers(evaluation: &Evaluation) -> Vec<(&'static str, Caption)> {
    let has = |of: fn(&Outcome) -> bool| evaluation.rows.iter().any(|row| row.outcome.as_ref().is_some_and(of));
    let mut layers = vec![("input", Caption::InputPane)];
    if has(|outcome| matches!(outcome, Outcome::Pixels(_))) {
        layers.extend([("found", Caption::FoundPane), ("label", Caption::LabelPane)]);
    }
    if has(|outcome| matches!(outcome, Outcome::Picture { .. } | Outcome::Likeness(_))) {
        layers.push(("output", Caption::OutputPane));
    }
    if has(|outcome| matches!(outcome, Outcome::Likeness(_))) {
        layers.push(("target", Caption::TargetPane));
    }
    layers
}

/// Makes a sentence of an error.
type Explain<'a> = &'a (dyn Fn(&ReportError) -> String + Sync);

/// A picture as a `data:` address, or why there is none.
pub(super) type Picture = Result<String, String>;

/// The pictures of one row.
pub(super) struct Pictures {
    /// Width and height of the input.
    pub(super) size: (u32, u32),
    /// `None` for a row without an input that can be shown.
    pub(super) input: Option<Picture>,
    /// The others by their layers.
    pub(super) layers: Vec<(&'static str, Picture)>,
}

impl Pictures {
    fn of(image: &EvaluatedImage, white_is_one: bool, side: u32, explain: Explain<'_>) -> Self {
        let mut size = plot::SIZE;
        let input = match (&image.image, &image.sample) {
            (Some(path), _) => Some(thumbnail::load(path, side).map_err(|error| explain(&error)).and_then(|picture| {
                size = (picture.width(), picture.height());
                thumbnail::data_uri(&picture).map_err(|error| error.to_string())
            })),
            (None, Some(sample)) => Some(Ok(plot::data_uri(sample))),
            (None, None) => None,
        };
        let layers = match &image.outcome {
            Some(Outcome::Pixels(areas)) => {
                let found = areas.found.as_deref().map(|path| ("found", areas_of(path, false, explain)));
                let label = areas.label.as_deref().map(|path| ("label", areas_of(path, white_is_one, explain)));
                found.into_iter().chain(label).collect()
            }
            Some(Outcome::Likeness(likeness)) => {
                let files = [("output", &likeness.found), ("target", &likeness.target)];
                files
                    .into_iter()
                    .filter_map(|(layer, file)| Some((layer, made(file.as_deref()?, side, explain))))
                    .collect()
            }
            Some(Outcome::Picture { file: Some(file) }) => vec![("output", made(file, side, explain))],
            _ => Vec::new(),
        };
        Self { size, input, layers }
    }

    /// Bytes of the pictures in the page.
    pub(super) fn bytes(&self) -> usize {
        self.input.iter().chain(self.layers.iter().map(|(_, picture)| picture)).flatten().map(String::len).sum()
    }
}

/// A picture as it is.
fn made(file: &Path, side: u32, explain: Explain<'_>) -> Picture {
    let picture = thumbnail::load(file, side).map_err(|error| explain(&error))?;
    thumbnail::data_uri(&picture).map_err(|error| error.to_string())
}

/// The classes of a file in their colours: a grey picture, or a matrix of numbers.
fn areas_of(path: &Path, white_is_one: bool, explain: Explain<'_>) -> Picture {
    let (width, height, classes) = classes_of(path).map_err(|error| explain(&error))?;
    let colour = |&class: &u8| {
        let class = if white_is_one { usize::from(class != 0) } else { usize::from(class) };
        palette::colour(class).map_or([0; 4], |Rgb([red, green, blue])| [red, green, blue, 190])
    };
    let pixels: Vec<u8> = classes.iter().flat_map(colour).collect();
    let mut png = Cursor::new(Vec::new());
    let written = PngEncoder::new(&mut png).write_image(&pixels, width, height, ExtendedColorType::Rgba8);
    written.map_err(|error| error.to_string())?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png.get_ref())))
}

fn classes_of(path: &Path) -> Result<(u32, u32, Vec<u8>), ReportError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        let map = read_map(path)?;
        let classes = map.values().iter().map(|&value| value as u8).collect();
        return Ok((map.columns() as u32, map.rows() as u32, classes));
    }
    let picture = thumbnail::read_picture(path, MAX_PIXELS)?;
    let (width, height) = (picture.width(), picture.height());
    let classes = match picture {
        DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        other => other.to_luma8().into_raw(),
    };
    Ok((width, height, classes))
}

/// Makes the pictures of rows in order, with some threads ahead of who takes them.
pub(super) struct PictureMaker<'a> {
    rows: std::slice::Chunks<'a, &'a EvaluatedImage>,
    ready: VecDeque<Pictures>,
    white_is_one: bool,
    side: u32,
    explain: Explain<'a>,
    workers: Workers,
}

impl<'a> PictureMaker<'a> {
    pub(super) fn new(rows: &'a [&'a EvaluatedImage], evaluation: &Evaluation, options: &PageOptions<'a>) -> Self {
        let workers = Workers::new(options.threads);
        // Labels of two classes may be any value that is not black.
        let white_is_one =
            matches!(&evaluation.judged, Some(Judged::Segmentation(metrics)) if metrics.classes.len() == 2);
        Self {
            rows: rows.chunks(workers.threads() * CHUNK),
            ready: VecDeque::new(),
            white_is_one,
            side: side(rows.len()),
            explain: options.explain,
            workers,
        }
    }
}

impl Iterator for PictureMaker<'_> {
    type Item = Pictures;

    fn next(&mut self) -> Option<Pictures> {
        if self.ready.is_empty() {
            let chunk = self.rows.next()?;
            self.ready =
                self.workers.map(chunk, |row| Pictures::of(row, self.white_is_one, self.side, self.explain)).into();
        }
        self.ready.pop_front()
    }
}
