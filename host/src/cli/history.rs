//! Arguments of `jobs`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SandboxArgs;

#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct JobsArgs {
    /// Folder to search, including its subfolders
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<JobsCommand>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum JobsCommand {
    /// Show the differences between two jobs
    Compare {
        /// Folder of a job
        first: PathBuf,
        /// Folder of another job
        second: PathBuf,
        #[command(flatten)]
        sandbox: SandboxArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
