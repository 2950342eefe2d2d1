//! `dataset check`.

use std::path::Path;

use nnc_dataset::{CheckOptions, Dataset};
use serde_json::json;

use super::print_json;
use crate::cli::DatasetCommand;
use crate::console::{Console, LogTo};
use crate::failure::{Exit, Failure, OrExit, Result};

/// Runs a data set command.
pub(crate) fn run(command: DatasetCommand) -> Result<()> {
    match command {
        DatasetCommand::Check { csv, size, channels, variable, json } => {
            let shapes = match (size, channels) {
                (Some(size), Some(channels)) => vec![(variable.clone(), shape(&size, channels.into())?)],
                _ => Vec::new(),
            };
            check(&csv, &variable, shapes, json)
        }
    }
}

fn shape(size: &str, channels: usize) -> Result<Vec<usize>> {
    let sides = size.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok(vec![channels, height, width]),
        _ => Err(Failure::new(Exit::Usage, format!("--size is {size:?}, expected WIDTHxHEIGHT, for example 224x224"))),
    }
}

fn check(csv: &Path, variable: &str, shapes: Vec<(String, Vec<usize>)>, as_json: bool) -> Result<()> {
    let dataset = Dataset::open(csv).or_exit(Exit::Dataset)?;
    dataset.variable(variable).or_exit(Exit::Dataset)?;
    let console = Console::new(if as_json { LogTo::Stderr } else { LogTo::Stdout });
    let total = dataset.len() as u64;
    let problems = dataset.check(&CheckOptions { shapes, threads: 0 }, &|done| console.progress(done as u64, total));
    console.clear_bar();
    if as_json {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        print_json(&json!({
            "dataset": dataset.path(),
            "rows": dataset.len(),
            "header": dataset.header(),
            "warnings": dataset.warnings(),
            "problems": problems,
        }))?;
    } else {
        for warning in dataset.warnings() {
            println!("warning: {warning}");
        }
        for problem in &problems {
            println!("{problem}");
        }
    }
    if problems.is_empty() {
        if !as_json {
            println!("{}: {} rows, no problem found", dataset.path().display(), dataset.len());
        }
        return Ok(());
    }
    Err(Failure::new(
        Exit::Dataset,
        format!(
            "{}: {} problem{} in {} rows",
            dataset.path().display(),
            problems.len(),
            if problems.len() == 1 { "" } else { "s" },
            dataset.len()
        ),
    ))
}
