//! The command line: its commands and arguments, not what they do. One file for each group of commands; `speak.rs` says it
//! all in the user's language.

mod closing;
mod dataset;
mod heading;
mod history;
mod inspect;
mod japanese;
mod job;
mod judge;
mod language;
mod limits;
mod nnp;
mod plugin;
mod refused;
mod report;
mod speak;
mod studio;
mod weights;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use dataset::{Alpha, CreateArgs, DatasetCheckArgs, DatasetCommand, ShapingMode, ShowArgs};
pub(crate) use history::{JobsArgs, JobsCommand};
pub(crate) use inspect::{First, InspectArgs, KeptImages};
pub(crate) use job::{EvaluateArgs, JobArgs, TrainAndEvaluateArgs};
pub(crate) use judge::JudgeArgs;
pub(crate) use language::language;
pub(crate) use limits::{LimitArgs, SandboxArgs};
pub(crate) use nnp::{NnpCommand, RunArgs};
pub(crate) use plugin::{CheckArgs, Grant, NewArgs, PluginCommand, PluginDirs, TrustArgs};
pub(crate) use report::ReportArgs;
pub(crate) use speak::{command, parse, user_command};
pub(crate) use studio::StudioArgs;
pub(crate) use weights::{FetchArgs, WeightsCommand, WeightsDirs};

/// Runs image anomaly detection the way Neural Network Console does, offline.
#[derive(Parser, Debug)]
#[command(name = "nnc-host", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Asked,
}

/// What the program is asked to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Asked {
    /// By a person.
    #[command(flatten)]
    User(Box<Command>),
    /// By itself.
    #[command(flatten)]
    Internal(InternalCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Train, then evaluate
    Run(TrainAndEvaluateArgs),
    /// Train only
    Train(JobArgs),
    /// Evaluate a trained model
    Evaluate(EvaluateArgs),
    /// Rebuild an evaluation's report, optionally with a new threshold, or report what NNC has computed
    Report(ReportArgs),
    /// List past jobs, or compare two
    Jobs(JobsArgs),
    /// Give verdicts about images as they arrive
    Inspect(Box<InspectArgs>),
    /// Do all of it in a browser
    Studio(Box<StudioArgs>),
    /// List, show, check and create plugins (detectors)
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Create, show and check datasets
    #[command(subcommand)]
    Dataset(DatasetCommand),
    /// Show, unpack and run NNP files
    #[command(subcommand)]
    Nnp(NnpCommand),
    /// List, fetch and verify pretrained backbones
    #[command(subcommand)]
    Weights(WeightsCommand),
    /// Print the completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write the pages of all commands into this folder instead
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// Processes that this program starts; not for people.
#[derive(Subcommand, Debug)]
pub(crate) enum InternalCommand {
    /// The worker process of a job; started by this program only
    #[command(hide = true)]
    Worker,
    /// Runs one case of a plugin check; started by this program only
    #[command(hide = true)]
    CheckCase {
        /// Folder for its files.
        folder: PathBuf,
    },
    /// Reads datasets and pictures for the studio; started by this program only
    #[command(hide = true)]
    StudioReader {
        #[command(flatten)]
        sandbox: SandboxArgs,
    },
    /// Draws the studio's sample; started by this program only
    #[command(hide = true)]
    StudioSample {
        /// The new folder.
        folder: PathBuf,
    },
    /// Decodes images for `inspect`; started by this program only
    #[command(hide = true)]
    InspectDecoder,
    /// Looks into a plugin; started by this program only
    #[command(hide = true)]
    InspectPlugin {
        /// The plugin's file.
        path: PathBuf,
    },
}
