//! `nnp` commands.

mod messages;
mod run;
mod show;
mod unpack;

use std::path::Path;

use crate::cli::NnpCommand;
use messages::NnpFailure;
use nnc_messages::{Exit, Failure, Result};

/// Runs an NNP command.
pub(crate) fn run(command: NnpCommand) -> Result<()> {
    match command {
        NnpCommand::Run(args) => existing(&args.file).and_then(|_| run::run(&args)),
        NnpCommand::Show { file, json } => show::run(existing(&file)?, json),
        NnpCommand::Unpack { file, dir, npy, json } => unpack::run(existing(&file)?, &dir, npy, json),
    }
}

/// The model, if it is there.
fn existing(file: &Path) -> Result<&Path> {
    match file.is_file() {
        true => Ok(file),
        false => Err(Failure::new(Exit::Usage, NnpFailure::NoModel { path: file.to_owned() })),
    }
}
