//! The command line: what can be said, not what is done. One file for each group of commands.

mod dataset;
mod history;
mod japanese;
mod job;
mod judge;
mod limits;
mod nnp;
mod plugin;
mod report;
mod speak;
mod weights;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use dataset::{Alpha, CreateArgs, DatasetCheckArgs, DatasetCommand, ShapingMode, ShowArgs};
pub(crate) use history::{JobsArgs, JobsCommand};
pub(crate) use job::{EvaluateArgs, JobArgs, TrainAndEvaluateArgs};
pub(crate) use judge::JudgeArgs;
pub(crate) use limits::LimitArgs;
use limits::{duration, size};
pub(crate) use nnp::{NnpCommand, RunArgs};
pub(crate) use plugin::{CheckArgs, NewArgs, PluginCommand, PluginDirs};
pub(crate) use report::ReportArgs;
pub(crate) use speak::{command, parse, user_command};
pub(crate) use weights::{FetchArgs, WeightsCommand, WeightsDirs};

/// Runs image anomaly detection the way Neural Network Console does, offline.
#[derive(Parser, Debug)]
#[command(
    name = "nnc-host",
    version,
    after_help = "Examples:\n  nnc-host run project.toml -o result\n  nnc-host run project.toml -o result --set \
                  plugin.params.gaussian=single\n  nnc-host evaluate project.toml -o result --dataset other.csv\n  \
                  nnc-host dataset create train.zip -o train\n  nnc-host dataset check train/train.csv --size 224x224 \
                  --channels 3\n\nExit codes: 0 done, 1 the job failed, \
                  2 wrong usage or project file, 3 bad data set, 4 plugin refused or crashed, 130 interrupted"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Asked,
}

/// What the program is asked to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Asked {
    /// By a person
    #[command(flatten)]
    User(Box<Command>),
    /// By itself
    #[command(flatten)]
    Internal(InternalCommand),
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Train, then evaluate
    #[command(
        after_help = "Examples:\n  nnc-host run project.toml -o result\n  nnc-host run project.toml -o result --set \
                            plugin.params.gaussian=single --device cpu\n  nnc-host run project.toml -o result --json > \
                            result.json"
    )]
    Run(TrainAndEvaluateArgs),
    /// Train only
    #[command(
        after_help = "Examples:\n  nnc-host train project.toml -o result\n  nnc-host train project.toml -o result \
                            --param feature_ratio=0.5"
    )]
    Train(JobArgs),
    /// Evaluate a trained model
    #[command(
        after_help = "Examples:\n  nnc-host evaluate project.toml -o result --dataset other.csv\n  nnc-host evaluate \
                            project.toml -o result --model results.nnp"
    )]
    Evaluate(EvaluateArgs),
    /// Make the report of an evaluation anew, with another threshold if you like
    #[command(
        after_help = "Examples:\n  nnc-host report result --threshold 5.3\n  nnc-host report result --false-alarm-rate 0.02\n  \
                            nnc-host report result --masks masks --heatmaps --lang ja"
    )]
    Report(ReportArgs),
    /// List past jobs, or compare two
    #[command(after_help = "Examples:\n  nnc-host jobs results\n  nnc-host jobs compare results/a results/b")]
    Jobs(JobsArgs),
    /// Look at the detectors there are
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Create, show and check datasets
    #[command(subcommand)]
    Dataset(DatasetCommand),
    /// Look into NNP files
    #[command(subcommand)]
    Nnp(NnpCommand),
    /// Pretrained backbones
    #[command(subcommand)]
    Weights(WeightsCommand),
    /// Print the completions of a shell
    #[command(
        after_help = "Examples:\n  nnc-host completions bash > ~/.local/share/bash-completion/completions/nnc-host\n  \
                            nnc-host completions zsh > ~/.zfunc/_nnc-host\n  \
                            nnc-host completions fish > ~/.config/fish/completions/nnc-host.fish"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Examples:\n  nnc-host man | man -l -\n  nnc-host man -o ~/.local/share/man/man1")]
    Man {
        /// Write the pages of all commands into this folder instead
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// Processes that this program starts; people never type them.
#[derive(Subcommand, Debug)]
pub(crate) enum InternalCommand {
    /// The worker process of a job; started by this program only
    #[command(hide = true)]
    Worker,
    /// Runs one case of a plugin check; started by this program only
    #[command(hide = true)]
    CheckCase {
        /// Where its files go.
        folder: PathBuf,
    },
    /// Looks into a plugin; started by this program only
    #[command(hide = true)]
    Inspect {
        /// The plugin's file.
        path: PathBuf,
    },
}
