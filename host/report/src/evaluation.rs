//! What one evaluation left behind: the data model behind `evaluation.json`, `scores.csv` and `report.html`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::aligned::pixel_facts;
use crate::metrics::Metrics;
use crate::parallel;
use crate::scale::ColourScale;
use crate::score::ScoreRule;
use crate::threshold::{NormalScores, NormalSource, Threshold, Verdict};

/// One evaluation: everything the report shows.
///
/// The default is an evaluation without images; tests and callers fill in what they know.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// Name of the project or job.
    pub title: String,
    /// How the result came to be.
    pub origin: Origin,
    /// How long each phase took, in the order they ran.
    pub timings: Vec<Timing>,
    /// How a map became the score of its image.
    pub rule: ScoreRule,
    /// What parts OK from NG; `None` when nobody asked for verdicts.
    pub threshold: Option<Threshold>,
    /// Scores of normal images outside of `rows`, kept so that the threshold can be chosen anew.
    pub normals: Option<NormalScores>,
    /// The one colour scale of all heat maps.
    pub scale: ColourScale,
    /// How well the scores part normal from defective images and pixels.
    pub metrics: Metrics,
    /// Which files were made besides the report.
    pub files: Files,
    /// The images in the order of the data set.
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

/// One image of an evaluation.
///
/// Paths are usable as they are: [`read_evaluation`](crate::read_evaluation) makes those of the file absolute.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluatedImage {
    /// Row of the data set, from 0.
    pub row: usize,
    /// The image as the data set's cell names it.
    pub name: String,
    /// The image file, where there is one. A file that cannot be shown costs its picture, not the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<PathBuf>,
    /// The label `y`: 0 is normal, anything else is defective; `None` when the data set has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<f64>,
    /// Kind of the defect, from the folder or the label of the image; `None` for normal images, and where all defects
    /// are of one kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defect: Option<String>,
    /// The score map, a CSV matrix (NNC contract 8.3); `None` when the detector gives no map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<PathBuf>,
    /// The mask that marks the defect's pixels, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<PathBuf>,
    /// The image score by [`Evaluation::rule`], NaN when the detector gave no number.
    #[serde(with = "crate::number::float")]
    pub score: f32,
    /// OK or NG; `None` without a threshold or without a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the map and the mask say; `None` when there is no map that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<PixelFacts>,
}

/// Figures of one score map. The threshold of images serves for pixels too.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PixelFacts {
    /// Rows of the map.
    pub rows: usize,
    /// Columns of the map.
    pub columns: usize,
    /// Smallest value of the map.
    pub low: f32,
    /// Largest value of the map.
    pub high: f32,
    /// Row and column of the largest value, from 0; the first of several.
    pub peak: [usize; 2],
    /// Share of the image at or above the threshold, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<f64>,
    /// Share of the image that the mask marks, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<f64>,
    /// Intersection over union of what is flagged and what is marked, 0 to 1; `None` when both are empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<f64>,
}

/// How the result came to be. Later versions may add keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The program, with its version.
    pub host: String,
    /// Id of the plugin.
    pub plugin: String,
    /// Name of the plugin for people.
    pub plugin_title: String,
    /// Version of the plugin.
    pub plugin_version: String,
    /// Parameters with their defaults.
    pub parameters: Map<String, Value>,
    /// Pretrained weights that went into the model.
    pub weights: Vec<FileFacts>,
    /// The model that was evaluated.
    pub model: Option<FileFacts>,
    /// What the model was trained on, as far as the model says.
    pub training: Option<DatasetFacts>,
    /// What was evaluated.
    pub evaluated: DatasetFacts,
    /// The normal images outside of both that the threshold was chosen from.
    pub calibration: Option<DatasetFacts>,
    /// The device that was asked for.
    pub device: String,
    /// Threads.
    pub threads: usize,
    /// Upper bound for images held at once.
    pub batch_size: usize,
    /// When the evaluation began, seconds since 1970.
    pub started: f64,
}

/// A file and its content's hash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileFacts {
    /// Name of the file, or of the weights.
    pub name: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// A data set that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetFacts {
    /// The CSV, as far as it is known.
    pub file: String,
    /// Its rows.
    pub rows: usize,
    /// SHA-256 of the CSV in lower-case hex.
    pub csv_sha256: String,
}

/// How long a phase took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Which phase.
    pub phase: TimedPhase,
    /// Its duration in seconds.
    pub seconds: f64,
    /// Images it went through, 0 where that says nothing.
    pub images: usize,
}

/// The phases that are timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimedPhase {
    /// Training, if it was done in the same folder.
    Training,
    /// Loading the plugin and the model.
    Loading,
    /// Reading and scoring the images.
    Scoring,
    /// Scoring the normal images for the threshold.
    Calibration,
    /// Metrics of images and pixels.
    Metrics,
    /// Heat maps as files.
    HeatMaps,
}

impl Evaluation {
    /// Gives the images their verdicts by `threshold`, and counts anew what depends on them. `told` hears how many images
    /// are done.
    pub fn decide(&mut self, threshold: Option<Threshold>, threads: usize, told: &(dyn Fn(usize) + Sync)) {
        for image in &mut self.rows {
            image.verdict = threshold.as_ref().and_then(|threshold| threshold.verdict(image.score));
        }
        let value = threshold.as_ref().map(|threshold| threshold.value);
        // A map that cannot be read costs its figures; the page says why it is not shown.
        let facts = parallel::map_told(&self.rows, threads, told, |image| pixel_facts(image, value));
        for (image, facts) in self.rows.iter_mut().zip(facts) {
            image.pixels = facts;
        }
        self.threshold = threshold;
        self.metrics.decide(&self.rows);
    }

    /// Scores of normal images that a threshold can be chosen from: those kept for it if there are any, else those of
    /// the images labelled normal.
    pub fn normal_scores(&self) -> NormalScores {
        self.normals.clone().unwrap_or_else(|| NormalScores {
            source: NormalSource::Validation,
            scores: self.rows.iter().filter(|i| i.class() == Class::Normal).map(|i| i.score).collect(),
        })
    }
}

/// What the label says about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Label 0.
    Normal,
    /// Any other label.
    Defective,
    /// No label.
    Unlabelled,
}

impl EvaluatedImage {
    /// What the label says.
    pub fn class(&self) -> Class {
        match self.label {
            None => Class::Unlabelled,
            Some(0.0) => Class::Normal,
            Some(_) => Class::Defective,
        }
    }
}

/// Scores of the labelled images; `true` marks a defective one.
pub(crate) fn labelled(rows: &[EvaluatedImage]) -> impl Iterator<Item = (f32, bool)> + '_ {
    rows.iter().filter_map(|image| match image.class() {
        Class::Unlabelled => None,
        class => Some((image.score, class == Class::Defective)),
    })
}

/// Images per class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// All images.
    pub images: usize,
    /// Images with label 0.
    pub normal: usize,
    /// Images with another label.
    pub defective: usize,
}

impl Counts {
    /// Counts `rows`.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a EvaluatedImage>) -> Self {
        let mut counts = Self::default();
        for image in rows {
            counts.images += 1;
            match image.class() {
                Class::Normal => counts.normal += 1,
                Class::Defective => counts.defective += 1,
                Class::Unlabelled => {}
            }
        }
        counts
    }

    /// Images with a label.
    pub fn labelled(&self) -> usize {
        self.normal + self.defective
    }
}
