//! Arguments about scores, thresholds and pictures, which several commands share.

use std::path::PathBuf;

use clap::Args;
use nnc_project_types::ScoringOptions;
use nnc_report::{Files, NormalSource, ScoreRule, Task};

use super::refused::parsed;

/// How the threshold is chosen.
#[derive(Args, Debug)]
pub(crate) struct ThresholdArgs {
    /// Images with at least this anomaly score are NG
    #[arg(long, value_name = "SCORE", conflicts_with = "false_alarm_rate", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    /// Choose the threshold so that at most this share of normal images is NG, for example 0.01
    #[arg(long, value_name = "RATE")]
    pub(crate) false_alarm_rate: Option<f64>,
    /// Confidence of the interval reported for the false-alarm rate [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    pub(crate) confidence: Option<f64>,
}

/// What to compare maps with, and which files to make.
#[derive(Args, Debug)]
pub(crate) struct PictureArgs {
    /// Folder with masks of the defects, named like their images
    #[arg(long, value_name = "DIR")]
    pub(crate) masks: Option<PathBuf>,
    /// Write a heat map picture of every image into the folder heatmaps
    #[arg(long)]
    pub(crate) heatmaps: bool,
    /// Start scores.csv with a byte order mark, so that Excel recognizes UTF-8
    #[arg(long)]
    pub(crate) excel: bool,
}

/// How an evaluation judges its images.
#[derive(Args, Debug)]
pub(crate) struct JudgeArgs {
    /// Rule for the anomaly score of an image: max, "top 10", "top 1%", "smooth 1.5" or "contrast 1"
    #[arg(long, value_name = "RULE", value_parser = parsed::<ScoreRule>)]
    pub(crate) score: Option<ScoreRule>,
    /// What the model does, if it is not what its outputs and the dataset say: anomaly, reconstruction, classification, regression, segmentation or none
    #[arg(long, value_name = "TASK", value_parser = parsed::<Task>)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    pub(crate) threshold: ThresholdArgs,
    /// Normal images for choosing the threshold: calibration, validation or training
    #[arg(long, value_name = "WHICH", value_parser = parsed::<NormalSource>)]
    pub(crate) normals: Option<NormalSource>,
    /// Variable of the dataset that names the masks [default: mask, if there is one]
    #[arg(long, value_name = "NAME")]
    pub(crate) mask_column: Option<String>,
    #[command(flatten)]
    pub(crate) pictures: PictureArgs,
}

impl JudgeArgs {
    /// As options of a job; relative paths refer to the working folder.
    pub(crate) fn options(&self) -> std::io::Result<ScoringOptions> {
        Ok(ScoringOptions {
            rule: self.score,
            task: self.task,
            threshold: self.threshold.threshold,
            false_alarm_rate: self.threshold.false_alarm_rate,
            normals: self.normals,
            confidence: self.threshold.confidence,
            masks: self.pictures.masks.as_deref().map(std::path::absolute).transpose()?,
            mask_column: self.mask_column.clone(),
            // A key of the project, as the task is.
            group: None,
            files: Files { excel: self.pictures.excel, heat_maps: self.pictures.heatmaps },
        })
    }
}
