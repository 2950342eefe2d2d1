//! One module for each family of commands.

pub(crate) mod dataset;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod nnp;
pub(crate) mod plugin;
pub(crate) mod report;
pub(crate) mod weights;

use std::io::{ErrorKind, Write};

use serde::Serialize;

use nnc_messages::Result;

/// Prints a value as indented JSON.
fn print_json(value: &impl Serialize) -> Result<()> {
    match writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(value)?) {
        // Whoever closed the other end does not want to read on; the job is done all the same.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
