//! Pixel metrics, the threshold, and the verdicts that follow from it.

use std::path::Path;

use nnc_messages::{Exit, Failure, Result};
use nnc_project_types::ThresholdChoice;
use nnc_report::{EvaluatedImage, Evaluation, Maps, Metrics, NormalScores, PixelStep, ReportError, Threshold};

use super::Progress;
use crate::event::Task;

/// Compares maps and masks. A mask that cannot be read is a fault of the dataset, a full disk is not.
///
/// # Errors
/// Such a mask or disk.
pub fn measure_pixels(
    metrics: &mut Metrics,
    rows: &[EvaluatedImage],
    maps: &Maps,
    scratch: &Path,
    threads: usize,
    progress: Progress<'_>,
) -> Result<()> {
    let told = |step, done, total| {
        let task = match step {
            PixelStep::Masks => Task::Masks,
            PixelStep::Maps => Task::Pixels,
            PixelStep::Curves => Task::Curves,
        };
        progress(task, done, total);
    };
    metrics.measure_pixels(rows, maps, scratch, threads, &told).map_err(|error| {
        let exit = if matches!(error, ReportError::Write { .. }) { Exit::Failed } else { Exit::Dataset };
        Failure::new(exit, error)
    })
}

/// The threshold by this choice; `None` without one, and where no normal image has a score.
pub fn choose(evaluation: &Evaluation, choice: Option<ThresholdChoice>, confidence: f64) -> Option<Threshold> {
    let NormalScores { source, scores } = evaluation.normal_scores();
    match choice? {
        ThresholdChoice::Fixed(value) => Some(Threshold::fixed(value, Some((source, &scores)), confidence)),
        ThresholdChoice::Rate(rate) => Threshold::at_rate(source, &scores, rate, confidence),
    }
}

/// Gives the images their verdicts.
pub fn decide(
    evaluation: &mut Evaluation,
    threshold: Option<Threshold>,
    maps: &Maps,
    threads: usize,
    progress: Progress<'_>,
) {
    let total = evaluation.rows.len() as u64;
    nnc_report::decide(evaluation, threshold, maps, threads, &|done| progress(Task::Verdicts, done as u64, total));
}
