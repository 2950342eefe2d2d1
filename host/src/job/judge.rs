//! What an evaluation says about its images: `evaluation.json`, `report.html` and the figures in the log.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use nnc_dataset::Dataset;
use nnc_plugin_api::loader::Plugin;
use nnc_plugin_api::{Interface, Parameters};
use nnc_report::{
    ColourScale, Counts, DatasetFacts, EVALUATION_FILE, EvaluatedImage, Evaluation, FileFacts, Metrics, Origin,
    PageOptions, Timing, write_evaluation, write_html,
};

use crate::failure::{At, Exit, OrExit, Result};
use crate::files::sha256_of;
use crate::job::provenance::Provenance;
use crate::job::results::Results;
use crate::job::worker::Job;

/// The variable that NNC's data set creator names labels by.
const LABEL: &str = "y";

/// Everything that is known once all images have a score.
pub(crate) struct Scored<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) parameters: &'a Parameters,
    pub(crate) provenance: Option<&'a Provenance>,
    pub(crate) model: &'a Path,
    pub(crate) dataset: &'a Dataset,
    pub(crate) interface: &'a Interface,
    /// One for each row.
    pub(crate) scores: Vec<f32>,
    pub(crate) timings: Vec<Timing>,
    /// When the evaluation began, seconds since 1970.
    pub(crate) started: f64,
}

/// Judges the images and writes what people look at into the staging folder.
pub(crate) fn judge(job: &Job, scored: Scored<'_>) -> Result<Metrics> {
    let rows = images(job, &scored)?;
    let metrics = Metrics::of(&rows);
    let evaluation = Evaluation {
        title: job.spec.project.clone(),
        origin: origin(job, &scored)?,
        timings: scored.timings,
        scale: ColourScale::of(&rows),
        metrics,
        rows,
        ..Evaluation::default()
    };
    // The folder that the job is published into holds the staging folder.
    let staging = &job.spec.staging;
    let home = staging.parent().unwrap_or(staging);
    write_file(&staging.join(EVALUATION_FILE), |out| Ok(write_evaluation(&evaluation, staging, home, out)?))?;
    let options = PageOptions { threads: job.spec.threads, ..PageOptions::default() };
    write_file(&staging.join("report.html"), |out| Ok(write_html(&evaluation, &options, out)?))?;
    Ok(evaluation.metrics)
}

/// Tells the figures of an evaluation, or why there are none.
pub(crate) fn tell(job: &Job, metrics: &Metrics) {
    let Counts { images, normal, defective } = metrics.counts;
    match metrics.image {
        Some(image) => job.pipe.info(format!(
            "image AUROC {:.4} ({normal} normal and {defective} defective images{}, score = maximum of the map)",
            image.auroc,
            match images - metrics.counts.labelled() {
                0 => String::new(),
                unlabelled => format!(", {unlabelled} without label left out"),
            }
        )),
        None => job.pipe.info(format!(
            "no image AUROC: it needs a column `{LABEL}` with 0 for normal images and another number for defective ones"
        )),
    }
}

fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).at("write", path)?);
    write(&mut file)?;
    file.flush().at("write", path)
}

fn images(job: &Job, scored: &Scored<'_>) -> Result<Vec<EvaluatedImage>> {
    let dataset = scored.dataset;
    let input = dataset.variable(&scored.interface.input.variable).or_exit(Exit::Dataset)?;
    let label = dataset.variable(LABEL).ok();
    let has_map = scored.interface.outputs.first().is_some_and(|output| output.shape.len() == 2);
    let image = |(row, &score): (usize, &f32)| {
        let cell = input.columns.first().and_then(|&c| dataset.record(row).nth(c)).unwrap_or_default();
        EvaluatedImage {
            row,
            name: cell.to_owned(),
            image: Some(dataset.folder().join(cell.replace('\\', "/"))),
            label: label.and_then(|l| dataset.number(row, l)).filter(|l| !l.is_nan()),
            map: has_map.then(|| job.spec.staging.join(Results::map_path(0, row))),
            score,
            ..EvaluatedImage::default()
        }
    };
    Ok(scored.scores.iter().enumerate().map(image).collect())
}

/// How the result came to be.
fn origin(job: &Job, scored: &Scored<'_>) -> Result<Origin> {
    let manifest = scored.plugin.manifest();
    let hash = |path: &Path| sha256_of(path).at("read", path);
    let provenance = scored.provenance;
    let weights = provenance.map(|p| p.weights.as_slice()).unwrap_or_default();
    let training = provenance.map(|p| DatasetFacts {
        file: p.dataset.file.clone(),
        rows: p.dataset.rows,
        csv_sha256: p.dataset.csv_sha256.clone(),
    });
    Ok(Origin {
        host: crate::HOST.to_owned(),
        plugin: manifest.id.clone(),
        plugin_title: manifest.title.clone(),
        plugin_version: manifest.version.clone(),
        parameters: scored.parameters.as_map().clone(),
        weights: weights.iter().map(|w| FileFacts { name: w.name.clone(), sha256: w.sha256.clone() }).collect(),
        model: Some(FileFacts { name: scored.model.to_string_lossy().into_owned(), sha256: hash(scored.model)? }),
        training,
        evaluated: DatasetFacts {
            file: job.spec.dataset.to_string_lossy().into_owned(),
            rows: scored.dataset.len(),
            csv_sha256: hash(scored.dataset.path())?,
        },
        calibration: None,
        device: job.spec.device.clone(),
        threads: job.spec.threads,
        batch_size: job.spec.batch_size,
        started: scored.started,
    })
}
