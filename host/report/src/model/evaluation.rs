//! One evaluation.

use serde::{Deserialize, Serialize};

use super::image::{Class, EvaluatedImage};
use super::judged::Judged;
use super::metrics::Metrics;
use super::origin::{Origin, Timing};
use super::scale::ColourScale;
use super::task::Task;
use crate::score::ScoreRule;
use crate::threshold::{NormalScores, NormalSource, Threshold};

/// One evaluation: everything the report shows.
///
/// The default is an evaluation without images; tests and callers fill in what they know.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// Name of the project or job.
    pub title: String,
    /// What the model does.
    #[serde(skip_serializing_if = "Task::is_anomaly")]
    pub task: Task,
    /// How the result came to be.
    pub origin: Origin,
    /// How long each phase took, in the order they ran.
    pub timings: Vec<Timing>,
    /// How a map became the score of its image.
    pub rule: ScoreRule,
    /// What separates OK from NG; `None` when no verdicts were asked for.
    pub threshold: Option<Threshold>,
    /// Scores of normal images outside of `rows`, kept so that another threshold can be chosen.
    pub normals: Option<NormalScores>,
    /// The one colour scale of all heat maps.
    pub scale: ColourScale,
    /// How well the scores separate normal from defective images and pixels.
    pub metrics: Metrics,
    /// How well the model does what it is for, where that is no anomaly detection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// Which files were made besides the report.
    pub files: Files,
    /// The images in the order of the dataset.
    pub rows: Vec<EvaluatedImage>,
}

/// Files that are made on request, and made again when the verdicts change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Files {
    /// Whether `scores.csv` begins with the mark by which Excel knows UTF-8.
    pub excel: bool,
    /// Whether there is a picture of every image in `heatmaps`.
    pub heat_maps: bool,
}

impl Evaluation {
    /// Scores of normal images that a threshold can be chosen from: those kept for it if there are any, else those of
    /// the images labelled normal.
    pub fn normal_scores(&self) -> NormalScores {
        self.normals.clone().unwrap_or_else(|| NormalScores {
            source: NormalSource::Validation,
            scores: self.rows.iter().filter(|i| i.class() == Class::Normal).map(|i| i.score).collect(),
        })
    }
}
