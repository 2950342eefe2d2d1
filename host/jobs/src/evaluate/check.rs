//! Whether model, plugin and dataset belong together, and what they were when the evaluation began.

use std::path::Path;

use nnc_dataset::Dataset;
use nnc_files::sha256_of;
use nnc_messages::{At, Doing, Exit, Failure, Result, messages};
use nnc_plugin_api::{Manifest, Parameters};
use serde_json::{Map, Value};
use std::path::PathBuf;

use super::model::Model;
use crate::spec::GivenParameters;
use crate::worker::parent::Parent;
use nnc_project::parameters;

messages! {
    enum CheckMessage {
        TrainedWith { name: String, used: String, wanted: String } => "the model was trained with {name} = {used}, the project's {wanted} is ignored; train again to use it",
            "モデルは {name} = {used} で学習されているため、プロジェクトの {wanted} は無視します。使うには学習し直してください";
        OtherPlugin { model: PathBuf, trained: String, named: String } => "{model} was trained with plugin {trained}, the project names {named}",
            "{model} はプラグイン {trained} で学習されていますが、プロジェクトでは {named} が指定されています";
        NoScore { plugin: String, images: usize } => "plugin {plugin} gave no number at all for {images} images",
            "プラグイン {plugin} は {images} 枚の画像で数値を出力しませんでした";
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

/// Warns of images for which the plugin gave no score.
pub(super) fn warn_of_missing_scores(scores: &[f32], manifest: &Manifest, parent: &Parent) {
    let images = scores.iter().filter(|score| score.is_nan()).count();
    if images > 0 {
        parent.warn(&CheckMessage::NoScore { plugin: manifest.id.clone(), images });
    }
}
