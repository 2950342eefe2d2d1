//! One image of an evaluation, and what its label says.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::found::FoundDefects;
use super::judged::Outcome;
use super::sample::Sample;
use crate::threshold::Verdict;

/// One image of an evaluation.
///
/// Paths are usable as they are: [`read_evaluation`](crate::read_evaluation) makes those of the file absolute.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluatedImage {
    /// Row of the dataset, from 0.
    pub row: usize,
    /// The image as the dataset's cell names it.
    pub name: String,
    /// The image file, where there is one. A file that cannot be shown costs its picture, not the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<PathBuf>,
    /// The values of an input that is no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The label `y`: 0 is normal, anything else is defective; `None` when the dataset has none.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::number::optional")]
    pub label: Option<f64>,
    /// Kind of the defect, from the folder or the label of the image; `None` for normal images, and where all defects
    /// are of one kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defect: Option<String>,
    /// The group that the image belongs to, such as the part that it shows; `None` where groups are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether an image of the training set belongs to the same group; `None` where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sibling: Option<bool>,
    /// The anomaly map, a CSV matrix (NNC contract 8.3); `None` when the detector gives no map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<PathBuf>,
    /// The mask that marks the defect's pixels, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<PathBuf>,
    /// The image score by `Evaluation::rule`, NaN when the detector gave no number.
    #[serde(with = "crate::number::float")]
    pub score: f32,
    /// OK or NG; `None` without a threshold or without a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the map and the mask say; `None` when there is no map that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<PixelFacts>,
    /// What a model that is no detector says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Figures of one anomaly map. The threshold of images also applies to pixels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PixelFacts {
    /// Rows of the map.
    pub rows: usize,
    /// Columns of the map.
    pub columns: usize,
    /// Smallest value of the map.
    #[serde(with = "crate::number::finite")]
    pub low: f32,
    /// Largest value of the map.
    #[serde(with = "crate::number::finite")]
    pub high: f32,
    /// Row and column of the largest value, from 0; the first of several.
    pub peak: [usize; 2],
    /// What is added to the threshold for pixels: what the score rule takes away of all values of this map.
    #[serde(default, skip_serializing_if = "is_nothing", with = "crate::number::finite")]
    pub shift: f32,
    /// Share of the image at or above the threshold, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<f64>,
    /// Share of the image that the mask marks, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<f64>,
    /// Intersection over union of what is flagged and what is marked, 0 to 1; `None` when both are empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<f64>,
    /// The defects that were found, in an image that is NG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Box<FoundDefects>>,
}

fn is_nothing(number: &f32) -> bool {
    *number == 0.0
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
    rows.iter().filter_map(|image| Some((image.score, labelled_class(image)?)))
}

/// Whether an image is defective; `None` without a label.
pub(crate) fn labelled_class(image: &EvaluatedImage) -> Option<bool> {
    match image.class() {
        Class::Unlabelled => None,
        class => Some(class == Class::Defective),
    }
}
