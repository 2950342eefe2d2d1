//! Images from the source to the data set, on all processors, in bounded memory.

use std::io::Cursor;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use nnc_dataset::{Change, Fingerprint, PictureError, PixelOptions, Pixels, decode_pixels, pixel_count};

use crate::Watch;
use crate::error::CreateError;
use crate::language::Text;
use crate::layout::Item;
use crate::options::Options;
use crate::output::Output;
use crate::shape::shape;
use crate::source::{ReadProblem, Supply};
use crate::summary::LeftOut;

/// Bytes that images in work may take together; one that needs more is alone.
const MEMORY: u64 = 1 << 30;
/// Bytes in work for each pixel of a source: decoded, and once more in planes or interleaved.
const BYTES_PER_PIXEL: u64 = 6;

/// What became of one image.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is in the data set.
    Made { changes: Vec<Change>, print: Option<Fingerprint> },
    /// It is not.
    LeftOut(LeftOut),
}

/// What the threads work on.
struct Work<'a> {
    items: &'a [Item],
    options: &'a Options,
    output: &'a Output,
    supply: &'a dyn Supply,
    watch: &'a Watch<'a>,
    with_prints: bool,
    memory: Memory,
    state: Mutex<State>,
}

struct State {
    outcomes: Vec<Option<Outcome>>,
    done: u64,
    /// What ends everything.
    error: Option<CreateError>,
}

/// Converts all `items`; the outcomes are in their order. `source` is for messages.
pub(crate) fn convert(
    source: &Path,
    items: &[Item],
    options: &Options,
    output: &Output,
    supply: &dyn Supply,
    watch: &Watch<'_>,
    with_prints: bool,
) -> Result<Vec<Outcome>, CreateError> {
    let state = State { outcomes: items.iter().map(|_| None).collect(), done: 0, error: None };
    let work = Work { items, options, output, supply, watch, with_prints, memory: Memory::new(), state: state.into() };
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
        threads => threads,
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            // Fewer threads only take longer.
            let _ = thread::Builder::new().name("nnc-convert".to_owned()).spawn_scoped(scope, || work.run());
        }
        work.run();
    });
    let state = work.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.error {
        return Err(error);
    }
    let missing = || CreateError::damaged(source, Text::NotReadToEnd.with(&[]));
    state.outcomes.into_iter().map(|outcome| outcome.ok_or_else(missing)).collect()
}

impl Work<'_> {
    fn run(&self) {
        let mut buffer = Vec::new();
        loop {
            if (self.watch.cancelled)() {
                return self.fail(CreateError::Interrupted);
            }
            if self.lock().error.is_some() {
                return;
            }
            let Some((index, read)) = self.supply.next(&mut buffer) else {
                return;
            };
            let left_out = |kind, reason: String| Outcome::LeftOut(LeftOut::new(self.source_of(index), kind, reason));
            let outcome = match read {
                Err(ReadProblem::Source(error)) => return self.fail(error),
                Err(ReadProblem::File(reason)) => left_out("unreadable", reason),
                Ok(()) => match self.make(index, &buffer) {
                    Err(error) => return self.fail(error),
                    Ok(Err(problem)) => left_out(problem.kind(), problem.to_string()),
                    Ok(Ok(made)) => made,
                },
            };
            let done = {
                let mut state = self.lock();
                if let Some(slot) = state.outcomes.get_mut(index) {
                    *slot = Some(outcome);
                }
                state.done += 1;
                state.done
            };
            (self.watch.progress)(done, self.items.len() as u64);
        }
    }

    /// Makes one image; the outer error is that of the disk, the inner one that of the image.
    fn make(&self, index: usize, bytes: &[u8]) -> Result<Result<Outcome, PictureError>, CreateError> {
        let Some(item) = self.items.get(index) else {
            return Ok(Err(PictureError::DecoderPanic));
        };
        let (pixels, changes) = match self.pixels(item, bytes) {
            Ok(found) => found,
            Err(problem) => return Ok(Err(problem)),
        };
        let print = self.with_prints.then(|| Fingerprint::of(&pixels));
        let mut png = Cursor::new(Vec::new());
        let colour = if pixels.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
        let path = self.output.file(&item.path());
        PngEncoder::new(&mut png)
            .write_image(&pixels.values, pixels.width as u32, pixels.height as u32, colour)
            .map_err(|error| CreateError::unwritable(&path, error))?;
        self.output.write(&item.path(), png.get_ref())?;
        Ok(Ok(Outcome::Made { changes, print }))
    }

    fn pixels(&self, item: &Item, bytes: &[u8]) -> Result<(Pixels, Vec<Change>), PictureError> {
        let named = format_of(&item.extension)?;
        let Options { alpha, scale_sixteen_bit, limits, .. } = *self.options;
        let _held = self.memory.take(pixel_count(bytes, named)?.min(limits.pixels) * BYTES_PER_PIXEL);
        let policy = PixelOptions { alpha, scale_sixteen_bit, max_pixels: limits.pixels };
        let (pixels, changes) = decode_pixels(bytes, named, &policy)?;
        // Sizes are bounded, but a bug in the arithmetic must not take the other images along.
        let shaped = catch_unwind(AssertUnwindSafe(|| shape(pixels, self.options)));
        Ok((shaped.unwrap_or(Err(PictureError::DecoderPanic))?, changes))
    }

    fn source_of(&self, index: usize) -> &str {
        self.items.get(index).map_or("", |item| &item.source)
    }

    fn fail(&self, error: CreateError) {
        self.lock().error.get_or_insert(error);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        other => Err(PictureError::Unsupported { reason: Text::NoDecoder.with(&[&other]) }),
    }
}

/// A store of memory that threads take from and give back to.
struct Memory {
    free: Mutex<u64>,
    freed: Condvar,
}

impl Memory {
    fn new() -> Self {
        Self { free: Mutex::new(MEMORY), freed: Condvar::new() }
    }

    /// Waits until there is enough.
    fn take(&self, bytes: u64) -> Held<'_> {
        let bytes = bytes.min(MEMORY);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Held { memory: self, bytes }
    }
}

/// Memory in use; given back at the end.
struct Held<'a> {
    memory: &'a Memory,
    bytes: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.memory.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.memory.freed.notify_all();
    }
}
