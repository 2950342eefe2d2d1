//! What an evaluation depends on. Results of two that agree in all of it can be mixed.

use std::path::Path;

use nnc_dataset::Dataset;
use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Result};
use nnc_plugin_api::{Manifest, Parameters};
use nnc_project_types::Device;
use nnc_report::ScoreRule;
use nnc_result_folder::Identity;
use serde_json::{Value, json};

use super::check::InputHashes;
use super::source;
use crate::provenance::WeightsUsed;

/// Variables that decide how and with which libraries plugins compute.
const ENVIRONMENT: [&str; 2] = ["NVIDIA_TF32_OVERRIDE", "NNC_HOST_LIBTORCH"];

/// Everything that decides about the results.
pub(super) struct Evaluated<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) plugin_file: &'a Path,
    pub(super) parameters: &'a Parameters,
    pub(super) dataset: &'a Dataset,
    pub(super) hashes: &'a InputHashes,
    pub(super) rule: ScoreRule,
    pub(super) batch_size: usize,
    pub(super) threads: usize,
    pub(super) device: Device,
    pub(super) weights: Vec<WeightsUsed>,
}

/// It by the names that a message can use.
pub(super) fn of(evaluated: &Evaluated<'_>) -> Result<Identity> {
    let Evaluated { manifest, parameters, dataset, hashes, .. } = evaluated;
    let plugin_file = sha256_of(evaluated.plugin_file).at(Doing::Read, evaluated.plugin_file)?;
    let values: [(&str, Value); 14] = [
        ("nnc-host", json!(crate::HOST)),
        ("plugin", json!(format!("{} {}, sha256 {plugin_file}", manifest.id, manifest.version))),
        ("parameters", json!(parameters.as_map())),
        ("model", json!(format!("sha256 {}", hashes.model))),
        ("data set", json!(format!("{}, sha256 {}", dataset.path().display(), hashes.table))),
        ("cache", json!(source::of_cache(dataset.path()))),
        ("score", serde_json::to_value(evaluated.rule)?),
        ("batch size", json!(evaluated.batch_size)),
        ("threads", json!(evaluated.threads)),
        ("device", json!(evaluated.device)),
        ("GPU", json!(Path::new("/dev/nvidiactl").exists())),
        ("environment", json!(ENVIRONMENT.map(|name| std::env::var(name).ok()))),
        ("weights", serde_json::to_value(&evaluated.weights)?),
        ("files of parameters", json!(source::of_parameters(manifest, parameters))),
    ];
    Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
