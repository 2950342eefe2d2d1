//! Arguments of the `plugin` commands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use nnc_messages::messages;

use super::limits::{duration, size};
use super::refused::Refused;
use super::{SandboxArgs, WeightsDirs};

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
        #[command(flatten)]
        sandbox: SandboxArgs,
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
        #[command(flatten)]
        sandbox: SandboxArgs,
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
    Trust(TrustArgs),
}

#[derive(Args, Debug)]
pub(crate) struct TrustArgs {
    /// Plugin files to add to the known ones
    pub(crate) files: Vec<PathBuf>,
    /// Remove these files or keys instead
    #[arg(long)]
    pub(crate) forget: bool,
    /// Grant the files what plugins may not use otherwise; can be given several times
    #[arg(long, value_name = "network|read=DIR|write=DIR", value_parser = grant, requires = "files", conflicts_with = "forget")]
    pub(crate) allow: Vec<Grant>,
    /// Trust what is signed with this public key of minisign, or the one in this file; can be given several times
    #[arg(long, value_name = "KEY|FILE")]
    pub(crate) key: Vec<String>,
    /// Name of the owner of the key
    #[arg(long, requires = "key", conflicts_with = "forget")]
    pub(crate) name: Option<String>,
    /// Whether all plugins that are neither known nor signed are refused
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    pub(crate) only_known: Option<bool>,
    /// List what is trusted, which happens anyway
    #[arg(long)]
    pub(crate) list: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Something that a plugin is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grant {
    Network,
    Read(PathBuf),
    Write(PathBuf),
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
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
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
        Grant => "expected network, read=DIR or write=DIR", "network、read=フォルダー、write=フォルダー のいずれかを指定してください";
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

fn grant(text: &str) -> Result<Grant, Refused> {
    match text.split_once('=') {
        Some(("read", folder)) if !folder.is_empty() => Ok(Grant::Read(folder.into())),
        Some(("write", folder)) if !folder.is_empty() => Ok(Grant::Write(folder.into())),
        None if text == "network" => Ok(Grant::Network),
        _ => Err(Refused::new(Expected::Grant)),
    }
}
