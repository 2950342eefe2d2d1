//! Images from the source into the dataset: decoded, brought to the size of the dataset and written, on all processors
//! and in bounded memory.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use nnc_dataset::{Fingerprint, PictureError, Pixels, UnsupportedPicture, Unused, UnusedParts, pixel_count, unused};
use rayon::prelude::*;

use crate::error::{ArchiveDefect, CreateError};
use crate::layout::Item;
use crate::left_out::{LeftOut, Reason};
use crate::memory::Memory;
use crate::options::Options;
use crate::output::Output;
use crate::source::{ReadProblem, Supply};
use crate::summary::{Change, Changed, Class};
use crate::watch::Watch;

/// Bytes in work for each pixel of a source: decoded, and once more in planes or interleaved.
const BYTES_PER_PIXEL: u64 = 6;

/// What became of the images of a source.
pub(crate) struct Images<'a> {
    /// Those that were made, in the order of the rows.
    pub(crate) made: Vec<Made<'a>>,
    /// Those of them that needed more than a new size.
    pub(crate) changed: Vec<Changed>,
    /// Those that could not be made, by their paths.
    pub(crate) left_out: Vec<LeftOut>,
    /// What of those that were made is not used.
    pub(crate) unused: Vec<UnusedParts>,
}

/// An image that was made.
pub(crate) struct Made<'a> {
    pub(crate) item: &'a Item,
    /// What it looks like, where that was asked for.
    pub(crate) fingerprint: Option<Fingerprint>,
    unused: Unused,
}

/// What became of one image.
enum Outcome {
    /// It is in the dataset.
    Made { changes: Vec<nnc_dataset::Change>, fingerprint: Option<Fingerprint>, unused: Unused },
    /// It is not.
    LeftOut(Reason),
}

/// How images are made.
pub(crate) struct Maker<'a> {
    /// The source, for messages.
    pub(crate) source: &'a Path,
    pub(crate) options: &'a Options,
    /// Where they are written.
    pub(crate) output: &'a Output,
    pub(crate) watch: &'a Watch<'a>,
    /// Whether fingerprints are wanted.
    pub(crate) with_fingerprints: bool,
}

impl Maker<'_> {
    /// Makes all `items`, whose files `supply` delivers in any order.
    pub(crate) fn make<'a>(&self, items: &'a [Item], supply: &dyn Supply) -> Result<Images<'a>, CreateError> {
        // 0 stays 0, which means one thread per processor.
        let threads = self.options.threads.min(items.len());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().map_err(|error| CreateError::NoThread { reason: error.to_string() })?;
        let memory = Memory::new();
        let done = AtomicU64::new(0);
        // Waiting for memory inside a pool is safe as long as no decoder hands work to the pool itself: `image` is built
        // without rayon.
        let one = |buffer: &mut Vec<u8>, _| -> Result<Option<(usize, Outcome)>, CreateError> {
            if (self.watch.cancelled)() {
                return Err(CreateError::Interrupted);
            }
            // Whichever file comes next; as many are asked for as there are.
            let Some((index, read)) = supply.next(buffer) else { return Ok(None) };
            let outcome = match (read, items.get(index)) {
                (Err(ReadProblem::Source(error)), _) => return Err(error),
                (Err(ReadProblem::File(defect)), _) => Outcome::LeftOut(Reason::Unreadable(defect)),
                (Ok(()), Some(item)) => self.one(item, buffer, &memory)?,
                (Ok(()), None) => return Ok(None),
            };
            (self.watch.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, items.len() as u64);
            Ok(Some((index, outcome)))
        };
        let outcomes: Vec<Option<(usize, Outcome)>> =
            pool.install(|| (0..items.len()).into_par_iter().map_init(Vec::new, one).collect::<Result<_, _>>())?;
        let mut outcomes: Vec<(usize, Outcome)> = outcomes.into_iter().flatten().collect();
        if outcomes.len() < items.len() {
            return Err(CreateError::Damaged { path: self.source.to_owned(), defect: ArchiveDefect::NotReadToEnd });
        }
        outcomes.sort_by_key(|(index, _)| *index);
        Ok(Images::of(items, outcomes.into_iter().map(|(_, outcome)| outcome)))
    }

    /// Makes one image; the error is that of the disk.
    fn one(&self, item: &Item, bytes: &[u8], memory: &Memory) -> Result<Outcome, CreateError> {
        let (pixels, changes) = match self.pixels(item, bytes, memory) {
            Ok(found) => found,
            Err(error) => return Ok(Outcome::LeftOut(Reason::Picture(error))),
        };
        let fingerprint = self.with_fingerprints.then(|| Fingerprint::of(&pixels));
        let mut png = Cursor::new(Vec::new());
        let colour = if pixels.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
        let path = self.output.file(&item.path());
        PngEncoder::new(&mut png)
            .write_image(&pixels.values, pixels.width as u32, pixels.height as u32, colour)
            .map_err(|error| CreateError::unwritable(&path, error))?;
        self.output.write(&item.path(), png.get_ref())?;
        Ok(Outcome::Made { changes, fingerprint, unused: unused(bytes) })
    }

    /// The image in the size and colour of the dataset.
    fn pixels(
        &self,
        item: &Item,
        bytes: &[u8],
        memory: &Memory,
    ) -> Result<(Pixels, Vec<nnc_dataset::Change>), PictureError> {
        let named = format_of(&item.extension)?;
        let most = self.options.limits.pixels;
        let _held = memory.take(pixel_count(bytes, named)?.min(most) * BYTES_PER_PIXEL);
        self.options.shaping().decode(bytes, named, most)
    }
}

impl<'a> Images<'a> {
    /// `outcomes` are in the order of `items`.
    fn of(items: &'a [Item], outcomes: impl Iterator<Item = Outcome>) -> Self {
        let mut images = Images { made: Vec::new(), changed: Vec::new(), left_out: Vec::new(), unused: Vec::new() };
        for (item, outcome) in items.iter().zip(outcomes) {
            match outcome {
                Outcome::LeftOut(reason) => images.left_out.push(LeftOut::new(&item.source, reason)),
                Outcome::Made { changes, fingerprint, unused } => {
                    let changes =
                        changes.into_iter().map(Change::Pixels).chain(item.renamed.then_some(Change::Renamed));
                    let changes: Vec<Change> = changes.collect();
                    if !changes.is_empty() {
                        images.changed.push(Changed { path: item.source.clone(), output: item.path(), changes });
                    }
                    images.made.push(Made { item, fingerprint, unused });
                }
            }
        }
        images.unused = UnusedParts::count(images.made.iter().map(|made| (made.item.source.as_str(), &made.unused)));
        images.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        images
    }
}

impl Images<'_> {
    /// `classes` with the numbers of their images that were made.
    pub(crate) fn counted(&self, mut classes: Vec<Class>) -> Vec<Class> {
        for Made { item, .. } in &self.made {
            if let Some(class) = classes.get_mut(item.label) {
                class.converted += 1;
            }
        }
        classes
    }
}

/// NNC takes names such as `.jpgx` for images and then has no decoder for them.
fn format_of(extension: &str) -> Result<ImageFormat, PictureError> {
    match extension {
        ".png" => Ok(ImageFormat::Png),
        ".jpg" | ".jpeg" => Ok(ImageFormat::Jpeg),
        ".bmp" => Ok(ImageFormat::Bmp),
        ".gif" => Ok(ImageFormat::Gif),
        ".tif" | ".tiff" => Ok(ImageFormat::Tiff),
        other => Err(PictureError::Unsupported(UnsupportedPicture::Extension(other.to_owned()))),
    }
}
