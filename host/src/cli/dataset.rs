//! What `dataset` commands are told.

use std::path::PathBuf;

use clap::Subcommand;

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
