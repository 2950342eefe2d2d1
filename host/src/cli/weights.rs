//! What `weights` commands are told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(crate) struct WeightsDirs {
    /// Folder to search for pretrained weights first; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) weights_dir: Vec<PathBuf>,
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
