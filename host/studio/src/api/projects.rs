//! Projects: read, changed key by key or as a whole, checked as typed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use nnc_messages::Language;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::datasets::accepted;
use super::plugins;
use super::request::{In, Json, Part, Text, aside};
use crate::jobs::Work;
use crate::name::Name;
use crate::projects::{self, NewProject, ProjectFile, changed, copied, empty, imported, pairs, problems};
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::trash::{self, Trashed};
use crate::uploads::Kind;
use crate::why::Why;
use crate::workspace::DATASETS;

/// The detectors of the sample, the best first; the second needs no backbone.
const OF_SAMPLE: [&str; 2] = ["padim", "texture"];
/// Keys of one request.
const MOST_KEYS: usize = 200;

pub(super) async fn list(State(studio): State<Shared>, In(language): In) -> Result<axum::Json<Value>> {
    let mut listed = Vec::new();
    for name in projects::names(&studio.workspace) {
        // One that cannot be read is in nobody's way.
        let Ok(file) = ProjectFile::read(&studio.workspace, &name) else { continue };
        let modified = studio.workspace.facts(file.path()).map_or(0.0, |(_, modified)| modified);
        let plugin = file.values(&studio.workspace).remove("plugin.name").filter(Value::is_string);
        let problems = problems(&studio, &file, language).await.len();
        listed.push(json!({
            "name": name, "format": file.format(), "modified": modified, "plugin": plugin, "problems": problems,
        }));
    }
    let modified = |project: &Value| project.get("modified").and_then(Value::as_f64).unwrap_or_default();
    listed.sort_by(|a, b| modified(b).total_cmp(&modified(a)));
    Ok(axum::Json(json!({ "projects": listed })))
}

/// A project and what names its text.
async fn answer(studio: &Studio, status: StatusCode, file: &ProjectFile, language: Language) -> Response {
    (status, [(ETAG, file.etag())], axum::Json(file.view(studio, language).await)).into_response()
}

pub(super) async fn get(State(studio): State<Shared>, In(language): In, Part(name): Part<Name>) -> Result<Response> {
    let file = ProjectFile::read(&studio.workspace, &name)?;
    Ok(answer(&studio, StatusCode::OK, &file, language).await)
}

pub(super) async fn create(
    State(studio): State<Shared>,
    In(language): In,
    Json(new): Json<NewProject>,
) -> Result<Response> {
    use projects::From;
    let missing = |field: &'static str| Refusal::invalid(Why::NoSource { field }).with("field", field);
    if let Some(plugin) = new.plugin.as_deref().filter(|_| new.from == From::Empty || new.from == From::Sample) {
        let known = plugins::all(&studio, language).await?;
        if !known.manifests.iter().any(|manifest| manifest.id == plugin) {
            let why = Why::NoPlugin { name: plugin.to_owned() };
            return Err(Refusal::invalid(why).with("field", "plugin"));
        }
    }
    if new.from == From::Sample {
        return sample(&studio, new.name, new.plugin, language).await;
    }
    let making = Arc::clone(&studio);
    let file = aside(move || {
        let workspace = &making.workspace;
        match new.from {
            From::Empty | From::Sample => empty(workspace, &new.name, new.plugin.as_deref()),
            From::Copy => copied(workspace, &new.name, &new.project.ok_or_else(|| missing("project"))?),
            From::Upload => {
                let upload = new.upload.ok_or_else(|| missing("upload"))?;
                let (_, folder) = making.uploads.finished(&upload, "project", |kind| kind == Kind::Project)?;
                let file = imported(workspace, &new.name, &folder)?;
                let _ = making.uploads.remove(&upload);
                Ok(file)
            }
        }
    })
    .await?;
    studio.changed(Changed::Projects);
    Ok(answer(&studio, StatusCode::CREATED, &file, language).await)
}

/// Draws the sample; its project follows when its images are there.
async fn sample(studio: &Shared, name: Name, plugin: Option<String>, language: Language) -> Result<Response> {
    let taken = ProjectFile::read(&studio.workspace, &name).is_ok()
        || studio.workspace.has(std::path::Path::new(DATASETS).join(&name))
        || studio.jobs.uses_dataset(&name);
    if taken {
        return Err(Refusal::exists(&name).with("field", "name"));
    }
    let plugin = match plugin {
        Some(plugin) => plugin,
        None => usable(studio, language).await.unwrap_or(OF_SAMPLE[0]).to_owned(),
    };
    accepted(studio, Work::Sample { name, plugin }, language)
}

/// The first detector of the sample that is here, with the backbone it needs.
async fn usable(studio: &Studio, language: Language) -> Option<&'static str> {
    let known = plugins::all(studio, language).await.ok()?;
    for id in OF_SAMPLE {
        let Some(manifest) = known.manifests.iter().find(|manifest| manifest.id == id) else { continue };
        let given = Map::from_iter([("model".to_owned(), json!("efficientnet_lite0"))]);
        if plugins::missing_backbone(studio, manifest, &given).await.is_none() {
            return Some(id);
        }
    }
    None
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    changes: Map<String, Value>,
}

impl Changes {
    fn check(&self) -> Result<()> {
        if self.changes.len() > MOST_KEYS {
            let reason = format!("{} changes, expected at most {MOST_KEYS}", self.changes.len());
            return Err(Refusal::invalid(Why::BadBody { reason }));
        }
        Ok(())
    }

    /// The text of a project with the changes.
    fn of(&self, file: &ProjectFile) -> Result<String> {
        changed(&file.text, pairs(&self.changes))
    }
}

/// The content that a change was made on.
fn if_match(headers: &HeaderMap) -> Result<String> {
    let value = headers.get(IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    value.ok_or_else(|| Refusal::new(StatusCode::PRECONDITION_REQUIRED, "precondition", Why::NoIfMatch))
}

async fn replace(
    studio: Shared,
    name: Name,
    headers: &HeaderMap,
    language: Language,
    text: impl FnOnce(&ProjectFile) -> Result<String> + Send + 'static,
) -> Result<Response> {
    let if_match = if_match(headers);
    let writing = Arc::clone(&studio);
    let file = aside(move || {
        let _turn = writing.bases.turn();
        let file = ProjectFile::read(&writing.workspace, &name)?;
        let if_match = if_match?;
        let text = text(&file);
        // That somebody else has changed it counts more than what is wrong with the change.
        file.ensure_same(&writing, &if_match)?;
        file.replace(&writing, &if_match, &text?)
    })
    .await?;
    studio.changed(Changed::Projects);
    Ok(answer(&studio, StatusCode::OK, &file, language).await)
}

pub(super) async fn change(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    headers: HeaderMap,
    Json(changes): Json<Changes>,
) -> Result<Response> {
    changes.check()?;
    replace(studio, name, &headers, language, move |file| {
        if file.format() == projects::Format::Nnc {
            return Err(Refusal::conflict("read-only", Why::ReadOnly { name: file.name.to_string() }));
        }
        changes.of(file)
    })
    .await
}

pub(super) async fn write(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    headers: HeaderMap,
    Text(text): Text,
) -> Result<Response> {
    replace(studio, name, &headers, language, move |_| {
        projects::parse(&text)?;
        Ok(text)
    })
    .await
}

pub(super) async fn check(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    Json(changes): Json<Changes>,
) -> Result<axum::Json<Value>> {
    changes.check()?;
    let file = ProjectFile::read(&studio.workspace, &name)?;
    let text = match file.format() {
        projects::Format::Toml => changes.of(&file)?,
        projects::Format::Nnc => file.text.clone(),
    };
    let file = ProjectFile { text, ..file };
    let problems = problems(&studio, &file, language).await;
    Ok(axum::Json(json!({ "problems": problems, "values": file.values(&studio.workspace) })))
}

pub(super) async fn delete(State(studio): State<Shared>, Part(name): Part<Name>) -> Result<axum::Json<Trashed>> {
    let file = ProjectFile::read(&studio.workspace, &name)?;
    let deleting = Arc::clone(&studio);
    let item = aside(move || trash::project(&deleting.workspace, file.name, file.file)).await?;
    studio.changed(Changed::Projects);
    studio.changed(Changed::Trash);
    Ok(axum::Json(item))
}
