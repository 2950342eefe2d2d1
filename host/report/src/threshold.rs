//! From scores to verdicts: the threshold, where it comes from, and what can be said about its false alarms.

use serde::{Deserialize, Serialize};

/// What parts OK from NG: an image is NG from this score on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The lowest score that is NG.
    #[serde(with = "crate::number::float")]
    pub value: f32,
    /// Where it comes from.
    pub origin: ThresholdOrigin,
    /// What normal images say about it; `None` when there are none.
    pub false_alarms: Option<FalseAlarms>,
}

/// Where a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThresholdOrigin {
    /// The user gave it.
    Fixed,
    /// Scores of normal images, at a false-alarm rate.
    Normals {
        /// Which normal images.
        source: NormalSource,
        /// The false-alarm rate that was asked for, 0 to 1.
        wanted: f64,
        /// The rate that so many images can promise on average over sets of normal images. Larger than `wanted` when
        /// the images are too few.
        promised: f64,
    },
}

/// False alarms among normal images, and what they say about others of their kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FalseAlarms {
    /// Which normal images.
    pub source: NormalSource,
    /// How many.
    pub images: usize,
    /// Those at or above the threshold.
    pub above: usize,
    /// Lower end of the confidence interval of the false-alarm rate, 0 to 1 (Clopper and Pearson, Biometrika 1934).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Confidence of the interval, 0 to 1.
    pub confidence: f64,
}

/// Whose normal images a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NormalSource {
    /// Those the model was trained on. Their scores are lower than those of new images, so the rate is too hopeful.
    Training,
    /// Those labelled 0 in the evaluated data set.
    Validation,
    /// Images of their own, which neither training nor evaluation saw.
    Calibration,
}

/// Scores of normal images outside of the evaluated data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormalScores {
    /// Which normal images.
    pub source: NormalSource,
    /// Their scores.
    #[serde(with = "crate::number::floats")]
    pub scores: Vec<f32>,
}

/// What the threshold says about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Below the threshold.
    #[serde(rename = "OK")]
    Ok,
    /// At or above the threshold.
    #[serde(rename = "NG")]
    Ng,
}

impl Verdict {
    /// `OK` or `NG`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Ng => "NG",
        }
    }
}
