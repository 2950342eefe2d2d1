//! New projects: empty, from another one, from a file that was uploaded, and the one of the sample.

use std::path::{Path, PathBuf};

use nnc_project::Project;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::edit::{self, changed, pairs};
use super::{Format, MOST_BYTES, ProjectFile, inside, values};
use crate::name::{Id, Name};
use crate::refusal::{Refusal, Result};
use crate::why::Why;
use crate::workspace::{DATASETS, PROJECTS, Workspace};

/// What a page asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProject {
    pub(crate) name: Name,
    pub(crate) from: From,
    pub(crate) upload: Option<Id>,
    pub(crate) project: Option<Name>,
    pub(crate) plugin: Option<String>,
}

/// What a project begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum From {
    Empty,
    Sample,
    Upload,
    Copy,
}

/// A project of which nothing is chosen yet but, perhaps, the plugin.
pub(crate) fn empty(workspace: &Workspace, name: &Name, plugin: Option<&str>) -> Result<ProjectFile> {
    let mut keys = vec![("project.name", json!(name)), ("config.batch_size", json!(64))];
    keys.extend(plugin.map(|plugin| ("plugin.name", json!(plugin))));
    write(workspace, name, &made(&keys)?)
}

/// A copy of another one; one of NNC becomes TOML.
pub(crate) fn copied(workspace: &Workspace, name: &Name, from: &Name) -> Result<ProjectFile> {
    let from = ProjectFile::read(workspace, from)?;
    let text = match from.format() {
        Format::Toml => from.text,
        Format::Nnc => toml_of(workspace, &from)?,
    };
    write(workspace, name, &text)
}

/// A project from a file that somebody has uploaded. Where it leads out of the folder it says nothing, and the form asks.
pub(crate) fn imported(workspace: &Workspace, name: &Name, folder: &Path) -> Result<ProjectFile> {
    let mut files = workspace.names(folder)?.into_iter();
    let file = files.next().and_then(|file| Name::new(&file).ok()).ok_or_else(|| Refusal::invalid(Why::EmptyUpload))?;
    let bytes = workspace.read(folder.join(&file), MOST_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| Refusal::invalid(Why::NotText8 { name: file.to_string() }))?;
    let lower = file.as_str().to_lowercase();
    let text = if lower.ends_with(".toml") {
        edit::parse(&text)?;
        text
    } else if [".sdcproj", ".ini", ".nntxt", ".prototxt"].iter().any(|ending| lower.ends_with(ending)) {
        toml_of(workspace, &ProjectFile { name: name.clone(), file, text })?
    } else {
        return Err(Refusal::invalid(Why::NotAProject { name: file.to_string() }));
    };
    let flat = values::flat(&text);
    let nothing: Map<String, Value> =
        inside::leaving(workspace, &flat).into_iter().map(|key| (key.to_owned(), Value::Null)).collect();
    write(workspace, name, &changed(&text, pairs(&nothing))?)
}

/// The project of the sample, once its images are there. One that has the name stays.
pub(crate) fn write_sample(workspace: &Workspace, name: &Name, plugin: &str) {
    let mut keys = vec![
        ("project.name", json!(name)),
        ("dataset.training.uri", json!(uri(name, "train.csv"))),
        ("dataset.validation.uri", json!(uri(name, "test.csv"))),
        ("config.batch_size", json!(16)),
        ("plugin.name", json!(plugin)),
    ];
    if plugin == "padim" {
        keys.extend([
            ("plugin.params.model", json!("efficientnet_lite0")),
            ("plugin.params.feature_ratio", json!(0.5)),
            ("plugin.params.gaussian", json!("dense")),
        ]);
    }
    if let Ok(text) = made(&keys) {
        let _ = write(workspace, name, &text);
    }
}

/// A text with these keys in this order.
fn made(keys: &[(&str, Value)]) -> Result<String> {
    changed("", keys.iter().map(|(key, value)| (*key, value)))
}

/// What a project writes to name a table.
pub(crate) fn uri(dataset: &Name, table: &str) -> String {
    format!("../{DATASETS}/{dataset}/{table}")
}

fn write(workspace: &Workspace, name: &Name, text: &str) -> Result<ProjectFile> {
    if ProjectFile::read(workspace, name).is_ok() {
        return Err(Refusal::exists(name).with("field", "name"));
    }
    let file = Name::new(&name.with(".toml"))?;
    let path = Path::new(PROJECTS).join(&file);
    if workspace.has(&path) {
        return Err(Refusal::exists(name).with("field", "name"));
    }
    workspace.write(&path, text.as_bytes())?;
    Ok(ProjectFile { name: name.clone(), file, text: text.to_owned() })
}

/// A project of NNC as its settings read here.
fn toml_of(workspace: &Workspace, file: &ProjectFile) -> Result<String> {
    let values = values_of_nnc(workspace, file);
    if values.is_empty() {
        // It says what is wrong, in which line.
        let path = workspace.at(file.path());
        if let Err(error) = Project::of_text(&path, &file.text, &[], &nnc_project::roots(&[])) {
            let line = error.line;
            let refusal = Refusal::invalid(error);
            return Err(line.map_or(refusal.clone(), |line| refusal.with("line", line)));
        }
    }
    let order = ["project.", "dataset.", "config.", "plugin."];
    let place = |key: &str| order.iter().position(|section| key.starts_with(section));
    let mut keys: Vec<(&str, &Value)> = pairs(&values).collect();
    keys.sort_by_key(|(key, _)| place(key));
    changed("", keys)
}

/// The keys that a project of NNC comes to.
pub(super) fn values_of_nnc(workspace: &Workspace, file: &ProjectFile) -> Map<String, Value> {
    let path = workspace.at(file.path());
    let Ok(project) = Project::of_text(&path, &file.text, &[], &nnc_project::roots(&[])) else { return Map::new() };
    let mut values = Map::from_iter([
        ("project.name".to_owned(), json!(file.name)),
        ("config.batch_size".to_owned(), json!(project.batch_size)),
        ("config.max_epoch".to_owned(), json!(project.max_epoch)),
        ("plugin.name".to_owned(), json!("padim")),
    ]);
    for (which, set) in [("training", &project.training), ("validation", &project.validation)] {
        let Some(set) = set.as_ref().and_then(|set| relative(workspace, &set.path)) else { continue };
        values.insert(format!("dataset.{which}.uri"), json!(set));
    }
    values
}

/// A dataset in the studio's folder as a project names it.
fn relative(workspace: &Workspace, path: &Path) -> Option<String> {
    let inside: PathBuf = path.strip_prefix(workspace.path()).ok()?.to_owned();
    let text = inside.to_str()?;
    (!text.contains("..")).then(|| format!("../{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_begin_empty_or_with_what_was_uploaded() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(place.path()).unwrap();
        let name = |text: &str| Name::new(text).unwrap();
        let new = empty(&workspace, &name("a"), Some("texture")).unwrap();
        assert_eq!(new.text, "[project]\nname = \"a\"\n\n[config]\nbatch_size = 64\n\n[plugin]\nname = \"texture\"\n");
        assert!(empty(&workspace, &name("a"), None).is_err(), "it is there already");
        workspace.make("up").unwrap();
        let outside = "# kept\n[dataset.training]\nuri = \"/etc/passwd\"\n[plugin]\nname = \"../evil.so\"\n[score]\nrule = \"max\"\n";
        workspace.write("up/p.toml", outside.as_bytes()).unwrap();
        let imported = imported(&workspace, &name("b"), Path::new("up")).unwrap();
        assert!(
            !imported.text.contains("passwd") && !imported.text.contains("evil") && imported.text.contains("# kept")
        );
        let copy = copied(&workspace, &name("c"), &name("b")).unwrap();
        assert_eq!(copy.text, imported.text);
        write_sample(&workspace, &name("flanges"), "padim");
        let sample = ProjectFile::read(&workspace, &name("flanges")).unwrap();
        assert_eq!(sample.values(&workspace)["dataset.training.uri"], "../datasets/flanges/train.csv");
    }
}
