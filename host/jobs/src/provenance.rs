//! Where a model comes from: `nnc_host.json` inside `results.nnp`. It holds no times, and no paths but those that the
//! project itself gives, so that equal inputs on the same number of threads give equal files.

use std::path::Path;

use nnc_dataset_create::Shaping;
use nnc_messages::{At, Doing, Result};
use nnc_project_types::TileRule;
use nnp::archive;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Name of the member in the archive.
pub(crate) const MEMBER: &str = "nnc_host.json";
/// Far more than any provenance needs.
const MAX_BYTES: u64 = 1 << 20;

/// The provenance of a model. Later versions may add keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of this format.
    pub format: u32,
    /// The program that made the model.
    pub host: String,
    /// The plugin that trained it.
    pub plugin: PluginUsed,
    /// Checked parameters with their defaults.
    pub parameters: Map<String, Value>,
    /// Weights that were read.
    #[serde(default)]
    pub weights: Vec<WeightsUsed>,
    /// The training set.
    pub dataset: DatasetUsed,
    /// How images were cut for it; `None` where it read them whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<TileRule>,
    /// Hash of the pixels that counted, a byte for each, row by row; `None` where all did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_sha256: Option<String>,
    /// The device that was asked for.
    pub device: String,
    /// What ran networks: `libtorch`, or ONNX Runtime with its version; empty where nothing did or it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// Threads, which decide the last bits of features.
    #[serde(default)]
    pub threads: usize,
}

/// The plugin that trained a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PluginUsed {
    /// From its manifest.
    pub id: String,
    /// From its manifest.
    pub version: String,
}

/// Weights that a training read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightsUsed {
    /// As the project names them.
    pub name: String,
    /// File name.
    pub file: String,
    /// Hash of the file.
    pub sha256: String,
}

/// The training set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetUsed {
    /// File name of the CSV.
    pub file: String,
    /// Its rows.
    pub rows: usize,
    /// Hash of the CSV file.
    pub csv_sha256: String,
    /// Hash of all decoded samples in order, if the plugin read them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples_sha256: Option<String>,
    /// How its images were shaped; `None` where `dataset create` has not made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shaping: Option<Shaping>,
}

/// The provenance inside `model`, `None` for a model that was made elsewhere.
///
/// # Errors
/// A file that is no archive, or holds an unreadable provenance.
pub fn read(model: &Path) -> Result<Option<Provenance>> {
    if !archive::list(model)?.iter().any(|member| member.name == MEMBER) {
        return Ok(None);
    }
    let bytes = archive::read_member(model, MEMBER, MAX_BYTES)?;
    serde_json::from_slice(&bytes).map(Some).at(Doing::ReadProvenance, model)
}
