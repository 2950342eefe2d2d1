//! What the commands do: one module for each family of commands.

mod confined;
mod dataset;
mod folds;
mod help;
mod history;
mod inspect;
mod jobs;
mod nnp;
mod pair;
mod plugin;
mod report;
mod studio;
mod weights;

use serde::Serialize;

use nnc_console::print_exactly;
use nnc_messages::Result;
use nnc_sandbox::SandboxMode;

use crate::cli::{Command, DatasetCommand, JobsCommand, NnpCommand, PluginCommand, WeightsCommand};

/// Runs the command that a person asked for.
pub(crate) fn run(command: Command) -> Result<()> {
    if only_prints(&command) {
        restore_default_sigpipe();
    }
    nnc_sandbox::choose_mode(mode(&command))?;
    match command {
        Command::Run(args) => jobs::run(&args),
        Command::Train(args) => jobs::train(&args),
        Command::Evaluate(args) => match args.folds {
            Some(folds) => folds::run(&args, usize::from(folds)),
            None => jobs::evaluate(&args),
        },
        Command::Report(args) => report::run(&args),
        Command::Jobs(args) => history::run(args),
        Command::Inspect(args) => inspect::run(*args),
        Command::Studio(args) => studio::run(*args),
        Command::Plugin(command) => plugin::run(command),
        Command::Dataset(command) => dataset::run(command),
        Command::Nnp(command) => nnp::run(command),
        Command::Weights(command) => weights::run(command),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { output } => help::man(output.as_deref()),
    }
}

/// How much confinement the command line demands; as much as there is where it has no say.
fn mode(command: &Command) -> SandboxMode {
    let args = match command {
        Command::Run(args) => &args.job.sandbox,
        Command::Train(args) => &args.sandbox,
        Command::Evaluate(args) => &args.job.sandbox,
        Command::Nnp(NnpCommand::Run(args)) => &args.sandbox,
        Command::Plugin(PluginCommand::Check(args)) => &args.sandbox,
        Command::Plugin(PluginCommand::List { sandbox, .. } | PluginCommand::Show { sandbox, .. }) => sandbox,
        Command::Report(args) => &args.sandbox,
        Command::Jobs(args) => match &args.command {
            Some(JobsCommand::Compare { sandbox, .. }) => sandbox,
            None => &args.sandbox,
        },
        Command::Inspect(args) => &args.sandbox,
        Command::Studio(args) => &args.sandbox,
        Command::Dataset(DatasetCommand::Create(args)) => &args.sandbox,
        Command::Dataset(DatasetCommand::Show(args)) => &args.sandbox,
        Command::Dataset(DatasetCommand::Check(args)) => &args.sandbox,
        Command::Nnp(
            NnpCommand::Convert { sandbox, .. } | NnpCommand::Show { sandbox, .. } | NnpCommand::Unpack { sandbox, .. },
        ) => sandbox,
        _ => return SandboxMode::Auto,
    };
    args.sandbox
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
    let mut json = nnc_text::json::to_vec_pretty(value)?;
    json.push(b'\n');
    print_exactly(&json);
    Ok(())
}
