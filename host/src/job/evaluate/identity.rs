//! What an evaluation depends on. Results of two that agree in all of it can be mixed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crc32fast::Hasher;
use nnc_dataset::Dataset;
use nnc_plugin_api::Parameters;
use nnc_plugin_api::loader::Plugin;
use serde_json::{Value, json};

use crate::failure::{At, Result};
use crate::files::sha256_of;
use crate::job::checkpoint::Identity;
use crate::job::worker::Job;
use crate::language::Doing;

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
    let values: [(&str, Value); 10] = [
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
    ];
    Ok(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// CRC-32 of names, sizes and times of a cache's files, which hold the images; `None` for a CSV.
fn cache(dataset: &Dataset) -> Option<u32> {
    let mut files: Vec<_> = fs::read_dir(dataset.path()).ok()?.flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let mut sum = Hasher::new();
    for file in files {
        sum.update(file.file_name().as_encoded_bytes());
        for number in
            file.metadata().map(|meta| [meta.len() as i64, meta.mtime(), meta.mtime_nsec()]).unwrap_or_default()
        {
            sum.update(&number.to_le_bytes());
        }
    }
    Some(sum.finalize())
}
