//! What an evaluation depends on. Results of two that agree in all of it can be mixed.

use std::fs::{self, Metadata};
use std::path::Path;

use crc32fast::Hasher;
use nnc_dataset::Dataset;
use nnc_plugin_api::Parameters;
use nnc_plugin_api::loader::Plugin;
use serde_json::{Value, json};

use crate::job::checkpoint::Identity;
use crate::job::worker::Job;
use nnc_files::{Stamp, sha256_of};
use nnc_messages::Doing;
use nnc_messages::{At, Result};

/// Variables that decide how and with which libraries plugins compute.
const ENVIRONMENT: [&str; 2] = ["NVIDIA_TF32_OVERRIDE", "NNC_HOST_LIBTORCH"];

/// SHA-256 of the files that an evaluation reads.
pub(crate) struct Files {
    pub(crate) model: String,
    /// The table of the data set.
    pub(crate) table: String,
}

impl Files {
    pub(super) fn of(model: &Path, dataset: &Dataset) -> Result<Self> {
        let hash = |path: &Path| sha256_of(path).at(Doing::Read, path);
        Ok(Self { model: hash(model)?, table: hash(&dataset.table())? })
    }
}

/// Everything that decides about the results, by the names that a message can use.
pub(super) fn of(
    job: &Job,
    plugin: &Plugin,
    parameters: &Parameters,
    dataset: &Dataset,
    files: &Files,
) -> Result<Identity> {
    let spec = &job.spec;
    let plugin_file = sha256_of(&spec.plugin).at(Doing::Read, &spec.plugin)?;
    let values: [(&str, Value); 14] = [
        ("nnc-host", json!(crate::HOST)),
        ("plugin", json!(format!("{} {}, sha256 {plugin_file}", plugin.manifest().id, plugin.manifest().version))),
        ("parameters", json!(parameters.as_map())),
        ("model", json!(format!("sha256 {}", files.model))),
        ("data set", json!(format!("{}, sha256 {}", dataset.path().display(), files.table))),
        ("cache", json!(cache(dataset))),
        ("score", serde_json::to_value(spec.judgement.rule)?),
        ("batch size", json!(spec.batch_size)),
        ("threads", json!(spec.threads)),
        ("device", json!(spec.device)),
        ("GPU", json!(Path::new("/dev/nvidiactl").exists())),
        ("environment", json!(ENVIRONMENT.map(|name| std::env::var(name).ok()))),
        ("weights", serde_json::to_value(job.weights_used())?),
        ("files of parameters", json!(parameter_files(plugin, parameters))),
    ];
    Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// CRC-32 of sizes and times of the files that parameters name.
fn parameter_files(plugin: &Plugin, parameters: &Parameters) -> u32 {
    let mut sum = Hasher::new();
    for parameter in plugin.manifest().parameters.iter().filter(|parameter| parameter.kind.is_path()) {
        let path = parameters.as_map().get(&parameter.name).and_then(Value::as_str);
        if let Some(found) = path.and_then(|path| fs::metadata(path).ok()) {
            stamp(&mut sum, &found);
        }
    }
    sum.finalize()
}

/// Adds what changes when a file is changed or replaced.
pub(super) fn stamp(sum: &mut Hasher, file: &Metadata) {
    sum.update(&Stamp::of(file).to_bytes());
}

/// CRC-32 of names, sizes and times of a cache's files, which hold the images; `None` for a CSV.
fn cache(dataset: &Dataset) -> Option<u32> {
    let mut files: Vec<_> = fs::read_dir(dataset.path()).ok()?.flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let mut sum = Hasher::new();
    for file in files {
        sum.update(file.file_name().as_encoded_bytes());
        if let Ok(found) = fs::metadata(file.path()) {
            stamp(&mut sum, &found);
        }
    }
    Some(sum.finalize())
}
