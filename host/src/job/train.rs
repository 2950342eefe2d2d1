//! Training: data set and plugin in, `results.nnp` with its provenance out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use nnc_dataset::Dataset;
use nnc_plugin_api::loader::{Detector, Plugin};
use nnc_plugin_api::{Input, Manifest};
use nnp::archive::{self, Source};
use serde_json::{Map, Value, json};

use crate::job::figures::LABEL;
use crate::job::masks;
use crate::job::protocol::{Event, Level, Origin};
use crate::job::provenance::{self, DatasetUsed, PluginUsed, Provenance};
use crate::job::worker::{Job, TrainingSource, plugin_failure};
use crate::language::JobText;
use nnc_files::{link_or_copy, sha256_of};
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, OrExit, Result};
use nnc_project::parameters;

/// The text member of a network may be long, but not as long as parameters.
const MAX_NNTXT: u64 = 256 << 20;

/// Does the work; everything lands in the staging folder.
pub(crate) fn run(job: &Job) -> Result<Value> {
    let plugin = job.load_plugin()?;
    let manifest = plugin.manifest();
    if !manifest.trains {
        return Err(Failure::new(Exit::Usage, JobText::CannotTrain.with(&[&manifest.id])));
    }
    let parameters = parameters::resolve_for_training(manifest, &job.spec.params, &job.spec.project_folder)?;
    let dataset = job.open_dataset()?;
    parameters::check_variables(manifest, &parameters, &dataset)?;
    let services = Arc::clone(&job.services);
    let mut detector = plugin.create(&parameters, None, services).map_err(|e| plugin_failure(&plugin, &e))?;

    warn_of_labels(job, &dataset);
    if let Some(next) = &job.spec.next {
        look_at(job, next, &detector)?;
    }
    let mut source = TrainingSource::new(job.reader(&dataset, &detector)?, dataset.len());
    let fitted = detector.fit(&mut source);
    if let Some(error) = source.take_error() {
        // The dataset's own error, whatever the plugin made of it.
        return Err(Failure::new(Exit::Dataset, error));
    }
    fitted.map_err(|e| plugin_failure(&plugin, &e))?;

    let bare = job.spec.staging.join("model.nnp");
    detector.save(&bare).map_err(|e| plugin_failure(&plugin, &e))?;
    let provenance = Provenance {
        format: 1,
        host: crate::HOST.to_owned(),
        plugin: PluginUsed { id: manifest.id.clone(), version: manifest.version.clone() },
        parameters: portable(manifest, parameters.as_map(), &job.spec.params),
        weights: job.weights_used(),
        dataset: DatasetUsed {
            file: job.spec.dataset.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            rows: dataset.len(),
            csv_sha256: sha256_of(&dataset.table()).at(Doing::Read, &dataset.table())?,
            samples_sha256: source.digest(),
        },
        device: job.spec.device.to_string(),
        threads: job.spec.threads,
    };
    finish(&plugin, &bare, &job.spec.staging, &provenance)?;
    // NNC's marker of a successful training.
    job.pipe.send(&Event::Log { origin: Origin::Nnabla, level: Level::Info, text: "Training Completed.".to_owned() });
    Ok(json!({
        "phase": "train",
        "plugin": manifest.id,
        "parameters": parameters.as_map(),
        "images": dataset.len(),
    }))
}

/// Warns of images that a data set calls defective: a detector learns what is normal from all that it gets.
fn warn_of_labels(job: &Job, dataset: &Dataset) {
    let Ok(label) = dataset.variable(LABEL) else { return };
    let defective =
        (0..dataset.len()).filter(|&row| dataset.number(row, label).is_some_and(|label| label != 0.0)).count();
    if defective > 0 {
        job.pipe.warn(JobText::DefectsInTraining.with(&[&defective, &dataset.len(), &LABEL]));
    }
}

/// Looks at the first sample of the data set that comes next, so that one that does not fit is told before the training.
fn look_at(job: &Job, next: &Path, detector: &Detector) -> Result<()> {
    if *next == job.spec.dataset {
        job.pipe.warn(JobText::SameSet.with(&[]));
        return Ok(());
    }
    let next = Arc::new(Dataset::open(next).or_exit(Exit::Dataset)?);
    masks::refuse_strangers(&job.spec.judgement, &next)?;
    // A training may ask for variables that an evaluation does without, such as labels.
    let is_there = |input: &Input| next.variable(&input.variable).is_ok();
    if detector.interface().inputs().skip(1).all(is_there) {
        job.reader(&next, detector)?.next_batch(1).map(drop).or_exit(Exit::Dataset)?;
    }
    Ok(())
}

/// The parameters with paths as the project gives them: a model must not depend on where its project lay.
fn portable(manifest: &Manifest, checked: &Map<String, Value>, given: &Map<String, Value>) -> Map<String, Value> {
    let is_file = |name: &str| manifest.parameter(name).is_some_and(|p| p.kind.is_path());
    checked
        .iter()
        .map(|(name, value)| {
            let as_given = given.get(name).filter(|_| is_file(name));
            (name.clone(), as_given.unwrap_or(value).clone())
        })
        .collect()
}

/// Adds the provenance to the plugin's model and makes the files that NNC leaves.
fn finish(plugin: &Plugin, bare: &Path, staging: &Path, provenance: &Provenance) -> Result<()> {
    let members = archive::list(bare)
        .map_err(|e| Failure::new(Exit::Plugin, JobText::NoArchive.with(&[&plugin.manifest().id, &e])))?;
    let model = staging.join("results.nnp");
    let text = serde_json::to_vec_pretty(provenance)?;
    archive::append(bare, &model, vec![(provenance::MEMBER.to_owned(), Source::Bytes(text))])?;
    fs::remove_file(bare).at(Doing::Remove, bare)?;
    if let Some(member) = members.iter().find(|m| m.name == "network.nntxt") {
        let nntxt = staging.join("results.nntxt");
        fs::write(&nntxt, archive::read_member(&model, &member.name, MAX_NNTXT)?).at(Doing::Write, &nntxt)?;
    }
    // A plugin has one model; NNC calls it both the best and the last.
    for name in ["result_train_best.nnp", "result_train_last.nnp"] {
        let path = staging.join(name);
        link_or_copy(&model, &path).at(Doing::Write, &path)?;
    }
    Ok(())
}
