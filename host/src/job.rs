//! Jobs: training and evaluation in a worker process that may die, watched by a parent that may not.
//!
//! `supervisor` is the parent's half: it starts the worker, writes log and status, and publishes what the worker
//! staged. `worker`, `train` and `evaluate` are the worker's half. `protocol` is what they say to each other.

pub(crate) mod arrays;
mod checkpoint;
pub(crate) mod cost;
pub(crate) mod evaluate;
pub(crate) mod figures;
pub(crate) mod judge;
pub(crate) mod masks;
mod moves;
pub(crate) mod outdir;
pub(crate) mod protocol;
pub(crate) mod provenance;
pub(crate) mod results;
pub(crate) mod signals;
pub(crate) mod status;
pub(crate) mod supervisor;
pub(crate) mod train;
pub(crate) mod worker;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use nnc_project_types::ScoringPlan;

/// The two kinds of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// Makes `results.nnp`.
    Train,
    /// Makes `result_evaluate.nnp`.
    Evaluate,
}

impl Phase {
    /// The name used in file names and messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Evaluate => "evaluate",
        }
    }
}

/// Everything a worker needs to know; sent to it as JSON on its standard input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JobSpec {
    pub(crate) phase: Phase,
    /// Name of the project, for the report.
    pub(crate) project: String,
    /// Folder to which relative paths in parameters refer.
    pub(crate) project_folder: PathBuf,
    /// Where the worker leaves its files; the parent moves them to their final names.
    pub(crate) staging: PathBuf,
    pub(crate) dataset: PathBuf,
    /// The plugin's file.
    pub(crate) plugin: PathBuf,
    /// Parameters from the project, unchecked.
    pub(crate) params: Map<String, Value>,
    /// The data set that the model will be evaluated on right after its training.
    #[serde(default)]
    pub(crate) next: Option<PathBuf>,
    /// How images are judged.
    pub(crate) judgement: ScoringPlan,
    /// The model to evaluate.
    pub(crate) model: Option<PathBuf>,
    /// Arrays to feed to the model instead of a data set: inputs by name, with their files.
    #[serde(default)]
    pub(crate) arrays: Vec<(String, PathBuf)>,
    pub(crate) batch_size: usize,
    pub(crate) max_epoch: usize,
    pub(crate) device: nnc_project_types::Device,
    pub(crate) threads: usize,
    /// Folders to search for weights, in order.
    pub(crate) weights_dirs: Vec<PathBuf>,
    /// Whether details are logged: 0, 1 (`-v`) or 2 (`-vv`).
    pub(crate) verbosity: u8,
    /// Things the worker should warn about at the start, found while the command line was read.
    pub(crate) warnings: Vec<String>,
    /// Whether an interrupted evaluation is not gone on with.
    #[serde(default)]
    pub(crate) restart: bool,
    /// What the worker may use. The parent sees to it; the worker tells its plugin.
    pub(crate) limits: nnc_sandbox::Limits,
}
