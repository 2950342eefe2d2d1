//! What `run`, `train` and `evaluate` are told.

use std::path::PathBuf;

use clap::Args;

use super::judge::JudgeArgs;
use super::{LimitArgs, PluginDirs, WeightsDirs};

/// What training and evaluation have in common.
#[derive(Args, Debug)]
pub(crate) struct JobArgs {
    /// Project file: TOML, or NNC's own .sdcproj or net.nntxt
    pub(crate) project: PathBuf,
    /// Folder for everything the job leaves
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Override a key of the project file, for example plugin.params.gaussian=single
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set a parameter of the plugin; short for --set plugin.params.NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    /// Plugin to use: its id, or the path of its file; short for --set plugin.name=NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) plugin: Option<String>,
    /// Folder that holds NNC's data sets as TENANT/DATASET; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) dataset_root: Vec<PathBuf>,
    /// Compute device: auto, cpu, cuda or cuda:N
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// Upper bound for images held at once
    #[arg(long, value_name = "N")]
    pub(crate) batch_size: Option<usize>,
    /// Threads to use; all processors unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) plugins: PluginDirs,
    #[command(flatten)]
    pub(crate) weights: WeightsDirs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Print the result as JSON on standard output; the log goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Print warnings and errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Log details; twice for even more
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Args, Debug)]
pub(crate) struct TrainAndEvaluateArgs {
    #[command(flatten)]
    pub(crate) job: JobArgs,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
}

#[derive(Args, Debug)]
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    pub(crate) job: JobArgs,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
    /// Model to evaluate instead of the one that training left in the output folder
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Data set to evaluate instead of the project's validation set
    #[arg(long, value_name = "CSV|CACHE")]
    pub(crate) dataset: Option<PathBuf>,
    /// Score every image, even if an interrupted evaluation has left finished ones
    #[arg(long)]
    pub(crate) restart: bool,
}
