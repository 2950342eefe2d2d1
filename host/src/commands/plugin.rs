//! `plugin` commands; `show` is the parameter dialog.

mod check;
mod new;
mod show;

use std::path::{Path, PathBuf};

use nnc_project_types::PluginReference;
use serde_json::json;

use super::print_json;
use crate::cli::PluginCommand;
use crate::language::{Listed, Message};
use crate::registry::{self, Found};
use crate::table;
use crate::trust::Trust;
use nnc_console::plain;
use nnc_files::sha256_of;
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, Result};

/// Runs a plugin command.
pub(crate) fn run(command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::List { dirs, rescan, json } => list(&dirs.plugin_dir, rescan, json),
        PluginCommand::Show { id, dirs, usage, json } => {
            let (path, manifest) = registry::find(&named(&id)?, &dirs.plugin_dir)?;
            if json {
                return print_json(&show::as_json(&path, &manifest));
            }
            let text = if usage { show::as_usage(&manifest) } else { show::as_text(&path, &manifest) };
            table::print(&text, 0);
            Ok(())
        }
        PluginCommand::Check(args) => check::run(&args),
        PluginCommand::New(args) => new::run(&args),
        PluginCommand::Trust { files, forget, only_known, json } => trust(&files, forget, only_known, json),
    }
}

/// The plugin that the command line means; a path is relative to where the user is.
fn named(plugin: &str) -> Result<PluginReference> {
    Ok(PluginReference::parse(plugin, &std::env::current_dir()?))
}

fn list(dirs: &[PathBuf], rescan: bool, as_json: bool) -> Result<()> {
    let found = registry::list(dirs, rescan)?;
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|f| match &f.manifest {
                Ok(manifest) => json!({"path": f.path, "manifest": manifest, "hidden_by": f.hidden_by}),
                Err(refusal) => json!({"path": f.path, "error": refusal.reason, "quarantined": refusal.quarantined}),
            })
            .collect();
        return print_json(&rows);
    }
    if found.is_empty() {
        println!("{}", Message::NoPlugins.with(&[]));
        for folder in registry::folders(dirs) {
            println!("  {}", folder.display());
        }
    }
    for plugin in &found {
        table::print(&row(plugin), 2);
    }
    Ok(())
}

fn row(plugin: &Found) -> String {
    let path = plugin.path.display();
    match &plugin.manifest {
        Ok(m) => {
            let hidden = plugin.hidden().unwrap_or_default();
            format!("{:<12} {:<8} {} ({path}){hidden}", m.id, plain(&m.version), plain(&m.title))
        }
        Err(refusal) => format!("{:<12} {:<8} {path}: {}", "-", "-", plain(&refusal.reason)),
    }
}

fn trust(files: &[PathBuf], forget: bool, only_known: Option<bool>, as_json: bool) -> Result<()> {
    let mut trust = Trust::open()?;
    for file in files {
        let path = std::path::absolute(file)?;
        if forget {
            // By its path too: the file may have changed or be gone.
            let hash = sha256_of(&path).ok();
            let before = trust.known.len();
            trust.known.retain(|known, at| Some(known) != hash.as_ref() && *at != path);
            if trust.known.len() == before {
                return Err(Failure::new(Exit::Usage, Listed::NotKnown.with(&[&path.display()])));
            }
        } else {
            let hash = sha256_of(&path).at(Doing::Read, &path)?;
            trust.known.insert(hash, path);
        }
    }
    trust.only_known = only_known.unwrap_or(trust.only_known);
    if !files.is_empty() || only_known.is_some() {
        trust.save()?;
    }
    if as_json {
        return print_json(&trust);
    }
    let rule = if trust.only_known { Listed::OnlyKnown } else { Listed::EveryPlugin };
    println!("{}", rule.with(&[&Trust::path()?.display()]));
    for (hash, path) in &trust.known {
        println!("{hash}  {}", describe(path));
    }
    Ok(())
}

fn describe(path: &Path) -> String {
    if path.is_file() { path.display().to_string() } else { Listed::Gone.with(&[&path.display()]) }
}
