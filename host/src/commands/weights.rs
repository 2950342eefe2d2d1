//! `weights list`, `weights fetch` and `weights verify`.

mod bar;
mod messages;

use std::path::PathBuf;
use std::time::Duration;

use nnc_console::{Console, LogTo, Unit, print_line};
use nnc_messages::{Exit, Failure, Language, Result, Said, Say};
use nnc_text::PathText;
use nnc_weights::{FetchOptions, Hash, KNOWN, Proof, Size, in_folders};
use serde_json::json;

use super::print_json;
use crate::cli::{FetchArgs, WeightsCommand};
use crate::table::{self, padded};
use bar::Bar;
use messages::{ProofText, WeightsText};

/// Cells of the column with the names.
const NAMES: usize = 20;

/// Runs a weights command.
pub(crate) fn run(command: WeightsCommand) -> Result<()> {
    match command {
        WeightsCommand::List { dirs, json: true } => list_as_json(&nnc_weights::folders(&dirs.weights_dir)),
        WeightsCommand::List { dirs, json: false } => {
            list(&nnc_weights::folders(&dirs.weights_dir));
            Ok(())
        }
        WeightsCommand::Fetch(args) => fetch(&args, &nnc_weights::folders(&args.dirs.weights_dir)),
        WeightsCommand::Verify { dirs } => verify(&nnc_weights::folders(&dirs.weights_dir)),
    }
}

/// What programs read is the same in every language.
fn list_as_json(folders: &[PathBuf]) -> Result<()> {
    let english = |said: &dyn Say| Said(&said, Language::English).to_string();
    let rows: Vec<_> = KNOWN
        .iter()
        .map(|weights| {
            let (Size::Exact(bytes) | Size::About(bytes)) = weights.size;
            let sha256 = if let Hash::Full(hash) = weights.hash { Some(hash) } else { None };
            json!({
                "name": weights.name, "file": weights.file,
                "bytes": bytes, "exact": matches!(weights.size, Size::Exact(_)), "sha256": sha256,
                "licence": english(&weights.licence), "description": english(&weights.description),
                "source": english(&weights.source), "path": in_folders(weights, folders).as_deref().map(PathText),
            })
        })
        .collect();
    print_json(&rows)
}

fn list(folders: &[PathBuf]) {
    for weights in KNOWN {
        let place = match in_folders(weights, folders) {
            Some(path) => path.display().to_string(),
            None => WeightsText::NotHere { name: weights.name, file: weights.file }.said(),
        };
        let size = padded(&weights.size.said(), 12);
        table::print(&format!("{:<NAMES$} {size}  {}", weights.name, weights.description.said()), NAMES + 1);
        let origin = WeightsText::LicenceFrom { licence: weights.licence, source: weights.source };
        table::print(&format!("{:<NAMES$} {}", "", origin.said()), 0);
        table::print(&format!("{:<NAMES$} {place}", ""), 0);
    }
}

fn fetch(args: &FetchArgs, folders: &[PathBuf]) -> Result<()> {
    let weights = nnc_weights::named(&args.name)?;
    let folder = folders.first().ok_or_else(|| Failure::new(Exit::Usage, WeightsText::NoCacheFolder))?;
    print_line(format!("{}: {}, {}", weights.name, weights.description.said(), weights.size.said()));
    print_line(WeightsText::LicenceFrom { licence: weights.licence, source: weights.source }.said());
    let mirror = std::env::var("NNC_HOST_WEIGHTS_MIRROR").ok().filter(|mirror| !mirror.is_empty());
    let options = FetchOptions {
        address: args.url.clone(),
        mirror: mirror.map(|mirror| format!("{}/{}", mirror.trim_end_matches('/'), weights.file)),
        allow_http: args.allow_http,
        silence: Duration::from_secs(args.timeout),
        retries: args.retries,
        user_agent: crate::HOST,
    };
    let bar = Bar::new(weights.name);
    let fetched = nnc_weights::fetch(weights, folder, &options, &bar);
    bar.clear();
    let fetched = fetched?;
    print_line(WeightsText::Fetched { path: fetched.path, proof: ProofText::from(fetched.proof) }.said());
    Ok(())
}

fn verify(folders: &[PathBuf]) -> Result<()> {
    let console = Console::new(LogTo::Stdout);
    let hashing = |done, total| console.progress(&WeightsText::Hashing.said(), Unit::Bytes, done, total);
    let mut damaged = 0;
    for weights in KNOWN {
        let name = weights.name;
        let Some(path) = in_folders(weights, folders) else {
            print_line(WeightsText::NotOnThisMachine { name }.said());
            continue;
        };
        let verified = nnc_weights::verify(weights, &path, &hashing);
        console.clear_bar();
        match verified {
            Ok(verified) if verified.proof == Proof::Published => {
                print_line(WeightsText::Intact { name, path }.said());
            }
            Ok(verified) if verified.proof == Proof::Noted => {
                print_line(WeightsText::Unchanged { name, path }.said());
            }
            Ok(verified) => {
                print_line(WeightsText::NothingToCompare { name, path, sha256: verified.sha256 }.said());
            }
            Err(error) => {
                damaged += 1;
                print_line(format!("{name}: {}", error.said()));
            }
        }
    }
    match damaged {
        0 => Ok(()),
        1 => Err(Failure::new(Exit::Failed, WeightsText::OneDamaged)),
        count => Err(Failure::new(Exit::Failed, WeightsText::Damaged { count })),
    }
}
