//! `weights list`, `weights fetch` and `weights verify`.

use std::path::PathBuf;
use std::time::Duration;

use nnc_language::Language;
use nnc_plugin_api::nearest;
use serde_json::json;

use super::print_json;
use crate::cli::{FetchArgs, WeightsCommand};
use crate::language::{Listed, Message};
use crate::table::{self, padded};
use crate::weights::{self, Hash, KNOWN, Options, Size, Weights};
use nnc_console::{Console, LogTo, Unit};
use nnc_messages::{Exit, Failure, Result};

/// Runs a weights command.
pub(crate) fn run(command: WeightsCommand) -> Result<()> {
    match command {
        WeightsCommand::List { dirs, json } => list(&weights::folders(&dirs.weights_dir), json),
        WeightsCommand::Fetch(args) => fetch(&args, &weights::folders(&args.dirs.weights_dir)),
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
                let (Size::Exact(bytes) | Size::About(bytes)) = w.size;
                let sha256 = if let Hash::Full(hash) = w.hash { Some(hash) } else { None };
                json!({
                    "name": w.name, "file": w.file, "bytes": bytes, "exact": matches!(w.size, Size::Exact(_)),
                    "sha256": sha256, "licence": w.licence.of(Language::English),
                    "description": w.description.of(Language::English),
                    "source": w.source.of(Language::English), "path": place(w, folders),
                })
            })
            .collect();
        return print_json(&rows);
    }
    for w in KNOWN {
        let place = place(w, folders)
            .map_or_else(|| Message::NotHere.with(&[&w.name, &w.file]), |path| path.display().to_string());
        table::print(&format!("{:<20} {}  {}", w.name, padded(&w.size.to_string(), 12), w.description), 21);
        table::print(&format!("{:<20} {}", "", Listed::LicenceFrom.with(&[&w.licence, &w.source])), 0);
        table::print(&format!("{:<20} {place}", ""), 0);
    }
    Ok(())
}

fn fetch(args: &FetchArgs, folders: &[PathBuf]) -> Result<()> {
    let weights = weights::known(&args.name).ok_or_else(|| {
        let names = || KNOWN.iter().map(|w| w.name);
        let hint = nearest(&args.name, names()).map_or_else(
            || Listed::KnownAre.with(&[&names().collect::<Vec<_>>().join(", ")]),
            |near| Message::DidYouMean.with(&[&near]),
        );
        Failure::new(Exit::Usage, Listed::NoModel.with(&[&args.name, &hint]))
    })?;
    let folder = folders.first().ok_or_else(|| Failure::new(Exit::Usage, Listed::NoCache.with(&[])))?;
    println!("{}: {}, {}", weights.name, weights.description, weights.size);
    println!("{}", Listed::LicenceFrom.with(&[&weights.licence, &weights.source]));
    let mirror = std::env::var("NNC_HOST_WEIGHTS_MIRROR").ok().filter(|mirror| !mirror.is_empty());
    let options = Options {
        address: args.url.clone(),
        mirror: mirror.map(|mirror| format!("{}/{}", mirror.trim_end_matches('/'), weights.file)),
        silence: Duration::from_secs(args.timeout),
        retries: args.retries,
    };
    let path = weights::fetch(weights, folder, &options)?;
    println!("{}", Message::Verified.with(&[&path.display()]));
    Ok(())
}

fn verify(folders: &[PathBuf]) -> Result<()> {
    let console = Console::new(LogTo::Stdout);
    let hashing = |done, total| console.progress(&Message::Hashing.with(&[]), Unit::Bytes, done, total);
    let mut damaged = 0;
    for weights in KNOWN {
        let Some(path) = place(weights, folders) else {
            println!("{}", Message::NotOnThisMachine.with(&[&weights.name]));
            continue;
        };
        let verified = weights::verify(weights, &path, &hashing);
        console.clear_bar();
        match verified {
            Ok(verified) if verified.is_known => {
                println!("{}", Message::Intact.with(&[&weights.name, &path.display()]))
            }
            Ok(verified) => {
                println!("{}", Listed::OnlyNoted.with(&[&weights.name, &path.display(), &verified.sha256]))
            }
            Err(reason) => {
                damaged += 1;
                println!("{}: {reason}", weights.name);
            }
        }
    }
    if damaged > 0 {
        return Err(Failure::new(Exit::Failed, Message::WeightsDamaged.with(&[&damaged])));
    }
    Ok(())
}
