//! The training itself.

use std::path::PathBuf;
use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, Failure, Result};
use nnc_plugin_api::Manifest;
use nnc_plugin_api::loader::Detector;
use nnc_result_folder::Directory;

use crate::event::Task;
use crate::worker::plugin;
use crate::worker::samples::{Reading, TrainingSource};
use crate::worker::services::Services;
use crate::worker::view::View;

/// The plugin's model before it gets its provenance.
const PLUGIN_MODEL: &str = "model.nnp";

/// Trains; returns SHA-256 of all samples, if the plugin read them all.
pub(super) fn fit(
    detector: &mut Detector,
    manifest: &Manifest,
    services: &Services,
    dataset: &Arc<Dataset>,
    view: &View,
    reading: Reading,
) -> Result<Option<String>> {
    services.begin(Task::Training);
    let mut source = TrainingSource::new(view.open(reading, dataset)?, dataset.len(), view.tiles(), reading.batch_size);
    let fitted = detector.fit(&mut source);
    if let Some(error) = source.take_error() {
        // The dataset's own error, whatever the plugin made of it.
        return Err(Failure::new(Exit::Dataset, error));
    }
    fitted.map_err(|error| plugin::failure(manifest, &error))?;
    Ok(source.digest())
}

/// Lets the plugin write its model.
pub(super) fn save(
    detector: &mut Detector,
    manifest: &Manifest,
    services: &Services,
    staging: &Directory,
) -> Result<PathBuf> {
    services.begin(Task::Saving);
    let model = staging.file(PLUGIN_MODEL);
    detector.save(&model).map_err(|error| plugin::failure(manifest, &error))?;
    Ok(model)
}
