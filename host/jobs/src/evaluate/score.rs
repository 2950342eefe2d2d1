//! The loop over the images of a dataset: read, scored by the plugin, handed on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result};
use nnc_plugin_api::Manifest;
use nnc_plugin_api::loader::{Detector, RawBatch};

use super::outputs::ImageOutputs;
use crate::event::Task;
use crate::judging::computed::Computed;
use crate::signals::Stopped;
use crate::worker::parent::Parent;
use crate::worker::plugin;
use crate::worker::samples::Reading;
use crate::worker::view::View;

/// Images scored between two looks at whether the user wants to stop; more where there are threads to share them.
const MAX_BATCH: usize = 16;
/// Images for each thread that are worth giving at once: a detector reads its model once for all of a thread's images.
const IMAGES_PER_THREAD: usize = 4;

/// What takes the scores of the rows of a dataset, in order.
pub(super) trait Sink {
    /// Rows that it has already.
    fn rows(&self) -> usize;
    /// Takes the next row: the values of all outputs, what was computed beside them, and the image score.
    fn add(&mut self, dataset: &Dataset, values: &[&[f32]], extra: &[f32], score: f32) -> Result<()>;
    /// The rows since the last time were scored together.
    fn end_batch(&mut self, dataset: &Dataset) -> Result<()>;
}

/// Image scores alone.
impl Sink for Vec<f32> {
    fn rows(&self) -> usize {
        self.len()
    }

    fn add(&mut self, _: &Dataset, _: &[&[f32]], _: &[f32], score: f32) -> Result<()> {
        self.push(score);
        Ok(())
    }

    fn end_batch(&mut self, _: &Dataset) -> Result<()> {
        Ok(())
    }
}

/// A detector that scores the images of datasets.
pub(super) struct Scorer<'a> {
    pub(super) detector: &'a mut Detector,
    pub(super) manifest: &'a Manifest,
    pub(super) computed: &'a Computed,
    /// How images are looked at.
    pub(super) view: &'a View,
    pub(super) reading: Reading,
    pub(super) cancelled: &'a AtomicBool,
    pub(super) parent: &'a Parent,
}

impl Scorer<'_> {
    /// How many images are scored together.
    pub(super) fn batch_size(&self) -> usize {
        self.view.tiles().map_or(self.samples(), |tiles| (self.samples() / tiles.per_image()).max(1))
    }

    /// How many samples the detector gets at once.
    fn samples(&self) -> usize {
        let most = MAX_BATCH.max(IMAGES_PER_THREAD.saturating_mul(self.reading.threads));
        self.detector.interface().exact_batch.unwrap_or(self.reading.batch_size.min(most))
    }

    /// Scores the images that `sink` has not yet.
    pub(super) fn score(&mut self, dataset: &Arc<Dataset>, sink: &mut dyn Sink) -> Result<()> {
        let size = self.batch_size();
        let interface = self.view.interface();
        let mut reader = self.view.open(self.reading, dataset)?;
        let sample_bytes = interface.sample_bytes().unwrap_or_default().max(1);
        let outputs = interface.outputs.len();
        let is_exact = interface.exact_batch.is_some();
        let mut scored = ImageOutputs::new(self.detector, self.view.tiles(), self.samples());
        if is_exact && sink.rows() > 0 {
            // A plugin that needs whole batches may fill the last one up with the first samples, and so has to see them.
            if let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
                let raw = RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes };
                self.fill(&mut scored, raw)?;
            }
        }
        reader.seek(sink.rows());
        while let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, Stopped::ByUser));
            }
            self.fill(&mut scored, RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes })?;
            for (sample, bytes) in batch.bytes.chunks_exact(sample_bytes).take(batch.count).enumerate() {
                let within: Vec<Option<Vec<f32>>> =
                    (0..outputs).map(|output| self.view.within(output, scored.of(output, sample))).collect();
                let seen = within.iter().enumerate();
                let values: Vec<&[f32]> =
                    seen.map(|(output, within)| within.as_deref().unwrap_or(scored.of(output, sample))).collect();
                let (extra, score) = self.computed.of(dataset, sink.rows(), bytes, &values)?;
                sink.add(dataset, &values, &extra, score)?;
            }
            sink.end_batch(dataset)?;
            self.parent.progress(Task::Scoring, sink.rows() as u64, dataset.len() as u64);
        }
        Ok(())
    }

    fn fill(&mut self, scored: &mut ImageOutputs<'_>, batch: RawBatch<'_>) -> Result<()> {
        scored.score(self.detector, batch).map_err(|error| plugin::failure(self.manifest, &error))
    }
}
