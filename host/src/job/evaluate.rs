//! Evaluation: data set and saved model in, score maps, tables, report and `result_evaluate.nnp` out.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_plugin_api::Parameters;
use nnc_plugin_api::loader::{Detector, OutputBuffers, Plugin, RawBatch};
use nnc_report::{TimedPhase, Timing};
use nnp::archive::{self, Source};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure, OrExit, Result};
use crate::job::figures;
use crate::job::judge::{self, Normals, Scored};
use crate::job::protocol::Task;
use crate::job::provenance::{self, Provenance};
use crate::job::results::Results;
use crate::job::worker::{Job, plugin_failure};
use crate::language::{JobText, Message};
use crate::parameters;
use crate::time::epoch_seconds;

/// Images scored between two looks at whether the user wants to stop; more where there are threads to share them.
const MAX_BATCH: usize = 16;
/// Images for each thread that are worth giving at once: a detector reads its model once for all of a thread's images.
const IMAGES_PER_THREAD: usize = 4;

/// Does the work; everything lands in the staging folder.
pub(crate) fn run(job: &Job) -> Result<Value> {
    let spec = &job.spec;
    let (started, clock) = (epoch_seconds(), Instant::now());
    let model = spec.model.as_deref().ok_or_else(|| Failure::new(Exit::Failed, "the job names no model"))?;
    let origin = provenance::read(model)?;
    let plugin = job.load_plugin()?;
    let parameters = trained_parameters(job, &plugin, origin.as_ref(), model)?;
    let dataset = job.open_dataset()?;
    let services = Arc::clone(&job.services);
    let mut detector = plugin.create(&parameters, Some(model), services).map_err(|e| plugin_failure(&plugin, &e))?;

    let loading = Timing { phase: TimedPhase::Loading, seconds: clock.elapsed().as_secs_f64(), images: 0 };
    // First, so that the status file ends with the progress of the data set itself.
    let normals = normals(job, &plugin, &mut detector)?;
    let mut results = Results::create(&spec.staging, &dataset, &detector.interface().outputs)?;
    let clock = Instant::now();
    let scores = score(job, &plugin, &mut detector, &dataset, Some(&mut results))?;
    let seconds = clock.elapsed().as_secs_f64();
    let scoring = Timing { phase: TimedPhase::Scoring, seconds, images: dataset.len() };
    let table = results.finish(&dataset)?;

    let zip = spec.staging.join("output_result.zip");
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
            dataset: &dataset,
            interface: detector.interface(),
            scores,
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
    let mut name = "output_result.zip".to_owned();
    let mut number = 0;
    while members.iter().any(|member| member.name == name) {
        number += 1;
        name = format!("output_result_{number}.zip");
    }
    Ok(name)
}

/// The parameters the model was trained with; the project's own only for a model that does not say.
fn trained_parameters(job: &Job, plugin: &Plugin, origin: Option<&Provenance>, model: &Path) -> Result<Parameters> {
    let resolve = |given| parameters::resolve(plugin.manifest(), given, &job.spec.project_folder);
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

/// Scores the normal images that the threshold is to come from, if they are not in the data set itself.
fn normals(job: &Job, plugin: &Plugin, detector: &mut Detector) -> Result<Option<Normals>> {
    let Some((source, path)) = &job.spec.judgement.normals else { return Ok(None) };
    let dataset = Arc::new(Dataset::open(path).or_exit(Exit::Dataset)?);
    job.pipe.info(JobText::ScoringNormals.with(&[&dataset.len(), &figures::purpose(*source)]));
    let clock = Instant::now();
    let scores = score(job, plugin, detector, &dataset, None)?;
    let seconds = clock.elapsed().as_secs_f64();
    let timing = Timing { phase: TimedPhase::Calibration, seconds, images: dataset.len() };
    Ok(Some(Normals { source: *source, scores, dataset, timing }))
}

/// Scores every image in order and returns the image scores; without `results` nothing is written and no batch told.
fn score(
    job: &Job,
    plugin: &Plugin,
    detector: &mut Detector,
    dataset: &Arc<Dataset>,
    mut results: Option<&mut Results>,
) -> Result<Vec<f32>> {
    let total = dataset.len();
    let mut reader = job.reader(dataset, detector)?;
    let rule = job.spec.judgement.rule;
    let shape = detector.interface().outputs.first().map(|output| output.shape.clone()).unwrap_or_default();
    let outputs = detector.interface().outputs.len();
    let mut buffers = OutputBuffers::new(detector);
    let mut scores = Vec::with_capacity(total);
    let mut told = 0;
    let most = MAX_BATCH.max(IMAGES_PER_THREAD.saturating_mul(job.spec.threads));
    let size = detector.interface().exact_batch.unwrap_or(job.spec.batch_size.min(most));
    while let Some(batch) = reader.next_batch(size).or_exit(Exit::Dataset)? {
        if nnc_plugin_api::loader::HostServices::is_cancelled(&*job.services) {
            return Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[])));
        }
        let raw = RawBatch { first: batch.first_row, count: batch.count, bytes: batch.bytes };
        buffers.score(detector, raw).map_err(|e| plugin_failure(plugin, &e))?;
        for sample in 0..batch.count {
            let values: Vec<&[f32]> = (0..outputs).map(|output| buffers.sample(output, sample)).collect();
            if let Some(results) = &mut results {
                results.add(dataset, batch.first_row + sample, &values)?;
            }
            scores.push(rule.score(values.first().copied().unwrap_or_default(), &shape));
        }
        let done = scores.len();
        job.services.show(Task::Scoring, done as u64, total as u64);
        if results.is_none() {
            continue;
        }
        // NNC tells of each batch of the project's size, whatever is scored at once here.
        while told < done && (told + job.spec.batch_size <= done || done == total) {
            told = (told + job.spec.batch_size).min(total);
            job.pipe.nnabla(format!("data {told} / {total}"));
        }
    }
    if scores.iter().any(|s| s.is_nan()) {
        let rows = scores.iter().filter(|s| s.is_nan()).count();
        job.pipe.warn(JobText::NoNumber.with(&[&plugin.manifest().id, &rows]));
    }
    Ok(scores)
}
