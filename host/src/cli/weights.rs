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
    #[command(after_help = "Examples:\n  nnc-host weights list")]
    List {
        #[command(flatten)]
        dirs: WeightsDirs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a backbone into the first weights folder
    #[command(after_help = "Examples:\n  nnc-host weights fetch efficientnet_lite0")]
    Fetch(FetchArgs),
    /// Compare the backbones on this machine with their known hashes
    #[command(after_help = "Examples:\n  nnc-host weights verify")]
    Verify {
        #[command(flatten)]
        dirs: WeightsDirs,
    },
}

#[derive(Args, Debug)]
pub(crate) struct FetchArgs {
    /// Name of the backbone
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) dirs: WeightsDirs,
    /// Take the file from this address in place of its usual one; NNC_HOST_WEIGHTS_MIRROR names a folder with all of them
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Give a server up after so many seconds without a byte
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: u64,
    /// Tries after the first, with longer and longer pauses
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=20))]
    pub(crate) retries: u32,
}
