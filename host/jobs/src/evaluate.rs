//! Evaluation: dataset and trained model in; anomaly maps, tables, report and `result_evaluate.nnp` out. This file names
//! the stages in order; each is in a file of its own, takes what it needs, and returns what it made.

pub(crate) mod check;
mod identity;
pub(crate) mod model;
mod normals;
mod origin;
mod outputs;
mod pack;
mod resume;
mod score;
mod source;

use std::sync::Arc;
use std::time::Instant;

use nnc_messages::Result;
use nnc_report::{NormalScores, TimedPhase, Timing};
use nnc_result_folder::{Directory, epoch_seconds};
use serde_json::{Value, json};

use crate::event::Task;
use crate::judging::computed::Computed;
use crate::judging::rows::{self, Judging};
use crate::judging::task::{self, Facts as ModelFacts, TaskMessage};
use crate::judging::{figures, files, groups, masks};
use crate::listener::Listener;
use crate::spec::{Evaluate, JobSpec};
use crate::worker::samples::{self, Reading};
use crate::worker::services::Services;
use crate::worker::view::{Asked, View};
use crate::worker::{Worker, plugin};
use check::{InputHashes, tile_of, trained_parameters, warn_of_missing_scores, warn_of_other_region};
use model::Model;
use origin::Facts;
use resume::{NncProgress, ScoredRows};
use score::Scorer;

/// Does the work; everything lands in the staging folder, which the parent publishes.
pub(crate) fn run(job: &JobSpec, work: &Evaluate, worker: &Worker) -> Result<Value> {
    let parent = &*worker.parent;
    let listener: &dyn Listener = parent;
    let (started, clock) = (epoch_seconds(), Instant::now());
    let staging = Directory::new(&job.staging);
    let reading = Reading { batch_size: job.batch_size, threads: job.threads };

    // Open the model, the plugin and the dataset.
    let model = Model::open(&work.model)?;
    let plugin = plugin::load(&job.plugin, job.verbosity, parent)?;
    let manifest = plugin.manifest();
    let parameters = trained_parameters(manifest, &model, &job.parameters, parent)?;
    let dataset = samples::open(&work.dataset, listener)?;

    // Check what can be wrong with them before the first image is scored.
    masks::refuse_unrelated(&work.scoring, &dataset)?;
    groups::refuse_missing(work.scoring.grouping.as_ref(), &dataset)?;
    // Before anything of them is used: files that change later are found by another hash.
    let hashes = InputHashes::of(&model, &dataset)?;
    let named = work.dataset.display().to_string();
    let services = Services::new(job, named, Arc::clone(&worker.parent), Arc::clone(&worker.cancelled));
    let created = plugin.create(&parameters, Some(model.path()), services.clone());
    let mut detector = created.map_err(|error| plugin::failure(manifest, &error))?;
    let asked = Asked { tile: tile_of(job, &model), roi: job.roi.as_ref() };
    let view = View::of(asked, manifest, detector.interface(), &dataset)?;
    let interface = view.interface().clone();
    view.tell(listener);
    warn_of_other_region(&view, &model, parent);
    let loading = Timing { phase: TimedPhase::Loading, seconds: clock.elapsed().as_secs_f64(), images: 0 };
    services.begin(Task::Scoring);

    // Find out what the model does, which decides what is computed of its outputs and what is said about them.
    let model_facts = ModelFacts {
        interface: &interface,
        dataset: &dataset,
        model: Some(model.path()),
        is_detector: manifest.trains,
    };
    let decided = task::decide(&model_facts, work.scoring.task)?;
    if let Some(told) = &decided.told {
        parent.info(told);
    }
    let computed = Computed::new(&decided, &interface, work.scoring.rule).within(view.cells(0));
    if !decided.task.gives_scores() && work.scoring.is_about_scores() {
        parent.warn(&TaskMessage::NoThreshold { task: decided.task });
    }

    let mut scorer = Scorer {
        detector: &mut detector,
        manifest,
        computed: &computed,
        view: &view,
        reading,
        cancelled: &worker.cancelled,
        parent,
    };
    // The normal images for the threshold first, so that the status file ends with the progress of the dataset itself.
    let normals = if decided.task.gives_scores() { normals::score(&mut scorer, &work.scoring, parent)? } else { None };

    // Resume what an interrupted evaluation like this one has finished.
    let identity = identity::of(&identity::Evaluated {
        manifest,
        plugin_file: &job.plugin,
        parameters: &parameters,
        dataset: &dataset,
        hashes: &hashes,
        rule: work.scoring.rule,
        tile: asked.tile,
        region: view.region_hash(),
        task: decided.task,
        batch_size: job.batch_size,
        threads: job.threads,
        device: job.device,
        engine: job.engine,
        onnxruntime: services.onnxruntime(),
        weights: services.weights_used(),
    })?;
    let told = NncProgress::new(&worker.parent, job.batch_size);
    let size = scorer.batch_size();
    let (key, kept) = (&work.seal, computed.kept());
    let mut scored = ScoredRows::resume(&staging, &identity, key, &dataset, &interface, kept, size, told, parent)?;

    // Score the rest.
    scorer.score(&dataset, &mut scored)?;
    let scoring = Timing { phase: TimedPhase::Scoring, seconds: scored.seconds(), images: dataset.len() };
    let (results, scores, maps) = scored.into_parts();
    warn_of_missing_scores(&scores, manifest, parent);
    samples::tell_unused(&dataset, listener);

    // Pack the table, and the model with it.
    let table = pack::table(results, &dataset, parent)?;
    pack::model(&model, &staging, parent)?;

    // Judge the images.
    let home = rows::home(&staging);
    let mut timings: Vec<Timing> = model.training_time(home).into_iter().chain([loading, scoring]).collect();
    timings.extend(normals.as_ref().map(|normals| normals.timing.clone()));
    let origin = Facts {
        manifest,
        parameters: &parameters,
        model: &model,
        hashes: &hashes,
        file: &work.dataset,
        rows: dataset.len(),
        view: &view,
        normals: normals.as_ref(),
        device: job.device,
        engine: nnc_registry::engine_in_use(),
        enforced: job.enforced,
        reading,
        started,
    }
    .origin()?;
    let judging = Judging {
        title: &work.project,
        scoring: &work.scoring,
        dataset: &dataset,
        interface: &interface,
        decided: &decided,
        reading,
        staging: &staging,
        threads: job.threads,
        has_inputs: true,
        listener,
    };
    let normals = normals.map(|normals| NormalScores { source: normals.source, scores: normals.scores });
    let mut evaluation = judging.judge(origin, &scores, &maps, normals, timings)?;

    // Write what people look at.
    let progress = |task, done, total| parent.progress(task, done, total);
    let without_map = files::write(&mut evaluation, &maps, &staging, home, job.threads, &progress)?;
    if decided.task.gives_scores() {
        rows::warn_of_missing_maps(without_map, listener);
    }
    parent.nnabla("Forward Completed.");
    for figure in figures::of(&evaluation) {
        parent.info(&figure);
    }

    let (metrics, judged) = (evaluation.metrics, evaluation.judged);
    let mut summary = json!({
        "phase": "evaluate",
        "plugin": manifest.id,
        "parameters": parameters.as_map(),
        "images": dataset.len(),
        "image_auroc": metrics.image.map(|image| image.auroc),
        "metrics": metrics,
        "output_result": table,
    });
    if evaluation.task != nnc_report::Task::Anomaly {
        summary["task"] = json!(evaluation.task);
        summary["judged"] = json!(judged);
    }
    Ok(summary)
}
