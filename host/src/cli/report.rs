//! Arguments of `report`.

use std::path::PathBuf;

use clap::Args;
use nnc_report::{ScoreRule, Task};

use super::SandboxArgs;
use super::judge::{PictureArgs, ThresholdArgs};
use super::refused::parsed;

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Folder of an evaluation; with -o the folder of a job of NNC, or its output_result.csv, output_result.zip or result_evaluate.nnp
    pub(crate) folder: PathBuf,
    /// Judge what NNC has computed, without running the model, and write the report into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Dataset that NNC has evaluated, for inputs and labels that are not with its results
    #[arg(long, value_name = "CSV|CACHE", requires = "output")]
    pub(crate) dataset: Option<PathBuf>,
    /// Rule for the anomaly score of an image: max, "top 10", "top 1%", "smooth 1.5" or "contrast 1"
    #[arg(long, value_name = "RULE", requires = "output", value_parser = parsed::<ScoreRule>)]
    pub(crate) score: Option<ScoreRule>,
    /// What the model does, if it is not what its outputs and the dataset say: anomaly, reconstruction, classification, regression, segmentation or none
    #[arg(long, value_name = "TASK", requires = "output", value_parser = parsed::<Task>)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    pub(crate) threshold: ThresholdArgs,
    /// Remove the verdicts
    #[arg(long, conflicts_with_all = ["threshold", "false_alarm_rate"])]
    pub(crate) no_threshold: bool,
    #[command(flatten)]
    pub(crate) pictures: PictureArgs,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print the metrics as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
