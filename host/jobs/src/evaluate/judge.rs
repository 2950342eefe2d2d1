//! What an evaluation says about its images: metrics, threshold and verdicts.

use std::path::Path;
use std::time::Instant;

use nnc_dataset::Dataset;
use nnc_messages::{Exit, OrExit, Result, messages};
use nnc_plugin_api::Interface;
use nnc_project_types::ScoringPlan;
use nnc_report::{
    ColourScale, EvaluatedImage, Evaluation, Maps, Metrics, NormalScores, Origin, TimedPhase, Timing, name_defects,
};
use nnc_result_folder::{Directory, Phase, elapsed_seconds, names};

use super::model::Model;
use super::normals::Normals;
use crate::judging::masks::Masks;
use crate::judging::verdicts::{choose, decide, measure_pixels};
use crate::labels::LABEL;
use crate::results::Results;
use crate::worker::parent::Parent;

messages! {
    enum JudgeMessage {
        NoVerdicts => "no verdicts: there is no normal image to choose the threshold from; give one with --threshold, or normal images in [dataset.calibration]",
            "しきい値を決めるための正常画像がないため、判定は行いません。--threshold で指定するか、[dataset.calibration] に正常画像を指定してください";
        NoMap { images: usize, folder: &'static str } => "{images} images have no map that can be drawn, and so no picture in {folder}",
            "{images} 枚の画像には描画できるマップがないため、{folder} に画像がありません";
    }
}

/// How images are judged.
pub(super) struct Judging<'a> {
    /// Name of the project.
    pub(super) title: &'a str,
    pub(super) scoring: &'a ScoringPlan,
    pub(super) model: &'a Model,
    pub(super) dataset: &'a Dataset,
    pub(super) interface: &'a Interface,
    pub(super) staging: &'a Directory,
    pub(super) threads: usize,
    pub(super) parent: &'a Parent,
}

impl Judging<'_> {
    /// Judges the images of the dataset, which have these scores.
    pub(super) fn judge(
        &self,
        origin: Origin,
        scores: &[f32],
        maps: &Maps,
        normals: Option<Normals>,
        timings: Vec<Timing>,
    ) -> Result<Evaluation> {
        let clock = Instant::now();
        let rows = self.images(scores)?;
        let mut metrics = Metrics::of(&rows);
        let progress = |task, done, total| self.parent.progress(task, done, total);
        measure_pixels(&mut metrics, &rows, maps, self.staging.path(), self.threads, &progress)?;
        let mut evaluation = Evaluation {
            title: self.title.to_owned(),
            origin,
            timings: training_time(self.model, home(self.staging)).into_iter().chain(timings).collect(),
            rule: self.scoring.rule,
            normals: normals.map(|n| NormalScores { source: n.source, scores: n.scores }),
            scale: ColourScale::of(&rows, maps),
            metrics,
            files: self.scoring.files,
            rows,
            ..Evaluation::default()
        };
        let threshold = choose(&evaluation, self.scoring.threshold, self.scoring.confidence);
        if threshold.is_none() && self.scoring.threshold.is_some() {
            self.parent.warn(&JudgeMessage::NoVerdicts);
        }
        decide(&mut evaluation, threshold, maps, self.threads, &progress);
        let seconds = clock.elapsed().as_secs_f64();
        evaluation.timings.push(Timing { phase: TimedPhase::Metrics, seconds, images: evaluation.rows.len() });
        Ok(evaluation)
    }

    /// The images with what is known about them.
    fn images(&self, scores: &[f32]) -> Result<Vec<EvaluatedImage>> {
        let (dataset, interface) = (self.dataset, self.interface);
        let input = dataset.variable(&interface.input.variable).or_exit(Exit::Dataset)?;
        let label = dataset.variable(LABEL).ok();
        let masks = Masks::open(self.scoring, dataset)?;
        let has_map = interface.outputs.first().is_some_and(|output| output.shape.len() == 2);
        let image = |(row, &score): (usize, &f32)| {
            let cell = input.columns.first().and_then(|&c| dataset.record(row).nth(c)).unwrap_or_default();
            EvaluatedImage {
                row,
                name: cell.to_owned(),
                image: Some(dataset.folder().join(cell.replace('\\', "/"))),
                label: label.and_then(|l| dataset.number(row, l)).filter(|l| !l.is_nan()),
                map: has_map.then(|| self.staging.file(Results::map_path(0, row))),
                mask: masks.of(dataset, row, cell),
                score,
                ..EvaluatedImage::default()
            }
        };
        let mut rows: Vec<EvaluatedImage> = scores.iter().enumerate().map(image).collect();
        name_defects(&mut rows);
        Ok(rows)
    }
}

/// Warns of images without a picture among the heat maps.
pub(super) fn warn_of_missing_maps(images: usize, parent: &Parent) {
    if images > 0 {
        parent.warn(&JudgeMessage::NoMap { images, folder: names::HEAT_MAPS });
    }
}

/// The folder that the job is published into: it holds the staging folder.
pub(super) fn home(staging: &Directory) -> &Path {
    staging.path().parent().unwrap_or(staging.path())
}

/// How long the training of the model took, if it was trained in the job's own folder.
fn training_time(model: &Model, home: &Path) -> Option<Timing> {
    if model.path().parent() != Some(home) {
        return None;
    }
    let seconds = elapsed_seconds(&home.join(Phase::Train.status()))?;
    let images = model.provenance().map_or(0, |provenance| provenance.dataset.rows);
    Some(Timing { phase: TimedPhase::Training, seconds, images })
}
