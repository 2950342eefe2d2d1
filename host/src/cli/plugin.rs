//! What `plugin` commands are told.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::WeightsDirs;

#[derive(Args, Debug)]
pub(crate) struct PluginDirs {
    /// Folder to search for plugins first; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PluginCommand {
    /// List the plugins that can be found
    #[command(after_help = "Examples:\n  nnc-host plugin list\n  nnc-host plugin list --plugin-dir build --json")]
    List {
        #[command(flatten)]
        dirs: PluginDirs,
        /// Look into every file again, those in quarantine too
        #[arg(long)]
        rescan: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a plugin with its parameters
    #[command(after_help = "Examples:\n  nnc-host plugin show padim\n  nnc-host plugin show ./libnnc_plugin_mine.so")]
    Show {
        /// Id of the plugin, or path of its file
        id: String,
        #[command(flatten)]
        dirs: PluginDirs,
        /// Print it in the manner of a command's --help, with NNC's type tags
        #[arg(long, conflicts_with = "json")]
        usage: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check whether a plugin keeps the rules
    #[command(after_help = "Examples:\n  nnc-host plugin check padim\n  nnc-host plugin check ./libnnc_plugin_mine.so")]
    Check(CheckArgs),
    /// Write a crate with a small working detector to start from
    #[command(after_help = "Examples:\n  nnc-host plugin new mine --name my-detector")]
    New(NewArgs),
    /// Show or change which plugins are trusted
    #[command(
        after_help = "Examples:\n  nnc-host plugin trust libnnc_plugin_mine.so\n  nnc-host plugin trust --only-known yes"
    )]
    Trust {
        /// Files of plugins that become known
        files: Vec<PathBuf>,
        /// Forget these files instead
        #[arg(long, requires = "files")]
        forget: bool,
        /// Whether every plugin that is not known is refused
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
    /// Time for each case
    #[arg(long, value_name = "TIME", value_parser = super::duration, default_value = "5m")]
    pub(crate) time_limit: Duration,
    /// Memory for each case
    #[arg(long, value_name = "SIZE", value_parser = super::size, default_value = "8G")]
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
    /// Name for people; made from the id unless given
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Use the nnc-plugin-api in this folder instead of a copy of this program's own
    #[arg(long, value_name = "DIR")]
    pub(crate) api: Option<PathBuf>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected yes or no".to_owned()),
    }
}
