//! What commands are told about scores, thresholds and pictures.

use std::path::PathBuf;

use clap::Args;
use nnc_messages::Say;
use nnc_project_types::ScoringOptions;
use nnc_report::{Files, NormalSource, ScoreRule};

/// How the threshold is chosen.
#[derive(Args, Debug)]
pub(crate) struct ThresholdArgs {
    /// Images are NG from this score on
    #[arg(long, value_name = "SCORE", conflicts_with = "false_alarm_rate", allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    /// Choose the threshold so that at most this share of normal images is NG, for example 0.01
    #[arg(long, value_name = "RATE")]
    pub(crate) false_alarm_rate: Option<f64>,
    /// Confidence of the interval that is told for the false-alarm rate [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    pub(crate) confidence: Option<f64>,
}

/// What to compare maps with, and which files to make.
#[derive(Args, Debug)]
pub(crate) struct PictureArgs {
    /// Folder with masks of the defects, named like their images
    #[arg(long, value_name = "DIR")]
    pub(crate) masks: Option<PathBuf>,
    /// Write a picture of every image with its heat map into the folder heatmaps
    #[arg(long)]
    pub(crate) heatmaps: bool,
    /// Begin scores.csv with the mark by which Excel knows UTF-8
    #[arg(long)]
    pub(crate) excel: bool,
}

/// How an evaluation judges its images.
#[derive(Args, Debug)]
#[command(next_help_heading = "Scores and verdicts")]
pub(crate) struct JudgeArgs {
    /// Score of an image: max, "top 10", "top 1%" or "smooth 1.5"
    #[arg(long, value_name = "RULE", value_parser = |text: &str| text.parse::<ScoreRule>().map_err(|error| error.said()))]
    pub(crate) score: Option<ScoreRule>,
    #[command(flatten)]
    pub(crate) threshold: ThresholdArgs,
    /// Normal images that the threshold comes from: calibration, validation or training
    #[arg(long, value_name = "WHICH", value_parser = |text: &str| text.parse::<NormalSource>().map_err(|error| error.said()))]
    pub(crate) normals: Option<NormalSource>,
    /// Variable of the data set that names the masks [default: mask, where there is one]
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
            threshold: self.threshold.threshold,
            false_alarm_rate: self.threshold.false_alarm_rate,
            normals: self.normals,
            confidence: self.threshold.confidence,
            masks: self.pictures.masks.as_deref().map(std::path::absolute).transpose()?,
            mask_column: self.mask_column.clone(),
            files: Files { excel: self.pictures.excel, heat_maps: self.pictures.heatmaps },
        })
    }
}
