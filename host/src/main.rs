//! `nnc-host`: runs image anomaly detection the way Neural Network Console does, offline.
//!
//! This crate is the command line (`cli`) and its commands (`commands`); what they do is done by the libraries beside it.
//! Does not know about libtorch, detectors' mathematics or the binary interface of plugins.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cli;
mod commands;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cli::{Asked, InternalCommand};
use nnc_messages::{Failure, Say, messages};

/// Name and version, as written into models and reports.
pub(crate) const HOST: &str = concat!("nnc-host ", env!("CARGO_PKG_VERSION"));

fn main() -> ExitCode {
    nnc_language::choose(cli::language());
    let ended = match cli::parse(nnc_language::chosen()).command {
        Asked::User(command) => commands::run(*command),
        Asked::Internal(InternalCommand::Worker) => return nnc_jobs::worker_main(),
        Asked::Internal(InternalCommand::CheckCase { folder }) => {
            return nnc_plugin_check::case_main(&folder, Say::said, find_weights);
        }
        Asked::Internal(InternalCommand::Inspect { path }) => return nnc_registry::inspect_main(&path, Say::said),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let exit = ExitCode::from(failure.exit as u8);
            if !failure.told {
                let sentence = Ended::Failed { failure }.said();
                eprintln!("{}", table::folded(&sentence, 2, table::error_width()).join("\n"));
            }
            exit
        }
    }
}

messages! {
    /// How the program ends.
    enum Ended {
        Failed { failure: Failure } => "error: {failure}", "エラー: {failure}";
    }
}

/// The file with the weights `name` in the first of the folders that has it, for the plugin of a check.
fn find_weights(name: &str, folders: &[PathBuf]) -> Result<PathBuf, String> {
    nnc_weights::find(name, Path::new("/"), folders).map_err(|error| error.said())
}
