//! `plugin list` and `plugin show`.

use nnc_plugin_api::{Manifest, Parameter};
use serde_json::json;

use super::print_json;
use crate::cli::PluginCommand;
use crate::failure::Result;
use crate::registry;

/// Runs a plugin command.
pub(crate) fn run(command: PluginCommand) -> Result<()> {
    match command {
        PluginCommand::List { dirs, json } => list(&dirs.plugin_dir, json),
        PluginCommand::Show { id, dirs, json } => {
            let id = if registry::is_path(&id) { std::path::absolute(id)?.to_string_lossy().into_owned() } else { id };
            let (path, manifest) = registry::find(&id, &dirs.plugin_dir)?;
            if json {
                print_json(&json!({"path": path, "manifest": manifest}))
            } else {
                show(&path.display().to_string(), &manifest);
                Ok(())
            }
        }
    }
}

fn list(dirs: &[std::path::PathBuf], as_json: bool) -> Result<()> {
    let found = registry::list(dirs);
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|f| match &f.manifest {
                Ok(manifest) => json!({"path": f.path, "manifest": manifest}),
                Err(reason) => json!({"path": f.path, "error": reason}),
            })
            .collect();
        return print_json(&rows);
    }
    if found.is_empty() {
        println!("no plugin found in:");
        for folder in registry::folders(dirs) {
            println!("  {}", folder.display());
        }
    }
    for plugin in &found {
        match &plugin.manifest {
            Ok(m) => println!("{:<12} {:<8} {} ({})", m.id, m.version, m.title, plugin.path.display()),
            Err(reason) => println!("{:<12} {:<8} {}: {reason}", "-", "-", plugin.path.display()),
        }
    }
    Ok(())
}

fn show(path: &str, manifest: &Manifest) {
    println!("{} {} ({})", manifest.title, manifest.version, manifest.id);
    println!("{}\n", manifest.description);
    println!("licence: {}\nfile: {path}\n", manifest.licence);
    for parameter in &manifest.parameters {
        println!("  {}", describe(parameter));
        println!("      {}", parameter.help);
    }
}

/// `feature_ratio (float): a number from 0.001 to 1, default 0.1`.
fn describe(parameter: &Parameter) -> String {
    let default = match &parameter.default {
        Some(value) => format!(", default {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        None if parameter.required => ", required".to_owned(),
        None => String::new(),
    };
    format!("{} ({}): {}{default}", parameter.name, parameter.kind.name(), parameter.kind.expectation())
}
