//! What `jobs` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct JobsArgs {
    /// Folder to search, with the folders in it
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<JobsCommand>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum JobsCommand {
    /// Show in what two jobs differ
    #[command(after_help = "Examples:\n  nnc-host jobs compare results/a results/b")]
    Compare {
        /// Folder of a job
        first: PathBuf,
        /// Folder of another job
        second: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
