//! Arguments of the `weights` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(crate) struct WeightsDirs {
    /// Folder to search first for pretrained weights; can be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) weights_dir: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum WeightsCommand {
    /// List the known backbones and where they are
    List {
        #[command(flatten)]
        dirs: WeightsDirs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a backbone into the first weights folder
    Fetch(FetchArgs),
    /// Compare the backbones on this machine with their known hashes
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
    /// Fetch the file from this address instead of the usual one; NNC_HOST_WEIGHTS_MIRROR names a folder with all files
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Allow an address without encryption; anybody on the way could send another file
    #[arg(long)]
    pub(crate) allow_http: bool,
    /// Abort after this many seconds without data, or with less than 1,000 bytes a second over them
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: u64,
    /// Retries after the first attempt, all of them together, with increasing pauses
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=20))]
    pub(crate) retries: u32,
}
