//! What an evaluation says about its images: verdicts, metrics, and the files for people.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_plugin_api::loader::Plugin;
use nnc_plugin_api::{Interface, Parameters};
use nnc_report::{
    ColourScale, DatasetFacts, EVALUATION_FILE, EvaluatedImage, Evaluation, FileFacts, HEAT_MAPS_FOLDER, Maps, Metrics,
    NormalScores, NormalSource, Origin, PageOptions, PixelStep, ReportError, SCORES_FILE, Threshold, TimedPhase,
    Timing, name_defects, write_evaluation, write_heat_maps, write_html, write_scores,
};
use serde_json::Value;

use crate::job::evaluate::Files;
use crate::job::figures::LABEL;
use crate::job::masks::Masks;
use crate::job::protocol::Task;
use crate::job::provenance::Provenance;
use crate::job::results::Results;
use crate::job::worker::Job;
use crate::language::{self, JobText};
use nnc_files::sha256_of;
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{At, Exit, Failure, OrExit, Result};
use nnc_project_types::ThresholdChoice;

/// Name of the page in a job's folder.
pub(crate) const REPORT_FILE: &str = "report.html";

/// Everything that is known once all images have a score.
pub(crate) struct Scored<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) parameters: &'a Parameters,
    pub(crate) provenance: Option<&'a Provenance>,
    pub(crate) model: &'a Path,
    pub(crate) files: &'a Files,
    pub(crate) dataset: &'a Dataset,
    pub(crate) interface: &'a Interface,
    /// One for each row.
    pub(crate) scores: Vec<f32>,
    /// Values of the maps, kept while images were scored.
    pub(crate) maps: Maps,
    pub(crate) normals: Option<Normals>,
    pub(crate) timings: Vec<Timing>,
    /// When the evaluation began, seconds since 1970.
    pub(crate) started: f64,
}

/// Normal images outside of the data set, scored for the threshold.
pub(crate) struct Normals {
    pub(crate) source: NormalSource,
    pub(crate) scores: Vec<f32>,
    pub(crate) dataset: Arc<Dataset>,
    pub(crate) timing: Timing,
}

/// Judges the images and writes what people look at into the staging folder.
pub(crate) fn judge(job: &Job, scored: Scored<'_>) -> Result<Evaluation> {
    let judgement = &job.spec.judgement;
    let staging = &job.spec.staging;
    let clock = Instant::now();
    let rows = images(job, &scored)?;
    let mut metrics = Metrics::of(&rows);
    let progress = |task, done, total| job.services.show(task, done, total);
    measure_pixels(&mut metrics, &rows, &scored.maps, staging, job.spec.threads, &progress)?;
    let home = home(job);
    let origin = origin(job, &scored)?;
    let mut timings = scored.timings;
    if scored.model.parent() == Some(home) {
        let images = scored.provenance.map_or(0, |provenance| provenance.dataset.rows);
        timings.splice(0..0, training_time(home, images));
    }
    let mut evaluation = Evaluation {
        title: job.spec.project.clone(),
        origin,
        timings,
        rule: judgement.rule,
        normals: scored.normals.map(|n| NormalScores { source: n.source, scores: n.scores }),
        scale: ColourScale::of(&rows, &scored.maps),
        metrics,
        files: judgement.files,
        rows,
        ..Evaluation::default()
    };
    let threshold = choose(&evaluation, judgement.threshold, judgement.confidence);
    if threshold.is_none() && judgement.threshold.is_some() {
        job.pipe.warn(JobText::NoVerdicts.with(&[]));
    }
    decide(&mut evaluation, threshold, &scored.maps, job.spec.threads, &progress);
    let seconds = clock.elapsed().as_secs_f64();
    evaluation.timings.push(Timing { phase: TimedPhase::Metrics, seconds, images: evaluation.rows.len() });
    let mapless = write_files(&mut evaluation, &scored.maps, staging, home, job.spec.threads, &progress)?;
    if mapless > 0 {
        job.pipe.warn(JobText::Mapless.with(&[&mapless, &HEAT_MAPS_FOLDER]));
    }
    Ok(evaluation)
}

/// Hears what is being made and how far it is.
pub(crate) type Progress<'a> = &'a (dyn Fn(Task, u64, u64) + Sync);

/// Compares maps and masks. A mask that cannot be read is a fault of the data set, a full disk is not.
pub(crate) fn measure_pixels(
    metrics: &mut Metrics,
    rows: &[EvaluatedImage],
    maps: &Maps,
    scratch: &Path,
    threads: usize,
    progress: Progress<'_>,
) -> Result<()> {
    let told = |step, done, total| {
        let task = match step {
            PixelStep::Masks => Task::Masks,
            PixelStep::Maps => Task::Pixels,
            PixelStep::Curves => Task::Curves,
        };
        progress(task, done, total);
    };
    metrics.measure_pixels(rows, maps, scratch, threads, &told).map_err(|error| {
        let exit = if matches!(error, ReportError::Write { .. }) { Exit::Failed } else { Exit::Dataset };
        Failure::new(exit, error)
    })
}

/// The threshold by this choice; `None` without one, and where no normal image has a score.
pub(crate) fn choose(evaluation: &Evaluation, choice: Option<ThresholdChoice>, confidence: f64) -> Option<Threshold> {
    let NormalScores { source, scores } = evaluation.normal_scores();
    match choice? {
        ThresholdChoice::Fixed(value) => Some(Threshold::fixed(value, Some((source, &scores)), confidence)),
        ThresholdChoice::Rate(rate) => Threshold::at_rate(source, &scores, rate, confidence),
    }
}

/// Gives the images their verdicts.
pub(crate) fn decide(
    evaluation: &mut Evaluation,
    threshold: Option<Threshold>,
    maps: &Maps,
    threads: usize,
    progress: Progress<'_>,
) {
    let total = evaluation.rows.len() as u64;
    nnc_report::decide(evaluation, threshold, maps, threads, &|done| progress(Task::Verdicts, done as u64, total));
}

/// Writes `evaluation.json`, `scores.csv`, `report.html` and the pictures, if they are wanted, into `staging`; they will
/// lie in `home` in the end. Returns how many pictures could not be made.
pub(crate) fn write_files(
    evaluation: &mut Evaluation,
    maps: &Maps,
    staging: &Path,
    home: &Path,
    threads: usize,
    progress: Progress<'_>,
) -> Result<usize> {
    let mut mapless = 0;
    if evaluation.files.heat_maps {
        let clock = Instant::now();
        let total = evaluation.rows.len() as u64;
        let drawn = |done| progress(Task::HeatMaps, done as u64, total);
        mapless = write_heat_maps(evaluation, maps, &staging.join(HEAT_MAPS_FOLDER), threads, &drawn)?;
        let timing = Timing {
            phase: TimedPhase::HeatMaps,
            seconds: clock.elapsed().as_secs_f64(),
            images: evaluation.rows.len(),
        };
        evaluation.timings.retain(|timing| timing.phase != TimedPhase::HeatMaps);
        evaluation.timings.push(timing);
    }
    let evaluation = &*evaluation;
    write_file(&staging.join(EVALUATION_FILE), |out| Ok(write_evaluation(evaluation, staging, home, out)?))?;
    write_file(&staging.join(SCORES_FILE), |out| Ok(write_scores(evaluation, out)?))?;
    let options = PageOptions {
        language: language::chosen(),
        threads,
        explain: &|error| error.said(),
        progress: &|done, total| progress(Task::Report, done as u64, total as u64),
    };
    write_file(&staging.join(REPORT_FILE), |out| Ok(write_html(evaluation, maps, &options, out)?))?;
    Ok(mapless)
}

/// The folder that the job is published into: it holds the staging folder.
fn home(job: &Job) -> &Path {
    job.spec.staging.parent().unwrap_or(&job.spec.staging)
}

/// How long the training of so many images took that left its status in a folder.
fn training_time(folder: &Path, images: usize) -> Option<Timing> {
    let status: Value = serde_json::from_slice(&std::fs::read(folder.join("train_status.json")).ok()?).ok()?;
    let seconds = status.get("time")?.get("elapsed")?.as_f64()?;
    Some(Timing { phase: TimedPhase::Training, seconds, images })
}

fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).at(Doing::Write, path)?);
    write(&mut file)?;
    file.flush().at(Doing::Write, path)
}

fn images(job: &Job, scored: &Scored<'_>) -> Result<Vec<EvaluatedImage>> {
    let dataset = scored.dataset;
    let input = dataset.variable(&scored.interface.input.variable).or_exit(Exit::Dataset)?;
    let label = dataset.variable(LABEL).ok();
    let masks = Masks::open(&job.spec.judgement, dataset)?;
    let has_map = scored.interface.outputs.first().is_some_and(|output| output.shape.len() == 2);
    let image = |(row, &score): (usize, &f32)| {
        let cell = input.columns.first().and_then(|&c| dataset.record(row).nth(c)).unwrap_or_default();
        EvaluatedImage {
            row,
            name: cell.to_owned(),
            image: Some(dataset.folder().join(cell.replace('\\', "/"))),
            label: label.and_then(|l| dataset.number(row, l)).filter(|l| !l.is_nan()),
            map: has_map.then(|| job.spec.staging.join(Results::map_path(0, row))),
            mask: masks.of(dataset, row, cell),
            score,
            ..EvaluatedImage::default()
        }
    };
    let mut rows: Vec<EvaluatedImage> = scored.scores.iter().enumerate().map(image).collect();
    name_defects(&mut rows);
    Ok(rows)
}

/// How the result came to be.
fn origin(job: &Job, scored: &Scored<'_>) -> Result<Origin> {
    let manifest = scored.plugin.manifest();
    let hash = |path: &Path| sha256_of(path).at(Doing::Read, path);
    let provenance = scored.provenance;
    let weights = provenance.map(|p| p.weights.as_slice()).unwrap_or_default();
    let training = provenance.map(|p| DatasetFacts {
        file: p.dataset.file.clone(),
        rows: p.dataset.rows,
        csv_sha256: p.dataset.csv_sha256.clone(),
    });
    let calibration = scored.normals.as_ref().map(|normals| -> Result<DatasetFacts> {
        let file = normals.dataset.path().to_string_lossy().into_owned();
        Ok(DatasetFacts { file, rows: normals.dataset.len(), csv_sha256: hash(&normals.dataset.table())? })
    });
    Ok(Origin {
        host: crate::HOST.to_owned(),
        plugin: manifest.id.clone(),
        plugin_title: manifest.title.clone(),
        plugin_version: manifest.version.clone(),
        parameters: scored.parameters.as_map().clone(),
        weights: weights.iter().map(|w| FileFacts { name: w.name.clone(), sha256: w.sha256.clone() }).collect(),
        model: Some(FileFacts {
            name: scored.model.to_string_lossy().into_owned(),
            sha256: scored.files.model.clone(),
        }),
        training,
        evaluated: DatasetFacts {
            file: job.spec.dataset.to_string_lossy().into_owned(),
            rows: scored.dataset.len(),
            csv_sha256: scored.files.table.clone(),
        },
        calibration: calibration.transpose()?,
        device: job.spec.device.to_string(),
        threads: job.spec.threads,
        batch_size: job.spec.batch_size,
        started: scored.started,
    })
}
