//! Training: dataset and plugin in, `results.nnp` with its provenance out. This file names the stages in order; each is in
//! a file of its own, and takes what it needs.

mod check;
mod fit;
mod store;

use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_messages::Result;
use nnc_result_folder::Directory;
use serde_json::{Value, json};

use crate::spec::{JobSpec, Train};
use crate::worker::samples::{self, Reading};
use crate::worker::services::Services;
use crate::worker::view::{Asked, View};
use crate::worker::{Worker, plugin};
use nnc_project::parameters;

/// Does the work; everything lands in the staging folder, which the parent publishes.
pub(crate) fn run(job: &JobSpec, work: &Train, worker: &Worker) -> Result<Value> {
    let parent = &worker.parent;
    let staging = Directory::new(&job.staging);
    let reading = Reading { batch_size: job.batch_size, threads: job.threads };

    // Open the plugin and the training set.
    let plugin = plugin::load(&job.plugin, job.verbosity, parent)?;
    let manifest = plugin.manifest();
    check::can_train(manifest)?;
    let given = &job.parameters;
    let parameters = parameters::resolve_for_training(manifest, &given.values, &given.folder)?;
    let dataset = samples::open(&work.dataset, &**parent)?;
    parameters::check_variables(manifest, &parameters, &dataset)?;
    let named = work.dataset.display().to_string();
    let services = Services::new(job, named, Arc::clone(parent), Arc::clone(&worker.cancelled));
    let created = plugin.create(&parameters, None, services.clone());
    let mut detector = created.map_err(|error| plugin::failure(manifest, &error))?;

    // Check what would otherwise be found after hours of training.
    check::warn_of_defects(&dataset, parent);
    let asked = Asked { tile: job.tile, roi: job.roi.as_ref() };
    let view = |dataset: &Dataset| View::of(asked, manifest, detector.interface(), dataset);
    if let Some(next) = &work.next {
        check::next_evaluation(next, &work.dataset, detector.interface(), &view, reading, parent)?;
    }
    let view = view(&dataset)?;
    view.tell(&**parent);

    // Fit the detector, and store it with its provenance.
    let samples_sha256 = fit::fit(&mut detector, manifest, &services, &dataset, &view, reading)?;
    samples::tell_unused(&dataset, &**parent);
    let model = fit::save(&mut detector, manifest, &services, &staging)?;
    let provenance = store::Facts {
        manifest,
        parameters: parameters.as_map(),
        given: &given.values,
        weights: services.weights_used(),
        dataset: &dataset,
        file: &work.dataset,
        samples_sha256,
        tile: job.tile,
        region_sha256: view.region_hash(),
        device: job.device,
        engine: nnc_registry::engine_in_use(),
        threads: job.threads,
    };
    store::store(&model, &staging, provenance)?;
    // NNC's marker of a successful training.
    parent.nnabla("Training Completed.");

    Ok(json!({
        "phase": "train",
        "plugin": manifest.id,
        "parameters": parameters.as_map(),
        "images": dataset.len(),
    }))
}
