//! Evaluation: data set and saved model in, score maps, tables, report and `result_evaluate.nnp` out.

mod identity;
mod record;
mod scoring;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_plugin_api::Parameters;
use nnc_plugin_api::loader::{Detector, Plugin};
use nnc_report::{TimedPhase, Timing};
use nnp::archive::{self, Source};
use serde_json::{Value, json};

use crate::job::figures;
use crate::job::judge::{self, Normals, Scored};
use crate::job::masks;
use crate::job::protocol::Task;
use crate::job::provenance::{self, Provenance};
use crate::job::results::PACKED;
use crate::job::worker::{Job, plugin_failure};
use crate::language::JobText;
use crate::time::epoch_seconds;
pub(crate) use identity::Files;
use nnc_messages::{Exit, Failure, OrExit, Result};
use nnc_project::parameters;
use record::Record;

/// Does the work; everything lands in the staging folder.
pub(crate) fn run(job: &Job) -> Result<Value> {
    let spec = &job.spec;
    let (started, clock) = (epoch_seconds(), Instant::now());
    let model = spec.model.as_deref().ok_or_else(|| Failure::new(Exit::Failed, "the job names no model"))?;
    let origin = provenance::read(model)?;
    let plugin = job.load_plugin()?;
    let parameters = trained_parameters(job, &plugin, origin.as_ref(), model)?;
    let dataset = job.open_dataset()?;
    masks::refuse_strangers(&spec.judgement, &dataset)?;
    // Before anything of them is used: files that change later are told by another hash.
    let files = Files::of(model, &dataset)?;
    let services = Arc::clone(&job.services);
    let mut detector = plugin.create(&parameters, Some(model), services).map_err(|e| plugin_failure(&plugin, &e))?;

    let loading = Timing { phase: TimedPhase::Loading, seconds: clock.elapsed().as_secs_f64(), images: 0 };
    // First, so that the status file ends with the progress of the data set itself.
    let normals = normals(job, &plugin, &mut detector)?;
    let identity = identity::of(job, &plugin, &parameters, &dataset, &files)?;
    let size = scoring::batch_size(spec, &detector);
    let mut record = Record::open(job, &identity, &dataset, detector.interface(), size)?;
    scoring::score(job, &plugin, &mut detector, &dataset, &mut record)?;
    let scoring = Timing { phase: TimedPhase::Scoring, seconds: record.seconds(), images: dataset.len() };
    let (results, scores, maps) = record.into_parts();
    warn_of_missing_numbers(job, &plugin, &scores);
    let progress = |done| job.services.show(Task::Packing, done as u64, dataset.len() as u64);
    let table = results.finish(&dataset, &progress)?;

    let zip = spec.staging.join(PACKED);
    job.pipe.nnabla("Add output_result.zip to result_evaluate.nnp.");
    archive::append(
        model,
        &spec.staging.join("result_evaluate.nnp"),
        vec![(results_member(model)?, Source::File(zip))],
    )?;

    let mut timings = vec![loading, scoring];
    timings.extend(normals.as_ref().map(|normals| normals.timing.clone()));
    let evaluation = judge::judge(
        job,
        Scored {
            plugin: &plugin,
            parameters: &parameters,
            provenance: origin.as_ref(),
            model,
            files: &files,
            dataset: &dataset,
            interface: detector.interface(),
            scores,
            maps,
            normals,
            timings,
            started,
        },
    )?;
    job.pipe.nnabla("Forward Completed.");
    for sentence in figures::sentences(&evaluation) {
        job.pipe.info(sentence);
    }
    let metrics = evaluation.metrics;
    Ok(json!({
        "phase": "evaluate",
        "plugin": plugin.manifest().id,
        "parameters": parameters.as_map(),
        "images": dataset.len(),
        "image_auroc": metrics.image.map(|image| image.auroc),
        "metrics": metrics,
        "output_result": table,
    }))
}

/// Name for the new results in a model that may carry those of earlier evaluations: `output_result.zip`, else
/// `output_result_1.zip` and so on, the first that is free (NNC contract 8.4).
fn results_member(model: &Path) -> Result<String> {
    let members = archive::list(model)?;
    let mut name = PACKED.to_owned();
    let mut number = 0;
    while members.iter().any(|member| member.name == name) {
        number += 1;
        name = format!("output_result_{number}.zip");
    }
    Ok(name)
}

/// The parameters the model was trained with; the project's own only for a model that does not say.
fn trained_parameters(job: &Job, plugin: &Plugin, origin: Option<&Provenance>, model: &Path) -> Result<Parameters> {
    let resolve =
        |given| -> Result<Parameters> { Ok(parameters::resolve(plugin.manifest(), given, &job.spec.project_folder)?) };
    // A plugin that trains nothing evaluates what others have trained.
    let Some(origin) = origin.filter(|_| plugin.manifest().trains) else { return resolve(&job.spec.params) };
    let id = &plugin.manifest().id;
    if origin.plugin.id != *id {
        return Err(Failure::new(Exit::Usage, JobText::OtherPlugin.with(&[&model.display(), &origin.plugin.id, id])));
    }
    let trained = resolve(&origin.parameters)?;
    let project = resolve(&job.spec.params)?;
    // Only what the project says itself: it has not asked for a default.
    for (name, wanted) in project.as_map().iter().filter(|(name, _)| job.spec.params.contains_key(*name)) {
        let used = trained.as_map().get(name);
        if used.is_some_and(|used| used != wanted) {
            job.pipe.warn(JobText::TrainedWith.with(&[name, used.unwrap_or(&Value::Null), wanted]));
        }
    }
    Ok(trained)
}

fn warn_of_missing_numbers(job: &Job, plugin: &Plugin, scores: &[f32]) {
    let rows = scores.iter().filter(|score| score.is_nan()).count();
    if rows > 0 {
        job.pipe.warn(JobText::NoNumber.with(&[&plugin.manifest().id, &rows]));
    }
}

/// Scores the normal images that the threshold is to come from, if they are not in the data set itself.
fn normals(job: &Job, plugin: &Plugin, detector: &mut Detector) -> Result<Option<Normals>> {
    let Some((source, path)) = &job.spec.judgement.normals else { return Ok(None) };
    let dataset = Arc::new(Dataset::open(path).or_exit(Exit::Dataset)?);
    job.pipe.info(JobText::ScoringNormals.with(&[&dataset.len(), &figures::purpose(*source)]));
    let clock = Instant::now();
    let mut scores = Vec::with_capacity(dataset.len());
    scoring::score(job, plugin, detector, &dataset, &mut scores)?;
    warn_of_missing_numbers(job, plugin, &scores);
    let seconds = clock.elapsed().as_secs_f64();
    let timing = Timing { phase: TimedPhase::Calibration, seconds, images: dataset.len() };
    Ok(Some(Normals { source: *source, scores, dataset, timing }))
}
