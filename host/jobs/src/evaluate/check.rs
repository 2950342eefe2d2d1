//! Whether model, plugin and dataset belong together, and what they were when the evaluation began.

use std::path::Path;

use nnc_dataset::Dataset;
use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use nnc_plugin_api::{Manifest, Parameters};
use nnc_project_types::TileRule;
use serde_json::{Map, Value};
use std::path::PathBuf;

use super::model::Model;
use crate::spec::{GivenParameters, JobSpec};
use crate::worker::parent::Parent;
use crate::worker::view::View;
use nnc_project::parameters;

messages! {
    enum CheckMessage {
        TrainedWith { name: String, used: String, wanted: String } => "the model was trained with {name} = {used}, the project's {wanted} is ignored; train again to use it",
            "モデルは {name} = {used} で学習されているため、プロジェクトの {wanted} は無視します。使うには学習し直してください";
        OtherPlugin { model: PathBuf, trained: String, named: String } => "{model} was trained with plugin {trained}, the project names {named}",
            "{model} はプラグイン {trained} で学習されていますが、プロジェクトでは {named} が指定されています";
        OtherRegion { trained: Trained } => "{trained}; train again with the same [dataset] roi",
            "{trained}。同じ [dataset] の roi で学習し直してください";
        NoScore { plugin: String, images: usize } => "plugin {plugin} gave no number at all for {images} images",
            "プラグイン {plugin} は {images} 枚の画像で数値を出力しませんでした";
    }
}

messages! {
    /// What a model has learned.
    enum Trained {
        Whole => "the model was trained on whole images, but only a region of interest is evaluated, and the grey around it is new to the model",
            "モデルは画像全体で学習されていますが、関心領域だけを評価します。領域の周りの灰色はモデルにとって未知です";
        Part => "the model was trained on a region of interest, but whole images are evaluated, and what lay outside is new to the model",
            "モデルは関心領域だけで学習されていますが、画像全体を評価します。領域外だった部分はモデルにとって未知です";
        Other => "the model was trained on another region of interest than is evaluated, and a part of it is new to the model",
            "モデルの学習時と評価時の関心領域が異なります。一部はモデルにとって未知です";
    }
}

/// SHA-256 of the files that an evaluation reads.
pub(super) struct InputHashes {
    pub(super) model: String,
    /// The table of the dataset.
    pub(super) table: String,
}

impl InputHashes {
    pub(super) fn of(model: &Model, dataset: &Dataset) -> Result<Self> {
        let hash = |path: &Path| sha256_of(path).at(Doing::Read, path);
        Ok(Self { model: hash(model.path())?, table: hash(&dataset.table())? })
    }
}

/// The parameters the model was trained with; the project's own only for a model that does not say.
pub(crate) fn trained_parameters(
    manifest: &Manifest,
    model: &Model,
    given: &GivenParameters,
    parent: &Parent,
) -> Result<Parameters> {
    let resolve = |values: &Map<String, Value>| -> Result<Parameters> {
        Ok(parameters::resolve(manifest, values, &given.folder)?)
    };
    // A plugin that trains nothing evaluates what others have trained.
    let Some(origin) = model.provenance().filter(|_| manifest.trains) else { return resolve(&given.values) };
    if origin.plugin.id != manifest.id {
        let message = CheckMessage::OtherPlugin {
            model: model.path().to_owned(),
            trained: origin.plugin.id.clone(),
            named: manifest.id.clone(),
        };
        return Err(Failure::new(Exit::Usage, message));
    }
    let trained = resolve(&origin.parameters)?;
    let project = resolve(&given.values)?;
    // Only what the project says itself: it has not asked for a default.
    for (name, wanted) in project.as_map().iter().filter(|(name, _)| given.values.contains_key(*name)) {
        if let Some(used) = trained.as_map().get(name).filter(|used| *used != wanted) {
            let (used, wanted) = (used.to_string(), wanted.to_string());
            parent.warn(&CheckMessage::TrainedWith { name: name.clone(), used, wanted });
        }
    }
    Ok(trained)
}

/// How images are cut: as the project says, which may overlap tiles more than the training did, else as for the training.
pub(super) fn tile_of(job: &JobSpec, model: &Model) -> Option<TileRule> {
    job.tile.or_else(|| model.provenance().and_then(|provenance| provenance.tile))
}

/// Warns of a model that has learned another part of the images.
pub(super) fn warn_of_other_region(view: &View, model: &Model, parent: &Parent) {
    if let Some(origin) = model.provenance().filter(|origin| origin.region_sha256 != view.region_hash()) {
        let trained = match (&origin.region_sha256, view.region_hash()) {
            (None, _) => Trained::Whole,
            (Some(_), None) => Trained::Part,
            (Some(_), Some(_)) => Trained::Other,
        };
        parent.warn(&CheckMessage::OtherRegion { trained });
    }
}

/// Warns of images for which the plugin gave no score.
pub(super) fn warn_of_missing_scores(scores: &[f32], manifest: &Manifest, parent: &Parent) {
    let images = scores.iter().filter(|score| score.is_nan()).count();
    if images > 0 {
        parent.warn(&CheckMessage::NoScore { plugin: manifest.id.clone(), images });
    }
}
