//! `nnc-host`: runs image anomaly detection the way Neural Network Console does, offline.
//!
//! This crate is the command line and the jobs behind it. It does not know about libtorch, detectors' mathematics or
//! the binary interface of plugins: those live behind `nnc-plugin-api`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod cli;
mod commands;
#[allow(unreachable_pub)]
mod job;
mod language;
mod registry;
mod table;
mod trust;
mod weights;

use std::process::ExitCode;

use cli::{Asked, Command, DatasetCommand, InternalCommand, NnpCommand, PluginCommand, WeightsCommand};
use language::Message;

/// Name and version, as written into models and reports.
pub(crate) const HOST: &str = concat!("nnc-host ", env!("CARGO_PKG_VERSION"));

fn main() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    language::choose(language::asked_for(arguments, |name| std::env::var(name).ok()));
    let command = match cli::parse(language::chosen()).command {
        Asked::User(command) => *command,
        Asked::Internal(InternalCommand::Worker) => return job::worker_main(),
        Asked::Internal(InternalCommand::CheckCase { folder }) => return check::case_main(&folder),
        Asked::Internal(InternalCommand::Inspect { path }) => return registry::inspect_main(&path),
    };
    if only_prints(&command) {
        end_with_the_reader();
    }
    let result = match command {
        Command::Run(args) => commands::jobs::run(&args),
        Command::Train(args) => commands::jobs::train(&args),
        Command::Evaluate(args) => commands::jobs::evaluate(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Jobs(args) => commands::history::run(args),
        Command::Plugin(command) => commands::plugin::run(command),
        Command::Dataset(command) => commands::dataset::run(command),
        Command::Nnp(command) => commands::nnp::run(command),
        Command::Weights(command) => commands::weights::run(command),
        Command::Completions { shell } => commands::help::completions(shell),
        Command::Man { output } => commands::help::man(output.as_deref()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.told {
                let sentence = Message::Error.with(&[&failure]);
                eprintln!("{}", table::folded(&sentence, 2, table::error_width()).join("\n"));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Whether nothing is left to do once the command prints.
fn only_prints(command: &Command) -> bool {
    match command {
        Command::Plugin(command) => matches!(command, PluginCommand::List { .. } | PluginCommand::Show { .. }),
        Command::Weights(command) => !matches!(command, WeightsCommand::Fetch(_)),
        Command::Jobs(_) | Command::Completions { .. } => true,
        Command::Man { output } => output.is_none(),
        Command::Dataset(command) => !matches!(command, DatasetCommand::Create(_)),
        Command::Nnp(command) => matches!(command, NnpCommand::Show { .. }),
        _ => false,
    }
}

/// Lets the program end quietly when nobody reads its output any more, as in `nnc-host plugin list | head -1`. Not for
/// jobs and what writes files, which go on without a reader.
fn end_with_the_reader() {
    // SAFETY: sets a disposition that every process starts with; no handler of ours runs.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
