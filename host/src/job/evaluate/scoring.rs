//! The loop over the images of a data set: read, scored by the plugin, handed on.

use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_plugin_api::loader::{Detector, HostServices, OutputBuffers, Plugin, RawBatch};

use crate::job::JobSpec;
use crate::job::protocol::Task;
use crate::job::worker::{Job, plugin_failure};
use crate::language::Message;
use nnc_messages::{Exit, Failure, OrExit, Result};

/// Images scored between two looks at whether the user wants to stop; more where there are threads to share them.
const MAX_BATCH: usize = 16;
/// Images for each thread that are worth giving at once: a detector reads its model once for all of a thread's images.
const IMAGES_PER_THREAD: usize = 4;

/// How many images the detector gets at once.
pub(super) fn batch_size(spec: &JobSpec, detector: &Detector) -> usize {
    let most = MAX_BATCH.max(IMAGES_PER_THREAD.saturating_mul(spec.threads));
    detector.interface().exact_batch.unwrap_or(spec.batch_size.min(most))
}

/// What takes the scores of the rows of a data set, in order.
pub(super) trait Sink {
    /// Rows that it has already.
    fn rows(&self) -> usize;
    /// Takes the next row: the values of all outputs, and the image score.
    fn add(&mut self, dataset: &Dataset, values: &[&[f32]], score: f32) -> Result<()>;
    /// Hears that the rows since the last time were scored together.
    fn end_batch(&mut self, dataset: &Dataset) -> Result<()>;
}

/// Image scores alone.
impl Sink for Vec<f32> {
    fn rows(&self) -> usize {
        self.len()
    }

    fn add(&mut self, _: &Dataset, _: &[&[f32]], score: f32) -> Result<()> {
        self.push(score);
        Ok(())
    }

    fn end_batch(&mut self, _: &Dataset) -> Result<()> {
        Ok(())
    }
}

/// Scores the images that `sink` has not yet.
pub(super) fn score(
    job: &Job,
    plugin: &Plugin,
    detector: &mut Detector,
    dataset: &Arc<Dataset>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut reader = job.reader(dataset, detector)?;
    let rule = job.spec.judgement.rule;
    let shape = detector.interface().outputs.first().map(|output| output.shape.clone()).unwrap_or_default();
    let outputs = detector.interface().outputs.len();
    let mut buffers = OutputBuffers::new(detector);
    let size = batch_size(&job.spec, detector);
    if detector.interface().exact_batch.is_some() && sink.rows() > 0 {
        // Whoever needs whole batches may fill the last one up with the first samples, and so has to see them.
        if let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
            let raw = RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes };
            buffers.score(detector, raw).map_err(|e| plugin_failure(plugin, &e))?;
        }
    }
    reader.seek(sink.rows());
    while let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
        if HostServices::is_cancelled(&*job.services) {
            return Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[])));
        }
        let raw = RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes };
        buffers.score(detector, raw).map_err(|e| plugin_failure(plugin, &e))?;
        for sample in 0..batch.count {
            let values: Vec<&[f32]> = (0..outputs).map(|output| buffers.sample(output, sample)).collect();
            sink.add(dataset, &values, rule.score(values.first().copied().unwrap_or_default(), &shape))?;
        }
        sink.end_batch(dataset)?;
        job.services.show(Task::Scoring, sink.rows() as u64, dataset.len() as u64);
    }
    Ok(())
}
