//! Arguments of `run`, `train` and `evaluate`.

use std::path::PathBuf;

use clap::Args;

use super::judge::JudgeArgs;
use super::{LimitArgs, PluginDirs, SandboxArgs, WeightsDirs};

/// What training and evaluation have in common.
#[derive(Args, Debug)]
pub(crate) struct JobArgs {
    /// Project file: TOML, or NNC's own .sdcproj or net.nntxt
    pub(crate) project: PathBuf,
    /// Folder for all results of the job
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Override a key of the project file, for example plugin.params.gaussian=single
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set a plugin parameter; short for --set plugin.params.NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    /// Plugin to use, its id or the path of its file; short for --set plugin.name=NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) plugin: Option<String>,
    /// Folder with NNC's datasets as TENANT/DATASET; can be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) dataset_root: Vec<PathBuf>,
    /// Compute device: auto, cpu, cuda or cuda:N
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// What runs networks: auto, libtorch or onnxruntime
    #[arg(long)]
    pub(crate) engine: Option<String>,
    /// Largest number of images held in memory at once
    #[arg(long, value_name = "N")]
    pub(crate) batch_size: Option<usize>,
    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) plugins: PluginDirs,
    #[command(flatten)]
    pub(crate) weights: WeightsDirs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print the result as JSON on standard output; the log goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Print only warnings and errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Log details; -vv logs even more
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
    /// Model to evaluate instead of the trained one in the output folder: a file, or the folder of a job
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Dataset to evaluate instead of the project's validation set
    #[arg(long, value_name = "CSV|CACHE")]
    pub(crate) dataset: Option<PathBuf>,
    /// Cross-validation: train and evaluate K times, each time on other images of the project's training and validation sets, so that every image is evaluated by a model that knows neither it nor its group; for sets too small to split
    #[arg(long, value_name = "K", conflicts_with_all = ["model", "dataset", "restart"], value_parser = clap::value_parser!(u8).range(2..=50))]
    pub(crate) folds: Option<u8>,
    /// Score all images again, even if an interrupted evaluation left results
    #[arg(long)]
    pub(crate) restart: bool,
}
