//! Arguments of `studio`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::limits::size;
use super::{LimitArgs, PluginDirs, SandboxArgs, WeightsDirs};

#[derive(Args, Debug)]
pub(crate) struct StudioArgs {
    /// Folder for datasets, projects and results; made if it is not there [default: this folder if it is a studio's or empty, else
    /// nnc-studio in it]
    pub(crate) folder: Option<PathBuf>,
    /// Port to listen on [default: 4280, or any that is free]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Do not open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Address to listen on; other than 127.0.0.1 it serves other computers, without TLS, and needs a token
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) listen: IpAddr,
    /// Name under which browsers reach the studio through a reverse proxy; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// File with the token that lets in, of at least 16 characters [default: NNC_HOST_STUDIO_TOKEN, or a new one each time]
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Largest file that can be uploaded, for example 800M or 50G
    #[arg(long, value_name = "SIZE", default_value = "64G", value_parser = size)]
    pub(crate) max_upload: u64,
    /// Trainings and evaluations that run at the same time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: u8,
    #[command(flatten)]
    pub(crate) plugins: PluginDirs,
    #[command(flatten)]
    pub(crate) weights: WeightsDirs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
}
