//! Paths that requests write into projects stay in the studio's folder: a job reads what its project names, and whoever reaches the
//! studio from elsewhere must not have it read the user's other files. What the owner has written into the file by hand may lead
//! anywhere, and stays.

use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use crate::refusal::{Refusal, Result};
use crate::why::Why;
use crate::workspace::{PROJECTS, Workspace};

/// Whether a key names a plugin, a path, or may name one.
fn is_path(key: &str) -> bool {
    matches!(key, "dataset.training.uri" | "dataset.validation.uri" | "dataset.calibration.uri" | "report.masks")
        || key.starts_with("plugin.params.")
}

/// Fails if a change makes a path that leads out of the folder, or names a plugin by its file.
pub(super) fn check_change(workspace: &Workspace, old: &Map<String, Value>, new: &Map<String, Value>) -> Result<()> {
    for (key, value) in new.iter().filter(|(key, value)| old.get(*key) != Some(value)) {
        for text in texts(value) {
            if is_path(key) && leaves(workspace.path(), text) {
                let why = Why::LeavesFolder { key: key.clone(), found: text.to_owned() };
                return Err(Refusal::invalid(why).with("field", key.as_str()));
            }
            if key == "plugin.name" && is_plugin_file(text) {
                return Err(Refusal::invalid(Why::PluginByPath { found: text.to_owned() }).with("field", key.as_str()));
            }
        }
    }
    Ok(())
}

/// Keys of a text of others whose values lead out of the folder.
pub(super) fn leaving<'a>(workspace: &Workspace, values: &'a Map<String, Value>) -> Vec<&'a str> {
    let leaves = |key: &str, value: &Value| {
        let mut texts = texts(value).into_iter();
        texts.any(|text| {
            (is_path(key) && leaves(workspace.path(), text)) || (key == "plugin.name" && is_plugin_file(text))
        })
    };
    values.iter().filter(|(key, value)| leaves(key, value)).map(|(key, _)| key.as_str()).collect()
}

/// The texts in a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(values) => values.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn is_plugin_file(name: &str) -> bool {
    name.contains(['/', '\\']) || name.contains(".so")
}

/// Whether a path of a project leads out of the folder: by its words, and where a job would look for it, links followed.
fn leaves(folder: &Path, text: &str) -> bool {
    let projects = folder.join(PROJECTS);
    let as_path = projects.join(text.replace('\\', "/"));
    // As a job finds datasets: `{SDCPATH}`, drives of Windows, folders of NNC's datasets.
    let located = nnc_project::locate(text, &projects, &nnc_project::roots(&[])).path;
    text.starts_with('~') || [as_path, located].iter().any(|path| is_outside(folder, path))
}

/// Whether a path does not lie beneath the folder, as it is written and as it really is. The folder's own path is real.
fn is_outside(folder: &Path, path: &Path) -> bool {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    // What is not there yet lies in what is.
    let real = path.ancestors().find_map(|ancestor| std::fs::canonicalize(ancestor).ok());
    !plain.starts_with(folder) || real.is_none_or(|real| !real.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let base = place.path().canonicalize().unwrap();
        let folder = base.join("studio");
        for name in ["studio/projects/a", "studio/datasets/t", "private"] {
            std::fs::create_dir_all(base.join(name)).unwrap();
        }
        std::fs::write(base.join("private/t.csv"), "x\n1\n").unwrap();
        std::os::unix::fs::symlink(base.join("private"), folder.join("datasets/link")).unwrap();
        let own = folder.join("x.csv").display().to_string();
        for inside in [
            "train.csv",
            "../datasets/t/train.csv",
            &own,
            "1/16",
            "tenant/set",
            "..\\x.csv",
            "{SDCPATH}/a/t.csv",
            "a/../b",
        ] {
            assert!(!leaves(&folder, inside), "{inside}");
        }
        let private = base.join("private/t.csv").display().to_string();
        let beside = format!("{}ous/x", folder.display());
        let through = format!("{}/../private/t.csv", folder.display());
        for outside in [
            "/etc/passwd",
            "../../x.csv",
            "..\\..\\x",
            "a/../../../x",
            "~/x",
            "{SDCPATH}/../../private/t.csv",
            "{SDCPATH}\\..\\..\\private\\t.csv",
            "../datasets/link/t.csv",
            "C:/x/../../y",
            &private,
            &beside,
            &through,
        ] {
            assert!(leaves(&folder, outside), "{outside}");
        }
    }

    #[test]
    fn what_stood_there_before_may_stay() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(place.path()).unwrap();
        let values = |text: &str| super::super::values::flat(text);
        let by_hand = values("[dataset.training]\nuri = \"/data/train.csv\"\n");
        check_change(&workspace, &by_hand, &by_hand).unwrap();
        check_change(&workspace, &by_hand, &values("[dataset.validation]\nuri = \"/data/train.csv\"\n")).unwrap_err();
        check_change(&workspace, &by_hand, &values("[plugin]\nname = \"/tmp/evil.so\"\n")).unwrap_err();
        check_change(&workspace, &by_hand, &values("[plugin.params]\nmodel = [\"../../x\"]\n")).unwrap_err();
        check_change(&workspace, &by_hand, &values("[plugin]\nname = \"padim\"\n")).unwrap();
    }
}
