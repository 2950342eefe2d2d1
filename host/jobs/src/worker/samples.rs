//! The samples of a dataset as the plugin wants to see them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnc_dataset::{Dataset, DatasetError, Reader, ReaderLimits, SampleFormat, UnusedParts};
use nnc_files::hex;
use nnc_messages::{Exit, OrExit, Result, Say, messages};
use nnc_plugin_api::loader::{RawBatch, SampleSource};
use nnc_plugin_api::{Element, Input, Interface};
use sha2::{Digest, Sha256};

use crate::listener::Listener;
use crate::worker::tiles::Tiles;
use crate::worker::tiles::feed::TileFeed;

messages! {
    enum SamplesMessage {
        Unused { dataset: PathBuf, unused: UnusedParts } => "{dataset}: {unused}", "{dataset}: {unused}";
    }
}

/// Opens a dataset and says what it noticed.
pub(crate) fn open(path: &Path, listener: &dyn Listener) -> Result<Arc<Dataset>> {
    let dataset = Dataset::open(path).or_exit(Exit::Dataset)?;
    for warning in dataset.warnings() {
        listener.warn(warning);
    }
    if let Some(outside) = dataset.outside() {
        listener.info(&outside);
    }
    Ok(Arc::new(dataset))
}

/// Says what was not used of the images that were read.
pub(crate) fn tell_unused(dataset: &Dataset, listener: &dyn Listener) {
    for unused in dataset.unused() {
        listener.warn(&SamplesMessage::Unused { dataset: dataset.path().to_owned(), unused });
    }
}

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Images held at once, for a plugin that takes any number.
    pub(crate) batch_size: usize,
    /// Threads that decode.
    pub(crate) threads: usize,
}

impl Reading {
    /// A reader of one input alone.
    pub(crate) fn open_input(self, dataset: &Arc<Dataset>, input: &Input) -> Result<Reader> {
        let limits = ReaderLimits { max_images: self.batch_size, threads: self.threads };
        Reader::new(Arc::clone(dataset), &input.variable, format(input), limits).or_exit(Exit::Dataset)
    }

    /// The same for whole images that are read to be cut: no more of them than of tiles, and as few as one.
    pub(crate) fn of_tiles(self, tiles: &Tiles) -> Self {
        Self { batch_size: (self.batch_size / tiles.per_image()).max(1), ..self }
    }

    /// A reader of what the plugin wants to see of a dataset.
    pub(crate) fn open(self, dataset: &Arc<Dataset>, interface: &Interface) -> Result<Reader> {
        let inputs = interface.inputs().map(|input| (input.variable.as_str(), format(input))).collect();
        let max_images = interface.exact_batch.unwrap_or(self.batch_size);
        let limits = ReaderLimits { max_images, threads: self.threads };
        Reader::of_several(Arc::clone(dataset), inputs, limits).or_exit(Exit::Dataset)
    }
}

/// How the samples of an input are decoded.
pub(crate) fn format(input: &Input) -> SampleFormat {
    SampleFormat {
        shape: input.shape.clone(),
        element: match input.element {
            Element::U8 => nnc_dataset::Element::U8,
            Element::F32 if input.normalize => nnc_dataset::Element::NormalizedF32,
            Element::F32 => nnc_dataset::Element::F32,
        },
    }
}

/// Feeds a reader to a training and keeps what the plugin cannot: the original error, and a hash of all samples.
pub(crate) struct TrainingSource<'a> {
    feed: Feed<'a>,
    len: usize,
    error: Option<DatasetError>,
    hash: Sha256,
    hashed: usize,
}

/// Where the samples of a plugin come from.
enum Feed<'a> {
    Whole(Reader),
    Tiles(TileFeed<'a>),
}

impl<'a> TrainingSource<'a> {
    /// The samples that `reader` reads whole, so many images, or their tiles, at most `most` at once.
    pub(crate) fn new(reader: Reader, images: usize, tiles: Option<&'a Tiles>, most: usize) -> Self {
        let (feed, len) = match tiles {
            Some(tiles) => {
                let feed = TileFeed::new(tiles, reader, images, most);
                let len = feed.len();
                (Feed::Tiles(feed), len)
            }
            None => (Feed::Whole(reader), images),
        };
        Self { feed, len, error: None, hash: Sha256::new(), hashed: 0 }
    }

    /// The dataset's error, if that is what stopped the plugin.
    pub(crate) fn take_error(&mut self) -> Option<DatasetError> {
        self.error.take()
    }

    /// SHA-256 of all samples as the plugin saw them; `None` if it did not read them all.
    pub(crate) fn digest(self) -> Option<String> {
        (self.hashed == self.len).then(|| hex(&self.hash.finalize()))
    }
}

impl SampleSource for TrainingSource<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn next_batch(&mut self, max: usize) -> Result<Option<RawBatch<'_>>, String> {
        let next = match &mut self.feed {
            Feed::Whole(reader) => reader.next_batch(max).map(|batch| {
                batch.map(|batch| RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes })
            }),
            Feed::Tiles(feed) => feed.next_batch(max),
        };
        match next {
            Ok(Some(batch)) => {
                // Only the first pass is hashed; a later one sees the same samples.
                if batch.first == self.hashed {
                    self.hash.update(batch.bytes);
                    self.hashed += batch.count;
                }
                Ok(Some(batch))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                let message = error.said();
                self.error = Some(error);
                Err(message)
            }
        }
    }

    fn rewind(&mut self) -> Result<(), String> {
        match &mut self.feed {
            Feed::Whole(reader) => reader.rewind(),
            Feed::Tiles(feed) => feed.rewind(),
        }
        Ok(())
    }
}
