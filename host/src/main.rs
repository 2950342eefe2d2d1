//! `nnc-host`: runs image anomaly detection the way Neural Network Console does, offline.
//!
//! This crate is the command line (`cli`) and its commands (`commands`); what they do is done by the libraries beside it.
//! Does not know about libtorch, detectors' mathematics or the binary interface of plugins.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod cli;
mod commands;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use cli::{Asked, InternalCommand};
use nnc_console::print_error;
use nnc_messages::{Exit, Failure, Say, messages};

/// Name and version, as written into models and reports.
pub(crate) const HOST: &str = concat!("nnc-host ", env!("CARGO_PKG_VERSION"));

/// How long a failure waits for a reader that takes nothing.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    nnc_sandbox::allow_usual_stack();
    nnc_language::choose(cli::language());
    let ended = match cli::parse(nnc_language::chosen()).command {
        Asked::User(command) => {
            keep_progress();
            commands::run(*command)
        }
        Asked::Internal(InternalCommand::Worker) => return nnc_jobs::worker_main(),
        Asked::Internal(InternalCommand::CheckCase { folder }) => {
            return nnc_plugin_check::case_main(&folder, Say::said, find_weights);
        }
        Asked::Internal(InternalCommand::StudioReader { sandbox }) => {
            return match nnc_sandbox::choose_mode(sandbox.sandbox) {
                Ok(()) => nnc_studio_reader::main(),
                Err(_) => ExitCode::FAILURE,
            };
        }
        Asked::Internal(InternalCommand::StudioSample { folder }) => {
            keep_progress();
            nnc_studio::sample_main(&folder)
        }
        Asked::Internal(InternalCommand::InspectDecoder) => return nnc_inspect_decoder::main(),
        Asked::Internal(InternalCommand::InspectPlugin { path }) => {
            return nnc_registry::inspect_main(&path, Say::said);
        }
    };
    // Whoever failed or was stopped does not wait for a reader that has stopped; its log is in a file.
    let patience = ended.is_err().then_some(PATIENCE);
    let printed = nnc_console::printed(patience);
    let exit =
        match ended.and_then(|()| printed.map_err(|error| Failure::new(Exit::Failed, Ended::NotPrinted { error }))) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                let exit = ExitCode::from(failure.exit as u8);
                if !failure.told {
                    let sentence = Ended::Failed { failure }.said();
                    print_error(table::folded(&sentence, 2, table::error_width()).join("\n"));
                }
                exit
            }
        };
    // What was said about the failure.
    let _ = nnc_console::printed(Some(PATIENCE));
    exit
}

messages! {
    /// How the program ends.
    enum Ended {
        Failed { failure: Failure } => "error: {failure}", "エラー: {failure}";
        NotPrinted { error: std::io::Error } => "cannot write standard output: {error}", "標準出力に書き込めません: {error}";
    }
}

/// Whoever has started this program may want to know how far it is.
fn keep_progress() {
    let file = std::env::var_os("NNC_HOST_PROGRESS").map(|path| nnc_files::open_own(Path::new(&path)));
    if let Some(Ok(file)) = file {
        nnc_console::keep_progress(file);
    }
}

/// The file with the weights `name` in the first of the folders that has it, for the plugin of a check.
fn find_weights(name: &str, folders: &[PathBuf]) -> Result<PathBuf, String> {
    nnc_weights::find(name, Path::new("/"), folders).map_err(|error| error.said())
}
