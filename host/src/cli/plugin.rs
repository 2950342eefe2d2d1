//! Arguments of the `plugin` commands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use nnc_messages::messages;

use super::WeightsDirs;
use super::limits::{duration, size};
use super::refused::Refused;

#[derive(Args, Debug)]
pub(crate) struct PluginDirs {
    /// Folder to search first for plugins; can be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PluginCommand {
    /// List the plugins that are found
    List {
        #[command(flatten)]
        dirs: PluginDirs,
        /// Inspect every file again, quarantined ones too
        #[arg(long)]
        rescan: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a plugin and its parameters
    Show {
        /// Id of the plugin, or path of its file
        id: String,
        #[command(flatten)]
        dirs: PluginDirs,
        /// Print it like the --help of a command, with NNC's type tags
        #[arg(long, conflicts_with = "json")]
        usage: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check whether a plugin follows the rules
    Check(CheckArgs),
    /// Create a crate with a small working detector as a starting point
    New(NewArgs),
    /// Show or change which plugins are trusted
    Trust {
        /// Plugin files to add to the known ones
        files: Vec<PathBuf>,
        /// Remove these files from the known ones instead
        #[arg(long, requires = "files")]
        forget: bool,
        /// Whether all plugins that are not known are refused
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        only_known: Option<bool>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Id of the plugin, or path of its file
    #[arg(required_unless_present = "list")]
    pub(crate) id: Option<String>,
    /// List the cases instead of running them
    #[arg(long)]
    pub(crate) list: bool,
    /// Run only these cases, separated by commas
    #[arg(long, value_name = "CASE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Set a parameter of the plugin, for example one that names its weights
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    /// Model to evaluate, for plugins that do not train
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Time limit of each case
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5m")]
    pub(crate) time_limit: Duration,
    /// Memory limit of each case
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "8G")]
    pub(crate) memory_limit: u64,
    #[command(flatten)]
    pub(crate) dirs: PluginDirs,
    #[command(flatten)]
    pub(crate) weights: WeightsDirs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// New folder for the crate
    pub(crate) dir: PathBuf,
    /// Id of the plugin, for example my-detector
    #[arg(long)]
    pub(crate) name: String,
    /// Name for people [default: made from the id]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Use the nnc-plugin-api in this folder instead of the copy in this program
    #[arg(long, value_name = "DIR")]
    pub(crate) api: Option<PathBuf>,
}

messages! {
    /// What a value has to look like.
    enum Expected {
        YesOrNo => "expected yes or no", "yes か no を指定してください";
    }
}

fn yes_or_no(text: &str) -> Result<bool, Refused> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Refused::new(Expected::YesOrNo)),
    }
}
