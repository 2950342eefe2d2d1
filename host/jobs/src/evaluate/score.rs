//! The loop over the images of a dataset: read, scored by the plugin, handed on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, OrExit, Result};
use nnc_plugin_api::Manifest;
use nnc_plugin_api::loader::{Detector, OutputBuffers, RawBatch};

use crate::event::Task;
use crate::judging::computed::Computed;
use crate::signals::Stopped;
use crate::worker::parent::Parent;
use crate::worker::plugin;
use crate::worker::samples::Reading;

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
    pub(super) reading: Reading,
    pub(super) cancelled: &'a AtomicBool,
    pub(super) parent: &'a Parent,
}

impl Scorer<'_> {
    /// How many images the detector gets at once.
    pub(super) fn batch_size(&self) -> usize {
        let most = MAX_BATCH.max(IMAGES_PER_THREAD.saturating_mul(self.reading.threads));
        self.detector.interface().exact_batch.unwrap_or(self.reading.batch_size.min(most))
    }

    /// Scores the images that `sink` has not yet.
    pub(super) fn score(&mut self, dataset: &Arc<Dataset>, sink: &mut dyn Sink) -> Result<()> {
        let size = self.batch_size();
        let interface = self.detector.interface();
        let mut reader = self.reading.open(dataset, interface)?;
        let sample_bytes = interface.sample_bytes().unwrap_or_default().max(1);
        let outputs = interface.outputs.len();
        let is_exact = interface.exact_batch.is_some();
        let mut buffers = OutputBuffers::new(self.detector);
        if is_exact && sink.rows() > 0 {
            // A plugin that needs whole batches may fill the last one up with the first samples, and so has to see them.
            if let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
                let raw = RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes };
                self.fill(&mut buffers, raw)?;
            }
        }
        reader.seek(sink.rows());
        while let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, Stopped::ByUser));
            }
            self.fill(&mut buffers, RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes })?;
            for (sample, bytes) in batch.bytes.chunks_exact(sample_bytes).take(batch.count).enumerate() {
                let values: Vec<&[f32]> = (0..outputs).map(|output| buffers.sample(output, sample)).collect();
                let (extra, score) = self.computed.of(dataset, sink.rows(), bytes, &values)?;
                sink.add(dataset, &values, &extra, score)?;
            }
            sink.end_batch(dataset)?;
            self.parent.progress(Task::Scoring, sink.rows() as u64, dataset.len() as u64);
        }
        Ok(())
    }

    fn fill(&mut self, buffers: &mut OutputBuffers, batch: RawBatch<'_>) -> Result<()> {
        buffers.score(self.detector, batch).map_err(|error| plugin::failure(self.manifest, &error))
    }
}
