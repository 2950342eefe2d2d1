//! What `plugin` commands are told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(crate) struct PluginDirs {
    /// Folder to search for plugins first; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Vec<PathBuf>,
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
