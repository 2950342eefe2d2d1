//! `plugin` commands; `show` is the parameter dialog.

mod check;
mod new;
mod show;
mod trust;

use std::path::PathBuf;

use nnc_project_types::PluginReference;
use serde_json::json;

use super::print_json;
use crate::cli::PluginCommand;
use crate::table;
use nnc_console::print_line;
use nnc_messages::{Result, Say, messages, plain};
use nnc_registry::{Found, Trust};
use nnc_text::PathText;

messages! {
    /// What lists of plugins say.
    enum PluginMessage {
        NoneFound => "no plugin found in:", "次のフォルダーにプラグインがありません:";
    }
}

/// Runs a plugin command.
pub(crate) fn run(command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::List { dirs, rescan, json, .. } => list(&dirs.plugin_dir, rescan, json),
        PluginCommand::Show { id, dirs, usage, json, .. } => {
            let (path, manifest) = nnc_registry::find(&named(&id)?, &dirs.plugin_dir)?;
            let allowed = Trust::open()?.check(&path)?;
            if json {
                return print_json(&show::as_json(&path, &manifest, &allowed));
            }
            let text = if usage { show::as_usage(&manifest) } else { show::as_text(&path, &manifest, &allowed) };
            table::print(&text, 0);
            Ok(())
        }
        PluginCommand::Check(args) => check::run(&args),
        PluginCommand::New(args) => new::run(&args),
        PluginCommand::Trust(args) => trust::run(&args),
    }
}

/// The plugin that the command line means; a path is relative to where the user is.
fn named(plugin: &str) -> Result<PluginReference> {
    Ok(PluginReference::parse(plugin, &std::env::current_dir()?))
}

fn list(dirs: &[PathBuf], rescan: bool, as_json: bool) -> Result<()> {
    let found = nnc_registry::list(dirs, rescan)?;
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|f| match &f.manifest {
                Ok(manifest) => json!({
                    "path": PathText(&f.path),
                    "manifest": manifest,
                    "hidden_by": f.hidden_by.as_deref().map(PathText),
                }),
                Err(refusal) => {
                    json!({
                        "path": PathText(&f.path),
                        "error": refusal.said(),
                        "quarantined": refusal.is_quarantined(),
                    })
                }
            })
            .collect();
        return print_json(&rows);
    }
    if found.is_empty() {
        print_line(PluginMessage::NoneFound.said());
        for folder in nnc_registry::folders(dirs) {
            print_line(format!("  {}", folder.said()));
        }
    }
    for plugin in &found {
        table::print(&row(plugin), 2);
    }
    Ok(())
}

fn row(plugin: &Found) -> String {
    let path = plugin.path.said();
    match &plugin.manifest {
        Ok(m) => {
            let hidden = plugin.hidden().said();
            format!("{:<12} {:<8} {} ({path}){hidden}", m.id, plain(&m.version), plain(&m.title))
        }
        Err(refusal) => format!("{:<12} {:<8} {path}: {}", "-", "-", refusal.said()),
    }
}
