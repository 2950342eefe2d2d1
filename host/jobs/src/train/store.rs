//! The files that NNC leaves after a training, with the provenance of the model inside.

use std::fs;
use std::path::Path;

use nnc_dataset::Dataset;
use nnc_dataset_create::Shaping;
use nnc_files::{link_or_copy, sha256_of};
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use nnc_plugin_api::Manifest;
use nnc_project_types::{Device, TileRule};
use nnc_result_folder::{Directory, names};
use nnp::archive::{self, Source};
use serde_json::{Map, Value};

use crate::provenance::{self, DatasetUsed, PluginUsed, Provenance, WeightsUsed};

/// The text member of a network may be long, but not as long as parameters.
const MAX_NNTXT: u64 = 256 << 20;

messages! {
    enum StoreMessage {
        NotAnArchive { plugin: String, error: String } => "plugin {plugin} saved a model that is no zip archive ({error}); report this to its author",
            "プラグイン {plugin} が保存したモデルは zip アーカイブではありません（{error}）。作者に連絡してください";
    }
}

/// What the provenance of a model is made from.
pub(super) struct Facts<'a> {
    pub(super) manifest: &'a Manifest,
    /// Checked parameters.
    pub(super) parameters: &'a Map<String, Value>,
    /// Parameters as the project gives them.
    pub(super) given: &'a Map<String, Value>,
    pub(super) weights: Vec<WeightsUsed>,
    pub(super) dataset: &'a Dataset,
    /// The dataset as it was named.
    pub(super) file: &'a Path,
    pub(super) samples_sha256: Option<String>,
    /// How images were cut.
    pub(super) tile: Option<TileRule>,
    /// The region of interest.
    pub(super) region_sha256: Option<String>,
    pub(super) device: Device,
    /// What ran networks.
    pub(super) engine: String,
    pub(super) threads: usize,
}

impl Facts<'_> {
    fn provenance(self) -> Result<Provenance> {
        let table = self.dataset.table();
        Ok(Provenance {
            format: 1,
            host: crate::HOST.to_owned(),
            parameters: self.portable(),
            plugin: PluginUsed { id: self.manifest.id.clone(), version: self.manifest.version.clone() },
            weights: self.weights,
            dataset: DatasetUsed {
                file: self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
                rows: self.dataset.len(),
                csv_sha256: sha256_of(&table).at(Doing::Read, &table)?,
                samples_sha256: self.samples_sha256,
                shaping: Shaping::of_table(&table),
            },
            tile: self.tile,
            region_sha256: self.region_sha256,
            device: self.device.to_string(),
            engine: self.engine,
            threads: self.threads,
        })
    }

    /// The parameters with paths as the project gives them: a model must not depend on where its project lay.
    fn portable(&self) -> Map<String, Value> {
        let is_file = |name: &str| self.manifest.parameter(name).is_some_and(|p| p.kind.is_path());
        let portable = |(name, value): (&String, &Value)| {
            let as_given = self.given.get(name).filter(|_| is_file(name));
            (name.clone(), as_given.unwrap_or(value).clone())
        };
        self.parameters.iter().map(portable).collect()
    }
}

/// Adds the provenance to the plugin's model `bare`, which it replaces, and makes the files that NNC leaves.
pub(super) fn store(bare: &Path, staging: &Directory, facts: Facts<'_>) -> Result<()> {
    let plugin = facts.manifest.id.clone();
    let provenance = facts.provenance()?;
    let members = archive::list(bare)
        .map_err(|e| Failure::new(Exit::Plugin, StoreMessage::NotAnArchive { plugin, error: e.to_string() }))?;
    let model = staging.file(names::MODEL);
    let text = nnc_text::json::to_vec_pretty(&provenance)?;
    archive::append(bare, &model, vec![(provenance::MEMBER.to_owned(), Source::Bytes(text))])?;
    fs::remove_file(bare).at(Doing::Remove, bare)?;
    if let Some(member) = members.iter().find(|m| m.name == "network.nntxt") {
        staging.write(names::NETWORK, &archive::read_member(&model, &member.name, MAX_NNTXT)?)?;
    }
    // A plugin has one model; NNC calls it both the best and the last.
    for name in [names::BEST_MODEL, names::LAST_MODEL] {
        let path = staging.file(name);
        link_or_copy(&model, &path).at(Doing::Write, &path)?;
    }
    Ok(())
}
