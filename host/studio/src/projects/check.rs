//! What is wrong with a project, key by key, as a form shows it beside its fields: what the command line would say, all of it at
//! once.

use std::path::Path;

use nnc_messages::{Language, Said, Say};
use nnc_plugin_api::{Manifest, ParameterError};
use nnc_project::{Located, ParametersError, Project, parameters};
use nnc_project_types::PluginReference;
use serde::Serialize;
use toml_edit::{Document, TableLike};

use super::edit::line_at;
use super::{Format, ProjectFile};
use crate::plugins;
use crate::studio::Studio;
use crate::why::Why;

/// Parameters that are found wrong at most.
const MOST: usize = 50;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    message: String,
}

/// Everything that is wrong with a project.
pub(crate) async fn problems(studio: &Studio, file: &ProjectFile, language: Language) -> Vec<Problem> {
    let lines = Lines::of(&file.text);
    let problem = |key: &str, message: &dyn Say| Problem {
        key: Some(key.to_owned()),
        line: lines.of_key(key),
        message: Said(message, language).to_string(),
    };
    let path = studio.workspace.at(file.path());
    let project = match Project::of_text(&path, &file.text, &[], &nnc_project::roots(&[])) {
        Ok(project) => project,
        Err(error) => {
            let key = error.line.and_then(|line| lines.at(line));
            let message = without_place(&Said(&error, language).to_string(), &path, error.line);
            return vec![Problem { key, line: error.line, message }];
        }
    };
    let mut problems = Vec::new();
    let sets = [("training", &project.training), ("validation", &project.validation)];
    for (which, set) in sets.into_iter().chain([("calibration", &project.calibration)]) {
        let key = format!("dataset.{which}.uri");
        match set {
            Some(Located { path, .. }) if !path.exists() => {
                let path = path.strip_prefix(studio.workspace.path()).unwrap_or(path).to_owned();
                problems.push(problem(&key, &Why::SetMissing { path }));
            }
            None if which != "calibration" => problems.push(problem(&key, &Why::NoSet { which })),
            _ => {}
        }
    }
    let name = match &project.plugin {
        Some(PluginReference::Id(id)) => id.clone(),
        // It is trusted, or not, when a job starts.
        Some(PluginReference::File(_)) => return problems,
        None if file.format() == Format::Nnc => return problems,
        None => {
            problems.push(problem("plugin.name", &Why::NoPluginNamed));
            return problems;
        }
    };
    let Ok(found) = plugins::all(studio, language).await else { return problems };
    let Some(manifest) = found.manifests.iter().find(|manifest| manifest.id == name) else {
        problems.push(problem("plugin.name", &Why::NoPlugin { name }));
        return problems;
    };
    if !manifest.trains {
        problems.push(problem("plugin.name", &Why::NotTrained { name }));
    }
    for (key, message) in of_parameters(manifest, &project, language) {
        problems.push(Problem { line: lines.of_key(&key), key: Some(key), message });
    }
    if let Some(backbone) = plugins::missing_backbone(studio, manifest, &project.params).await {
        problems.push(problem("plugin.params.model", &Why::BackboneMissing { name: backbone }));
    }
    problems
}

/// What is said about a file that everybody sees: without its path and the line, which stand apart.
fn without_place(message: &str, path: &Path, line: Option<usize>) -> String {
    let place = line.map_or_else(String::new, |line| format!(":{line}"));
    let told = [format!("{}{place}: ", path.display()), format!("{}: ", path.display())];
    told.iter().find_map(|place| message.strip_prefix(place)).unwrap_or(message).to_owned()
}

/// What the manifest does not allow; each wrong value is left out in turn, so that the next one is found.
fn of_parameters(manifest: &Manifest, project: &Project, language: Language) -> Vec<(String, String)> {
    let mut given = project.params.clone();
    let mut found = Vec::new();
    let mut relaxed = manifest.clone();
    while found.len() < MOST {
        let Err(error) = parameters::resolve(&relaxed, &given, project.folder()) else { break };
        let message = Said(&error, language).to_string();
        let name = match error {
            ParametersError::Value(
                ParameterError::Unknown { name, .. }
                | ParameterError::Missing { name, .. }
                | ParameterError::Refused { name, .. }
                | ParameterError::Absent { name, .. },
            )
            | ParametersError::Content { name, .. }
            | ParametersError::NoVariable { name, .. } => name,
            // What a later version finds has no key that is known here.
            ParametersError::Value(_) => break,
        };
        let was_given = given.remove(&name).is_some();
        relaxed.parameters.iter_mut().filter(|one| one.name == name).for_each(|one| one.required = false);
        found.push((format!("plugin.params.{name}"), message));
        if !was_given && relaxed == *manifest {
            break;
        }
    }
    found
}

/// The lines of all keys.
struct Lines(Vec<(String, usize)>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut lines = Vec::new();
        if let Ok(document) = Document::parse(text) {
            add(document.as_table(), "", text, &mut lines);
        }
        Self(lines)
    }

    fn of_key(&self, key: &str) -> Option<usize> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, line)| *line)
    }

    fn at(&self, line: usize) -> Option<String> {
        self.0.iter().rev().find(|(_, known)| *known == line).map(|(key, _)| key.clone())
    }
}

fn add(table: &dyn TableLike, before: &str, text: &str, lines: &mut Vec<(String, usize)>) {
    for (key, item) in table.iter() {
        let whole = if before.is_empty() { key.to_owned() } else { format!("{before}.{key}") };
        if let Some(span) = table.key(key).and_then(|key| key.span()) {
            lines.push((whole.clone(), line_at(text, span.start)));
        }
        if let Some(inner) = item.as_table_like() {
            add(inner, &whole, text, lines);
        }
    }
}

/// Datasets of the studio that a project reads.
pub(crate) fn datasets_of(studio: &Studio, file: &ProjectFile) -> Vec<crate::name::Name> {
    let path = studio.workspace.at(file.path());
    let Ok(project) = Project::of_text(&path, &file.text, &[], &nnc_project::roots(&[])) else { return Vec::new() };
    let folder = studio.workspace.at(crate::workspace::DATASETS);
    let sets = [project.training, project.validation, project.calibration];
    let name = |set: Located| {
        let plain = lexically(&set.path);
        let inside = plain.strip_prefix(&folder).ok()?;
        crate::name::Name::new(inside.components().next()?.as_os_str().to_str()?).ok()
    };
    sets.into_iter().flatten().filter_map(name).collect()
}

/// A path without `..`.
fn lexically(path: &Path) -> std::path::PathBuf {
    let mut plain = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(plain.pop()),
            std::path::Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_stands_apart() {
        let said = |message, line| without_place(message, Path::new("/home/a.toml"), line);
        assert_eq!(said("/home/a.toml:2: [config] is wrong", Some(2)), "[config] is wrong");
        assert_eq!(said("/home/a.toml: [config] is wrong", None), "[config] is wrong");
        assert_eq!(said("something else", Some(2)), "something else");
    }

    #[test]
    fn keys_are_found_by_line_and_lines_by_key() {
        let lines = Lines::of("[config]\nbatch_size = 1\n\n[plugin.params]\na = 2\n");
        assert_eq!((lines.of_key("config.batch_size"), lines.of_key("plugin.params.a")), (Some(2), Some(5)));
        assert_eq!(lines.at(5).as_deref(), Some("plugin.params.a"));
    }
}
