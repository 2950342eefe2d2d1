//! `plugin` commands; `show` is the parameter dialog.

mod check;
mod new;
mod show;

use std::path::{Path, PathBuf};

use nnc_project_types::PluginReference;
use serde_json::json;

use super::print_json;
use crate::cli::PluginCommand;
use crate::table;
use nnc_console::plain;
use nnc_messages::{At, Doing, Exit, Failure, Result, Say, messages};
use nnc_registry::{Found, Trust};

messages! {
    /// What lists of plugins say.
    enum PluginMessage {
        NoneFound => "no plugin found in:", "次のフォルダーにプラグインがありません:";
        OnlyKnown { trust_file: PathBuf } => "only these plugins are allowed ({trust_file})", "次のプラグインだけを許可します（{trust_file}）";
        EveryPlugin { trust_file: PathBuf } => "every plugin is allowed ({trust_file})", "すべてのプラグインを許可します（{trust_file}）";
        Gone { file: PathBuf } => "{file} (gone)", "{file}（見つかりません）";
        NotKnown { file: PathBuf } => "{file} is not a known plugin; `nnc-host plugin trust` lists those that are",
            "{file} は登録されたプラグインではありません。`nnc-host plugin trust` で一覧を表示できます";
    }
}

/// Runs a plugin command.
pub(crate) fn run(command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::List { dirs, rescan, json } => list(&dirs.plugin_dir, rescan, json),
        PluginCommand::Show { id, dirs, usage, json } => {
            let (path, manifest) = nnc_registry::find(&named(&id)?, &dirs.plugin_dir)?;
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
    let found = nnc_registry::list(dirs, rescan)?;
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|f| match &f.manifest {
                Ok(manifest) => json!({"path": f.path, "manifest": manifest, "hidden_by": f.hidden_by}),
                Err(refusal) => {
                    json!({"path": f.path, "error": refusal.said(), "quarantined": refusal.is_quarantined()})
                }
            })
            .collect();
        return print_json(&rows);
    }
    if found.is_empty() {
        println!("{}", PluginMessage::NoneFound.said());
        for folder in nnc_registry::folders(dirs) {
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
            let hidden = plugin.hidden().said();
            format!("{:<12} {:<8} {} ({path}){hidden}", m.id, plain(&m.version), plain(&m.title))
        }
        Err(refusal) => format!("{:<12} {:<8} {path}: {}", "-", "-", refusal.said()),
    }
}

fn trust(files: &[PathBuf], forget: bool, only_known: Option<bool>, as_json: bool) -> Result<()> {
    let mut trust = Trust::open()?;
    for file in files {
        let path = std::path::absolute(file)?;
        if !forget {
            trust.add(path.clone()).at(Doing::Read, &path)?;
        } else if !trust.forget(&path) {
            return Err(Failure::new(Exit::Usage, PluginMessage::NotKnown { file: path }));
        }
    }
    trust.only_known = only_known.unwrap_or(trust.only_known);
    if !files.is_empty() || only_known.is_some() {
        trust.save()?;
    }
    if as_json {
        return print_json(&trust);
    }
    let trust_file = Trust::path()?;
    let rule = match trust.only_known {
        true => PluginMessage::OnlyKnown { trust_file },
        false => PluginMessage::EveryPlugin { trust_file },
    };
    println!("{}", rule.said());
    for (hash, path) in &trust.known {
        println!("{hash}  {}", describe(path));
    }
    Ok(())
}

fn describe(path: &Path) -> String {
    if path.is_file() { path.said() } else { PluginMessage::Gone { file: path.to_owned() }.said() }
}
