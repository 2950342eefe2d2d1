//! What the command line says about a studio.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use nnc_messages::Language;

/// How a studio is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder with datasets, projects and results.
    pub folder: PathBuf,
    /// Where it listens.
    pub address: IpAddr,
    /// The port; the usual one, or any that is free, without it.
    pub port: Option<u16>,
    /// Other names under which browsers reach it, behind a reverse proxy.
    pub hosts: Vec<String>,
    /// The token that lets in; a new one without it.
    pub token: Option<String>,
    /// Whether a browser is opened.
    pub opens_browser: bool,
    /// The language of whoever asks for none.
    pub language: Language,
    /// What the commands that it starts get to know besides: where plugins and weights are, limits, confinement.
    pub of_jobs: PassedOn,
    /// The most bytes of one uploaded file.
    pub max_upload: u64,
    /// Jobs that compute at the same time.
    pub max_running: usize,
    /// Name and version of the program.
    pub version: &'static str,
}

/// Options that the command line of a studio passes on to commands.
#[derive(Debug, Clone, Default)]
pub struct PassedOn {
    /// `--plugin-dir`, for whatever opens plugins.
    pub plugins: Vec<OsString>,
    /// `--weights-dir`, for whatever needs backbones.
    pub weights: Vec<OsString>,
    /// `--memory-limit` and the like, for jobs.
    pub limits: Vec<OsString>,
    /// `--sandbox`, for whatever confines.
    pub sandbox: Vec<OsString>,
}
