//! `studio`: what the command line does, in a browser.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nnc_files::{exposure, read_text};
use nnc_messages::{At, Doing, Exit, Failure, Result};
use nnc_studio::{Exposed, Options, PassedOn, TOKEN_VARIABLE, is_studio, serve};

use crate::cli::StudioArgs;

/// Where a studio is whose folder nobody has named.
const USUAL_FOLDER: &str = "nnc-studio";
/// Far more than a token has.
const TOKEN_BYTES: u64 = 4096;

/// Serves a folder until it is stopped.
pub(crate) fn run(args: StudioArgs) -> Result<()> {
    let token = token(args.token_file.as_deref())?;
    let limits = args.limits.limits();
    let mut passed_limits = vec![option("stall-limit", format!("{}s", limits.stall.as_secs_f64()))];
    // Only what was asked for: the usual limit follows the memory that there is when a job starts.
    passed_limits
        .extend(args.limits.memory_limit.map(|bytes| option("memory-limit", format!("{}M", bytes as f64 / 1e6))));
    passed_limits.extend(limits.time.map(|time| option("time-limit", format!("{}s", time.as_secs_f64()))));
    serve(Options {
        folder: args.folder.map_or_else(usual_folder, Ok)?,
        address: args.listen,
        port: args.port,
        hosts: args.host,
        token,
        opens_browser: !args.no_open,
        language: nnc_language::chosen(),
        of_jobs: PassedOn {
            plugins: folders("--plugin-dir", &args.plugins.plugin_dir)?,
            weights: folders("--weights-dir", &args.weights.weights_dir)?,
            limits: passed_limits,
            sandbox: vec![option("sandbox", args.sandbox.sandbox.name())],
        },
        max_upload: args.max_upload,
        max_running: args.jobs.into(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The folder of whoever names none: not the one with all of his other things, such as his home, where the studio's folders would stand
/// among them.
fn usual_folder() -> Result<PathBuf> {
    let here = Path::new(".");
    let is_empty = here.read_dir().at(Doing::Read, here)?.next().is_none();
    Ok(if is_empty || is_studio(here) { here.to_owned() } else { PathBuf::from(USUAL_FOLDER) })
}

/// The token that somebody has chosen.
fn token(file: Option<&Path>) -> Result<Option<String>> {
    let text = match file {
        Some(path) => {
            check_own(path)?;
            Some(read_text(path, TOKEN_BYTES).at(Doing::Read, path)?)
        }
        None => std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()),
    };
    Ok(text.map(|text| text.trim().to_owned()))
}

/// Fails where somebody else could choose the token.
fn check_own(path: &Path) -> Result<()> {
    match exposure(path).at(Doing::Read, path)? {
        Some(exposure) => Err(Failure::new(Exit::Usage, Exposed::of(exposure))),
        None => Ok(()),
    }
}

fn option(name: &str, value: impl std::fmt::Display) -> OsString {
    format!("--{name}={value}").into()
}

/// Jobs run in the studio's folder, so what the user named from here is made absolute.
fn folders(name: &str, folders: &[std::path::PathBuf]) -> Result<Vec<OsString>> {
    let mut passed = Vec::new();
    for folder in folders {
        passed.extend([name.into(), std::path::absolute(folder)?.into_os_string()]);
    }
    Ok(passed)
}
