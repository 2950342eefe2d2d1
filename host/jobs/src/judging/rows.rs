//! What is said about rows that have outputs: metrics, threshold and verdicts.

mod inputs;
mod outcomes;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, OrExit, Result, messages};
use nnc_plugin_api::Interface;
use nnc_project_types::ScoringPlan;
use nnc_report::{
    ColourScale, EvaluatedImage, Evaluation, Files, Maps, Metrics, NormalScores, Origin, Outcome, Sample, Task,
    TimedPhase, Timing, name_defects, read_map,
};
use nnc_result_folder::{Directory, names};

use super::groups;
use super::masks::Masks;
use super::task::Decided;
use super::verdicts::{choose, decide, measure_pixels};
use crate::labels::ImageLabels;
use crate::listener::Listener;
use crate::results::{Extra, Results, read_output};
use crate::worker::samples::Reading;

messages! {
    enum JudgeMessage {
        NoVerdicts => "no verdicts: there is no normal image to choose the threshold from; give one with --threshold, or normal images in [dataset.calibration]",
            "しきい値を決めるための正常画像がないため、判定は行いません。--threshold で指定するか、[dataset.calibration] に正常画像を指定してください";
        NoMap { images: usize, folder: &'static str } => "{images} images have no map that can be drawn, and so no picture in {folder}",
            "{images} 枚の画像には描画できるマップがないため、{folder} に画像がありません";
    }
}

/// How images are judged.
pub(crate) struct Judging<'a> {
    /// Name of the project.
    pub(crate) title: &'a str,
    pub(crate) scoring: &'a ScoringPlan,
    pub(crate) dataset: &'a Arc<Dataset>,
    pub(crate) interface: &'a Interface,
    pub(crate) decided: &'a Decided,
    pub(crate) reading: Reading,
    pub(crate) staging: &'a Directory,
    pub(crate) threads: usize,
    /// Whether the inputs of all rows can be read; otherwise those that are there are shown.
    pub(crate) has_inputs: bool,
    pub(crate) listener: &'a dyn Listener,
}

impl Judging<'_> {
    /// Judges the images of the dataset, which have these scores.
    pub(crate) fn judge(
        &self,
        origin: Origin,
        scores: &[f32],
        maps: &Maps,
        normals: Option<NormalScores>,
        timings: Vec<Timing>,
    ) -> Result<Evaluation> {
        if !self.decided.task.gives_scores() {
            return self.judge_outcomes(origin, timings);
        }
        let clock = Instant::now();
        let rows = self.images(scores)?;
        let mut metrics = Metrics::of(&rows);
        let progress = |task, done, total| self.listener.progress(task, done, total);
        measure_pixels(&mut metrics, &rows, maps, self.staging.path(), self.threads, &progress)?;
        let mut evaluation = Evaluation {
            title: self.title.to_owned(),
            task: self.decided.task,
            origin,
            timings,
            rule: self.scoring.rule,
            normals,
            scale: ColourScale::of(&rows, maps),
            metrics,
            files: self.scoring.files,
            rows,
            ..Evaluation::default()
        };
        let threshold = choose(&evaluation, self.scoring.threshold, self.scoring.confidence);
        if threshold.is_none() && self.scoring.threshold.is_some() {
            self.listener.warn(&JudgeMessage::NoVerdicts);
        }
        decide(&mut evaluation, threshold, maps, self.threads, &progress);
        let seconds = clock.elapsed().as_secs_f64();
        evaluation.timings.push(Timing { phase: TimedPhase::Metrics, seconds, images: evaluation.rows.len() });
        Ok(evaluation)
    }

    /// Judges what is no anomaly detection.
    fn judge_outcomes(&self, origin: Origin, timings: Vec<Timing>) -> Result<Evaluation> {
        let clock = Instant::now();
        let (judged, outcomes) = self.outcomes()?;
        let mut rows = self.inputs()?;
        for (image, outcome) in rows.iter_mut().zip(outcomes) {
            image.outcome = Some(outcome);
        }
        let seconds = clock.elapsed().as_secs_f64();
        let judging = Timing { phase: TimedPhase::Metrics, seconds, images: rows.len() };
        Ok(Evaluation {
            title: self.title.to_owned(),
            task: self.decided.task,
            origin,
            timings: timings.into_iter().chain([judging]).collect(),
            judged,
            files: Files { heat_maps: false, ..self.scoring.files },
            rows,
            ..Evaluation::default()
        })
    }

    /// The images with what is known about them.
    fn images(&self, scores: &[f32]) -> Result<Vec<EvaluatedImage>> {
        let (dataset, interface) = (self.dataset, self.interface);
        let input = dataset.variable(&interface.input.variable).or_exit(Exit::Dataset)?;
        let labels = ImageLabels::of(dataset);
        let masks = Masks::open(self.scoring, dataset)?;
        let has_map = interface.outputs.first().is_some_and(|output| output.shape.len() == 2);
        let map = |row| match self.decided.task {
            // Whatever its size is.
            Task::Reconstruction => Extra::Errors { rows: 0, columns: 0 }.file(row),
            _ => has_map.then(|| Results::map_path(0, row)),
        };
        let mut rows = self.inputs()?;
        for (image, &score) in rows.iter_mut().zip(scores) {
            let row = image.row;
            let cell = input.columns.first().and_then(|&c| dataset.record(row).nth(c)).unwrap_or_default();
            image.label = labels.get(row);
            image.map = map(row).map(|file| self.staging.file(file));
            image.mask = masks.of(dataset, row, cell);
            image.score = score;
        }
        if self.decided.task == Task::Reconstruction {
            self.add_reconstructions(&mut rows)?;
        }
        if let Some(grouping) = &self.scoring.grouping
            && let Some(warning) = groups::assign(grouping, dataset, &interface.input.variable, &mut rows)
        {
            self.listener.warn(&warning);
        }
        name_defects(&mut rows);
        Ok(rows)
    }

    /// The rows with their inputs alone.
    fn inputs(&self) -> Result<Vec<EvaluatedImage>> {
        let dataset = self.dataset;
        let input = dataset.variable(&self.interface.input.variable).or_exit(Exit::Dataset)?;
        let samples =
            self.has_inputs.then(|| inputs::samples(dataset, &self.interface.input, self.reading)).transpose()?;
        let mut samples = samples.unwrap_or_default().into_iter();
        let is_there = |path: &PathBuf| self.has_inputs || path.is_file();
        let image = |row| EvaluatedImage {
            row,
            name: inputs::name(dataset, input, row),
            image: inputs::picture(dataset, input, row).filter(is_there),
            sample: samples.next(),
            score: f32::NAN,
            ..EvaluatedImage::default()
        };
        Ok((0..dataset.len()).map(image).collect())
    }

    /// Puts what the model made of a row beside it: pictures as files, numbers as they are.
    fn add_reconstructions(&self, rows: &mut [EvaluatedImage]) -> Result<()> {
        let most = inputs::most_values(rows.len());
        let add = |image: &mut EvaluatedImage, values: &[f32]| {
            image.sample = image.sample.take().map(|sample: Sample| sample.with_reconstruction(values, most));
        };
        let output = self.decided.output;
        if let Some([1 | 3, _, _]) = self.interface.outputs.get(output).map(|output| output.shape.as_slice()) {
            for image in rows.iter_mut() {
                let file = Some(self.staging.file(Results::picture_path(output, image.row)));
                image.outcome = Some(Outcome::Picture { file });
            }
        }
        if rows.iter().all(|image| image.sample.is_none()) {
            return Ok(());
        }
        if self.interface.outputs.get(output).is_some_and(|output| output.shape.len() == 2) {
            for image in rows {
                // One that cannot be read, as with a value that is no number, leaves its row without.
                if let Ok(map) = read_map(&self.staging.file(Results::map_path(output, image.row))) {
                    add(image, map.values());
                }
            }
            return Ok(());
        }
        read_output(self.staging, self.dataset, &self.interface.outputs, output, &mut |row, values| {
            if let Some(image) = rows.get_mut(row) {
                add(image, values);
            }
        })
    }
}

/// Warns of images without a picture among the heat maps.
pub(crate) fn warn_of_missing_maps(images: usize, listener: &dyn Listener) {
    if images > 0 {
        listener.warn(&JudgeMessage::NoMap { images, folder: names::HEAT_MAPS });
    }
}

/// The folder that the job is published into: it holds the staging folder.
pub(crate) fn home(staging: &Directory) -> &Path {
    staging.path().parent().unwrap_or(staging.path())
}
