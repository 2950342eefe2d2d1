//! The figures of models that are no detectors, and what is known of each of their rows, as data. `judge` computes them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How well a model does what it is for; anomaly detection has its figures in [`Metrics`](super::Metrics).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// Of a classifier.
    Classification(ClassificationMetrics),
    /// Of a regression.
    Regression(RegressionMetrics),
    /// Of a segmentation.
    Segmentation(SegmentationMetrics),
    /// Of a regression whose targets are pictures, or other files of as many values.
    Likeness(LikenessMetrics),
}

/// What is compared with what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pairing {
    /// The output of the model, as the column of the result names it.
    pub output: String,
    /// The variable of the dataset; empty where it has none.
    pub variable: String,
}

/// The figures of a classifier. Rows without a label do not count.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassificationMetrics {
    /// What is compared.
    pub pairing: Pairing,
    /// Rows with a label.
    pub labelled: usize,
    /// Labelled rows whose class was found.
    pub correct: usize,
    /// Labelled rows for which the model gave no number; they count as wrong.
    pub undecided: usize,
    /// Share of the labelled rows whose class was found, 0 to 1; `None` without labels.
    pub accuracy: Option<f64>,
    /// Mean of the classes that occur, as labels or as predictions, 0 to 1.
    pub precision: Option<f64>,
    /// Mean of the same classes.
    pub recall: Option<f64>,
    /// Mean of the same classes.
    pub f1: Option<f64>,
    /// Mean of the classes that have an average precision.
    pub average_precision: Option<f64>,
    /// Each class.
    pub classes: Vec<ClassMetrics>,
    /// Rows by label and prediction: `confusion[label][prediction]`.
    pub confusion: Vec<Vec<u64>>,
    /// Whether all values are shares that add up to 1.
    pub probabilities: bool,
}

/// The figures of one class against all others. What divides by nothing is `None`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassMetrics {
    /// Name or number of the class.
    pub name: String,
    /// Rows labelled so.
    pub labelled: usize,
    /// Labelled rows predicted so.
    pub predicted: usize,
    /// Share of those predicted so that are so.
    pub precision: Option<f64>,
    /// Share of those labelled so that were found.
    pub recall: Option<f64>,
    /// Harmonic mean of the two.
    pub f1: Option<f64>,
    /// Precision summed over the steps of recall, by the model's value for this class.
    pub average_precision: Option<f64>,
}

/// The figures of a regression. Rows without a target do not count.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegressionMetrics {
    /// What is compared.
    pub pairing: Pairing,
    /// Rows that were compared.
    pub rows: usize,
    /// Rows with a target for which the model gave no finite number; they are left out.
    pub undecided: usize,
    /// Mean absolute error, averaged over the values.
    pub mae: Option<f64>,
    /// Root of the mean squared error, averaged over the values.
    pub rmse: Option<f64>,
    /// Coefficient of determination, averaged over the values: 1 is perfect, 0 is no better than the mean.
    pub r2: Option<f64>,
    /// Each value that is estimated.
    pub values: Vec<ValueMetrics>,
}

/// The figures of one value that is estimated.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ValueMetrics {
    /// Column of the dataset.
    pub name: String,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Coefficient of determination; `None` for fewer than two rows.
    pub r2: Option<f64>,
}

/// The figures of a segmentation, counted in pixels of all rows together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SegmentationMetrics {
    /// What is compared.
    pub pairing: Pairing,
    /// Rows that were compared.
    pub rows: usize,
    /// Rows without a label image.
    pub unlabelled: usize,
    /// Pixels that were compared.
    pub pixels: u64,
    /// Pixels whose label is no class of the model; they are left out.
    pub ignored: u64,
    /// Share of the pixels whose class was found.
    pub accuracy: Option<f64>,
    /// Mean intersection over union of the classes that occur.
    pub mean_iou: Option<f64>,
    /// Each class.
    pub classes: Vec<AreaMetrics>,
}

/// How well one class of pixels was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AreaMetrics {
    /// Number of the class.
    pub name: String,
    /// Pixels labelled so.
    pub labelled: u64,
    /// Pixels predicted so.
    pub predicted: u64,
    /// Pixels that are both.
    pub both: u64,
    /// Intersection over union; `None` where the class occurs nowhere.
    pub iou: Option<f64>,
}

/// How near what a model makes comes to files that it should be, counted over the values of all rows together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LikenessMetrics {
    /// What is compared.
    pub pairing: Pairing,
    /// Rows that were compared.
    pub rows: usize,
    /// Rows without a target.
    pub unlabelled: usize,
    /// Rows with a target for which the model gave no finite number; they are left out.
    pub undecided: usize,
    /// Mean absolute error.
    pub mae: Option<f64>,
    /// Root of the mean squared error.
    pub rmse: Option<f64>,
    /// Peak signal-to-noise ratio in decibels; `None` where there is no peak, and where nothing differs.
    pub psnr: Option<f64>,
    /// The largest value of a target: 1 of normalised pictures, 255 of others; `None` of files that are no pictures.
    pub peak: Option<f64>,
}

/// What a model that is no detector says about one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The class that a classifier predicts.
    Class(Prediction),
    /// The numbers that a regression estimates, or that are shown as they are.
    Numbers(Estimate),
    /// The pixels of a segmentation.
    Pixels(Areas),
    /// A picture beside the one that it should be.
    Likeness(Likeness),
    /// A picture that the model made.
    Picture {
        /// Its file; `None` where it may not be shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<PathBuf>,
    },
}

/// The class that was predicted for a row.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Prediction {
    /// The label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<usize>,
    /// The class with the largest value; `None` where there is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<usize>,
    /// The model's value for that class.
    #[serde(with = "crate::number::float")]
    pub confidence: f32,
}

impl Prediction {
    /// Whether the class is that of the label; `None` without a label.
    pub fn is_correct(&self) -> Option<bool> {
        self.label.map(|label| self.class == Some(label))
    }
}

/// Numbers of a row, at most [`Estimate::SHOWN`] of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Estimate {
    /// What they should be; empty without a target.
    #[serde(with = "crate::number::floats", skip_serializing_if = "Vec::is_empty")]
    pub target: Vec<f32>,
    /// What the model gave.
    #[serde(with = "crate::number::floats")]
    pub found: Vec<f32>,
    /// Mean absolute error of all values of the row; `None` without a target or a finite number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
}

impl Estimate {
    /// The most numbers of a row that are kept to be shown.
    pub const SHOWN: usize = 16;
}

/// What a model made of a row, and what it should be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Likeness {
    /// The picture that the model made; `None` where it is none, or may not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<PathBuf>,
    /// The picture that it should be, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<PathBuf>,
    /// Mean absolute error; `None` without a target or a finite number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mae: Option<f32>,
    /// Root of the mean squared error, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rmse: Option<f32>,
    /// Peak signal-to-noise ratio in decibels; `None` also where nothing differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psnr: Option<f32>,
}

/// Class maps of a row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Areas {
    /// The predicted class of every pixel, a grey picture; `None` where it may not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<PathBuf>,
    /// The label of every pixel, likewise; `None` where the row has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<PathBuf>,
    /// Share of the pixels whose class was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// Mean intersection over union of the classes that occur in the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_iou: Option<f64>,
}
