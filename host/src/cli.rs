//! The command line: what can be said, not what is done.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs image anomaly detection the way Neural Network Console does, offline.
#[derive(Parser, Debug)]
#[command(
    name = "nnc-host",
    version,
    after_help = "Examples:\n  nnc-host run project.toml -o result\n  nnc-host run project.toml -o result --set \
                  plugin.params.gaussian=single\n  nnc-host evaluate project.toml -o result --dataset other.csv\n  \
                  nnc-host dataset check train.csv --size 224x224 --channels 3\n\nExit codes: 0 done, 1 the job failed, \
                  2 wrong usage or project file, 3 bad data set, 4 plugin refused or crashed, 130 interrupted"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Train, then evaluate
    Run(JobArgs),
    /// Train only
    Train(JobArgs),
    /// Evaluate a trained model
    Evaluate(EvaluateArgs),
    /// Look at the detectors there are
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Look at data sets
    #[command(subcommand)]
    Dataset(DatasetCommand),
    /// Pretrained backbones
    #[command(subcommand)]
    Weights(WeightsCommand),
    /// The worker process of a job; started by this program only
    #[command(hide = true)]
    Worker,
    /// Looks into a plugin; started by this program only
    #[command(hide = true)]
    Inspect {
        /// The plugin's file.
        path: PathBuf,
    },
}

/// What training and evaluation have in common.
#[derive(Args, Debug)]
pub(crate) struct JobArgs {
    /// Project file (TOML)
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
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    pub(crate) job: JobArgs,
    /// Model to evaluate instead of the one that training left in the output folder
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Data set to evaluate instead of the project's validation set
    #[arg(long, value_name = "CSV")]
    pub(crate) dataset: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PluginDirs {
    /// Folder to search for plugins first; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct WeightsDirs {
    /// Folder to search for pretrained weights first; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) weights_dir: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PluginCommand {
    /// List the plugins that can be found
    List {
        #[command(flatten)]
        dirs: PluginDirs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a plugin with its parameters
    Show {
        /// Id of the plugin, or path of its file
        id: String,
        #[command(flatten)]
        dirs: PluginDirs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum DatasetCommand {
    /// Read every file of a data set and list every problem
    Check {
        /// Data set CSV
        csv: PathBuf,
        /// Size that images must have, WIDTHxHEIGHT
        #[arg(long, value_name = "WxH", requires = "channels")]
        size: Option<String>,
        /// Channels that images must have, 1 for grey or 3 for RGB
        #[arg(long, value_name = "N", requires = "size", value_parser = clap::value_parser!(u16).range(1..=4))]
        channels: Option<u16>,
        /// Variable that holds the images
        #[arg(long, default_value = "x")]
        variable: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum WeightsCommand {
    /// List the known backbones and where they lie
    List {
        #[command(flatten)]
        dirs: WeightsDirs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a backbone into the first weights folder
    Fetch {
        /// Name of the backbone
        name: String,
        #[command(flatten)]
        dirs: WeightsDirs,
    },
    /// Compare the backbones on this machine with their known hashes
    Verify {
        #[command(flatten)]
        dirs: WeightsDirs,
    },
}
