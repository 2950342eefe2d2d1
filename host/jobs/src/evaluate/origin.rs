//! How the result of an evaluation came to be.

use std::path::Path;

use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Result};
use nnc_plugin_api::{Manifest, Parameters};
use nnc_project_types::Device;
use nnc_report::{DatasetFacts, FileFacts, Origin};
use nnc_sandbox::Enforced;

use super::check::InputHashes;
use super::model::Model;
use super::normals::Normals;
use crate::worker::samples::Reading;
use crate::worker::view::View;

/// What it is told from.
pub(super) struct Facts<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) parameters: &'a Parameters,
    pub(super) model: &'a Model,
    pub(super) hashes: &'a InputHashes,
    /// The dataset as it was named.
    pub(super) file: &'a Path,
    /// Rows of the dataset.
    pub(super) rows: usize,
    /// How images were looked at.
    pub(super) view: &'a View,
    pub(super) normals: Option<&'a Normals>,
    pub(super) device: Device,
    /// What ran networks.
    pub(super) engine: String,
    pub(super) enforced: Enforced,
    pub(super) reading: Reading,
    /// When the evaluation began, seconds since 1970.
    pub(super) started: f64,
}

impl Facts<'_> {
    pub(super) fn origin(&self) -> Result<Origin> {
        let provenance = self.model.provenance();
        let weights = provenance.map(|p| p.weights.as_slice()).unwrap_or_default();
        let training = provenance.map(|p| DatasetFacts {
            file: p.dataset.file.clone(),
            rows: p.dataset.rows,
            csv_sha256: p.dataset.csv_sha256.clone(),
        });
        Ok(Origin {
            host: crate::HOST.to_owned(),
            plugin: self.manifest.id.clone(),
            plugin_title: self.manifest.title.clone(),
            plugin_version: self.manifest.version.clone(),
            parameters: self.parameters.as_map().clone(),
            weights: weights.iter().map(|w| FileFacts { name: w.name.clone(), sha256: w.sha256.clone() }).collect(),
            model: Some(FileFacts {
                name: self.model.path().to_string_lossy().into_owned(),
                sha256: self.hashes.model.clone(),
            }),
            training,
            evaluated: DatasetFacts {
                file: self.file.to_string_lossy().into_owned(),
                rows: self.rows,
                csv_sha256: self.hashes.table.clone(),
            },
            calibration: self.normals.map(calibration).transpose()?,
            tiles: self.view.tile_facts(),
            region: self.view.region_facts(),
            device: self.device.to_string(),
            engine: self.engine.clone(),
            threads: self.reading.threads,
            batch_size: self.reading.batch_size,
            sandbox: self.enforced.to_string(),
            started: self.started,
        })
    }
}

fn calibration(normals: &Normals) -> Result<DatasetFacts> {
    let (dataset, table) = (&normals.dataset, normals.dataset.table());
    Ok(DatasetFacts {
        file: dataset.path().to_string_lossy().into_owned(),
        rows: dataset.len(),
        csv_sha256: sha256_of(&table).at(Doing::Read, &table)?,
    })
}
