//! Where a model comes from: `nnc_host.json` inside `results.nnp`. It holds no times, and no paths but those that the
//! project itself gives, so that equal inputs on the same number of threads give equal files.

use std::path::Path;

use nnp::archive;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use nnc_messages::Doing;
use nnc_messages::{At, Result};

/// Name of the member in the archive.
pub(crate) const MEMBER: &str = "nnc_host.json";
/// Far more than any provenance needs.
const MAX_BYTES: u64 = 1 << 20;

/// The provenance of a model. Later versions may add keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    /// Version of this format.
    pub(crate) format: u32,
    /// The program that made the model.
    pub(crate) host: String,
    pub(crate) plugin: PluginUsed,
    /// Checked parameters with their defaults.
    pub(crate) parameters: Map<String, Value>,
    #[serde(default)]
    pub(crate) weights: Vec<WeightsUsed>,
    pub(crate) dataset: DatasetUsed,
    /// The device that was asked for.
    pub(crate) device: String,
    /// Threads, which decide the last bits of features.
    #[serde(default)]
    pub(crate) threads: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PluginUsed {
    pub(crate) id: String,
    pub(crate) version: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WeightsUsed {
    /// As the project names them.
    pub(crate) name: String,
    /// File name.
    pub(crate) file: String,
    pub(crate) sha256: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DatasetUsed {
    /// File name of the CSV.
    pub(crate) file: String,
    pub(crate) rows: usize,
    /// Hash of the CSV file.
    pub(crate) csv_sha256: String,
    /// Hash of all decoded samples in order, if the plugin read them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) samples_sha256: Option<String>,
}

/// The provenance inside `model`, `None` for a model that was made elsewhere.
///
/// # Errors
/// A file that is no archive, or holds an unreadable provenance.
pub(crate) fn read(model: &Path) -> Result<Option<Provenance>> {
    if !archive::list(model)?.iter().any(|member| member.name == MEMBER) {
        return Ok(None);
    }
    let bytes = archive::read_member(model, MEMBER, MAX_BYTES)?;
    serde_json::from_slice(&bytes).map(Some).at(Doing::ReadProvenance, model)
}
