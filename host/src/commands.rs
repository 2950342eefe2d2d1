//! What the commands do: one module for each family of commands.

mod dataset;
mod help;
mod history;
mod jobs;
mod nnp;
mod plugin;
mod report;
mod weights;

use std::io::{ErrorKind, Write};

use serde::Serialize;

use nnc_messages::Result;

use crate::cli::{Command, DatasetCommand, NnpCommand, PluginCommand, WeightsCommand};

/// Runs the command that a person asked for.
pub(crate) fn run(command: Command) -> Result<()> {
    if only_prints(&command) {
        restore_default_sigpipe();
    }
    match command {
        Command::Run(args) => jobs::run(&args),
        Command::Train(args) => jobs::train(&args),
        Command::Evaluate(args) => jobs::evaluate(&args),
        Command::Report(args) => report::run(&args),
        Command::Jobs(args) => history::run(args),
        Command::Plugin(command) => plugin::run(command),
        Command::Dataset(command) => dataset::run(command),
        Command::Nnp(command) => nnp::run(command),
        Command::Weights(command) => weights::run(command),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { output } => help::man(output.as_deref()),
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

/// Lets the program end quietly when nobody reads its output any more, as in `nnc-host plugin list | head -1`. Rust ignores
/// the signal. Not for jobs and what writes files, which go on without a reader.
fn restore_default_sigpipe() {
    // SAFETY: sets a disposition that every process starts with; no handler of ours runs.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

/// Prints a value as indented JSON.
fn print_json(value: &impl Serialize) -> Result<()> {
    match writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(value)?) {
        // Whoever closed the other end does not want to read on; the job is done all the same.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
