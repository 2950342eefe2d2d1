//! Arguments of `report`.

use std::path::PathBuf;

use clap::Args;

use super::SandboxArgs;
use super::judge::{PictureArgs, ThresholdArgs};

#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// Folder of an evaluation
    pub(crate) folder: PathBuf,
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
