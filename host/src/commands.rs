//! One module for each family of commands.

pub(crate) mod dataset;
pub(crate) mod jobs;
pub(crate) mod plugin;
pub(crate) mod weights;

use serde::Serialize;

use crate::failure::Result;

/// Prints a value as indented JSON.
fn print_json(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
