//! What an evaluation depends on. Results of two that agree in all of it can be mixed.
//!
//! Threads and batch size are in it: our own detectors give the same bytes for any of them, others need not.

use std::path::Path;

use nnc_dataset::Dataset;
use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Result};
use nnc_plugin_api::{Manifest, Parameters};
use nnc_project_types::{Device, Engine, TileRule};
use nnc_report::{ScoreRule, Task};
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
    pub(super) tile: Option<TileRule>,
    /// Hash of the region of interest.
    pub(super) region: Option<String>,
    pub(super) task: Task,
    pub(super) batch_size: usize,
    pub(super) threads: usize,
    pub(super) device: Device,
    pub(super) engine: Engine,
    /// The library of ONNX Runtime.
    pub(super) onnxruntime: Option<&'a str>,
    pub(super) weights: Vec<WeightsUsed>,
}

/// It by the names that a message can use.
pub(super) fn of(evaluated: &Evaluated<'_>) -> Result<Identity> {
    let Evaluated { manifest, parameters, dataset, hashes, .. } = evaluated;
    let plugin_file = sha256_of(evaluated.plugin_file).at(Doing::Read, evaluated.plugin_file)?;
    let values: [(&str, Value); 19] = [
        ("nnc-host", json!(crate::HOST)),
        ("plugin", json!(format!("{} {}, sha256 {plugin_file}", manifest.id, manifest.version))),
        ("parameters", json!(parameters.as_map())),
        ("model", json!(format!("sha256 {}", hashes.model))),
        ("dataset", json!(format!("{}, sha256 {}", dataset.path().display(), hashes.table))),
        ("cache", json!(source::of_cache(dataset.path()))),
        ("score", serde_json::to_value(evaluated.rule)?),
        ("tiles", json!(evaluated.tile)),
        ("region of interest", json!(evaluated.region)),
        ("task", json!(evaluated.task)),
        ("batch size", json!(evaluated.batch_size)),
        ("threads", json!(evaluated.threads)),
        ("device", json!(evaluated.device)),
        ("engine", json!(evaluated.engine)),
        ("ONNX Runtime", json!(evaluated.onnxruntime)),
        ("GPU", json!(Path::new("/dev/nvidiactl").exists())),
        ("environment", json!(ENVIRONMENT.map(|name| std::env::var(name).ok()))),
        ("weights", serde_json::to_value(&evaluated.weights)?),
        ("files of parameters", json!(source::of_parameters(manifest, parameters))),
    ];
    Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
