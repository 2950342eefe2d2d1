//! `weights list`, `weights fetch` and `weights verify`.

use std::path::PathBuf;

use nnc_plugin_api::nearest;
use serde_json::json;

use super::print_json;
use crate::cli::WeightsCommand;
use crate::failure::{Exit, Failure, Result};
use crate::weights::{self, KNOWN, Weights};

/// Runs a weights command.
pub(crate) fn run(command: WeightsCommand) -> Result<()> {
    match command {
        WeightsCommand::List { dirs, json } => list(&weights::folders(&dirs.weights_dir), json),
        WeightsCommand::Fetch { name, dirs } => fetch(&name, &weights::folders(&dirs.weights_dir)),
        WeightsCommand::Verify { dirs } => verify(&weights::folders(&dirs.weights_dir)),
    }
}

fn place(weights: &Weights, folders: &[PathBuf]) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(weights.file)).find(|path| path.is_file())
}

fn list(folders: &[PathBuf], as_json: bool) -> Result<()> {
    if as_json {
        let rows: Vec<_> = KNOWN
            .iter()
            .map(|w| {
                json!({
                    "name": w.name, "file": w.file, "bytes": w.bytes, "sha256": w.sha256, "licence": w.licence,
                    "description": w.description, "path": place(w, folders),
                })
            })
            .collect();
        return print_json(&rows);
    }
    for w in KNOWN {
        let place = place(w, folders).map_or_else(
            || format!("not here; run `nnc-host weights fetch {}`", w.name),
            |path| path.display().to_string(),
        );
        println!(
            "{:<20} {:>6.1} MB  {:<12} {}\n{:<20} {place}",
            w.name,
            w.bytes as f64 / 1e6,
            w.licence,
            w.description,
            ""
        );
    }
    Ok(())
}

fn fetch(name: &str, folders: &[PathBuf]) -> Result<()> {
    let weights = weights::known(name).ok_or_else(|| {
        let names = || KNOWN.iter().map(|w| w.name);
        let hint = nearest(name, names()).map_or_else(
            || format!("known are {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::new(Exit::Usage, format!("there is no model called `{name}`; {hint}"))
    })?;
    let folder = folders.first().ok_or_else(|| {
        Failure::new(Exit::Usage, "there is no home folder for a cache; name a folder with --weights-dir")
    })?;
    println!(
        "{}: {}, licence {}, {:.1} MB",
        weights.name,
        weights.description,
        weights.licence,
        weights.bytes as f64 / 1e6
    );
    let path = weights::fetch(weights, folder)?;
    println!("{}: verified", path.display());
    Ok(())
}

fn verify(folders: &[PathBuf]) -> Result<()> {
    let mut damaged = 0;
    for weights in KNOWN {
        match place(weights, folders) {
            None => println!("{}: not on this machine", weights.name),
            Some(path) => match weights::verify(weights, &path) {
                Ok(_) => println!("{}: intact ({})", weights.name, path.display()),
                Err(reason) => {
                    damaged += 1;
                    println!("{}: {reason}", weights.name);
                }
            },
        }
    }
    if damaged > 0 {
        return Err(Failure::new(Exit::Failed, format!("{damaged} weights files are damaged")));
    }
    Ok(())
}
