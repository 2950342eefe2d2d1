//! How the result of an evaluation came to be, and how long it took.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    /// How images were cut; `None` where they were read whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiles: Option<TileFacts>,
    /// The region of interest; `None` where all of the images counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionFacts>,
    /// The device that was asked for.
    pub device: String,
    /// What ran networks, with its version where it is not the default, as in `onnxruntime 1.32.0`; empty where it is not
    /// known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// Threads.
    pub threads: usize,
    /// Upper bound for images held at once.
    pub batch_size: usize,
    /// How the process with the plugin was confined, as in `Landlock 7, seccomp`; empty where it is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sandbox: String,
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

/// Tiles that images were read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TileFacts {
    /// Height and width in pixels.
    pub size: usize,
    /// Pixels that neighbours share at least.
    pub overlap: usize,
    /// Tiles of each image.
    pub count: usize,
    /// Height and width of the images.
    pub image: [usize; 2],
}

/// The part of the images that counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegionFacts {
    /// Its share of an image, 0 to 1.
    pub share: f64,
    /// SHA-256 of its pixels, a byte for each, in lower-case hex.
    pub sha256: String,
}

/// A dataset that was read.
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
