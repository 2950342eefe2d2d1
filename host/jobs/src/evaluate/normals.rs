//! Normal images outside of the evaluated dataset, scored for the threshold.

use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, OrExit, Result, messages};
use nnc_project_types::ScoringPlan;
use nnc_report::{NormalSource, TimedPhase, Timing};

use super::check::warn_of_missing_scores;
use super::score::Scorer;
use crate::judging::figures::Purpose;
use crate::worker::parent::Parent;
use crate::worker::samples;

messages! {
    enum NormalsMessage {
        Scoring { images: usize, purpose: Purpose } => "scoring {images} {purpose} images for the threshold",
            "しきい値を決めるため、{purpose}画像 {images} 枚を評価しています";
    }
}

/// The images and their scores.
pub(super) struct Normals {
    pub(super) source: NormalSource,
    pub(super) scores: Vec<f32>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) timing: Timing,
}

/// Scores the normal images that the threshold is to come from, if they are not in the dataset itself.
pub(super) fn score(scorer: &mut Scorer<'_>, plan: &ScoringPlan, parent: &Parent) -> Result<Option<Normals>> {
    let Some((source, path)) = &plan.normals else { return Ok(None) };
    let dataset = Arc::new(Dataset::open(path).or_exit(Exit::Dataset)?);
    parent.info(&NormalsMessage::Scoring { images: dataset.len(), purpose: Purpose::of(*source) });
    let clock = Instant::now();
    let mut scores = Vec::with_capacity(dataset.len());
    scorer.score(&dataset, &mut scores)?;
    warn_of_missing_scores(&scores, scorer.manifest, parent);
    samples::tell_unused(&dataset, parent);
    let seconds = clock.elapsed().as_secs_f64();
    let timing = Timing { phase: TimedPhase::Calibration, seconds, images: dataset.len() };
    Ok(Some(Normals { source: *source, scores, dataset, timing }))
}
