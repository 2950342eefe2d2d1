//! `dataset create`, `dataset show` and `dataset check`.

mod check;
mod create;
mod show;

use crate::cli::DatasetCommand;
use nnc_messages::Result;

/// What `--group` says where images that look alike are to be joined.
const LIKENESS: &str = "likeness";

/// Runs a dataset command.
pub(crate) fn run(command: DatasetCommand) -> Result<()> {
    match command {
        DatasetCommand::Create(args) => create::run(&args),
        DatasetCommand::Show(args) => show::run(&args),
        DatasetCommand::Check(args) => check::run(&args),
    }
}
