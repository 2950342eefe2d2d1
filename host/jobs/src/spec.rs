//! What a worker is told: everything that a job depends on, sent to it as JSON on its standard input.

use std::path::PathBuf;

use nnc_project_types::{Device, Engine, Roi, ScoringPlan, TileRule};
use nnc_report::ScoreRule;
use nnc_result_folder::SealKey;
use nnc_sandbox::{Enforced, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A job: what is common to all kinds, and the work itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobSpec {
    /// What to do.
    pub work: Work,
    /// The plugin's file.
    pub plugin: PathBuf,
    /// Parameters from the project.
    pub parameters: GivenParameters,
    /// Where to compute.
    pub device: Device,
    /// What runs networks.
    #[serde(default)]
    pub engine: Engine,
    /// ONNX Runtime's library, if the job may use it; the parent looks for it.
    #[serde(default)]
    pub onnxruntime: Option<PathBuf>,
    /// Threads of the plugin and the decoder.
    pub threads: usize,
    /// Images held at once.
    pub batch_size: usize,
    /// For plugins that iterate.
    pub max_epoch: usize,
    /// How large images are cut; `None` leaves an evaluation to what its model was trained with.
    #[serde(default)]
    pub tile: Option<TileRule>,
    /// The part of the images that counts.
    #[serde(default)]
    pub roi: Option<Roi>,
    /// Folders to search for weights, in order.
    pub weights_dirs: Vec<PathBuf>,
    /// Whether details are logged: 0, 1 (`-v`) or 2 (`-vv`).
    pub verbosity: u8,
    /// What the worker may use. The parent sees to it; the worker tells its plugin.
    pub limits: Limits,
    /// How the worker is confined, for the record.
    pub enforced: Enforced,
    /// Where the worker leaves its files; the parent chooses it, and moves them to their final names.
    pub staging: PathBuf,
}

/// Parameters as a project gives them, not yet checked against the plugin's manifest.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GivenParameters {
    /// The values.
    pub values: Map<String, Value>,
    /// Folder to which relative paths in them refer.
    pub folder: PathBuf,
}

/// The kinds of work.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Trains a detector.
    Train(Train),
    /// Evaluates a model.
    Evaluate(Evaluate),
    /// Runs a network once on arrays.
    RunArrays(RunArrays),
    /// Scores images as they are asked for.
    Live(Live),
}

/// A training.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Train {
    /// The training set.
    pub dataset: PathBuf,
    /// What happens right after the training.
    pub next: Option<NextEvaluation>,
}

/// The evaluation that follows a training, as far as it is looked at before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NextEvaluation {
    /// The validation set.
    pub dataset: PathBuf,
    /// How its images will be scored.
    pub scoring: ScoringPlan,
}

/// An evaluation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evaluate {
    /// Name of the project, for the report.
    pub project: String,
    /// The validation set.
    pub dataset: PathBuf,
    /// The model to evaluate.
    pub model: PathBuf,
    /// How images are scored and judged.
    pub scoring: ScoringPlan,
    /// Whether an interrupted evaluation is discarded instead of resumed.
    pub restart: bool,
    /// The key of its checkpoint.
    pub seal: SealKey,
}

/// Images that are scored as they come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Live {
    /// The trained model.
    pub model: PathBuf,
    /// How the values of an image become its score.
    pub rule: ScoreRule,
}

/// A network to be run once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunArrays {
    /// The model with the network.
    pub model: PathBuf,
    /// Files of its inputs by name.
    pub arrays: Vec<(String, PathBuf)>,
}
