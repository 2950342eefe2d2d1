//! Detectors with the fields of their dialogs, and backbones. Both are asked of the command line, which confines whatever opens a
//! plugin; no plugin is installed or trusted from here.

use std::ffi::OsString;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use nnc_messages::Language;
use nnc_plugin_api::{Manifest, Parameter, ParameterKind};
use serde_json::{Map, Value, json};

use super::Shared;
use super::request::{In, Part};
use crate::jobs::Work;
use crate::name::Name;
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::why::Why;

/// How long what is known of plugins and backbones counts: somebody may install one meanwhile.
const AGE: Duration = Duration::from_secs(10);

/// What was found.
pub(crate) struct Found {
    pub(crate) manifests: Vec<Manifest>,
    /// Files that are no plugins, or not trusted: file and reason.
    refused: Vec<Value>,
}

/// All plugins that can be chosen by their ids.
pub(crate) async fn all(studio: &Studio, language: Language) -> Result<Found> {
    let mut arguments: Vec<OsString> = vec!["plugin".into(), "list".into(), "--json".into()];
    let passed = &studio.options.of_jobs;
    arguments.extend(passed.plugins.iter().chain(&passed.sandbox).cloned());
    let answer = studio.asker.ask_now_and_then(&arguments, language, AGE).await?;
    let mut found = Found { manifests: Vec::new(), refused: Vec::new() };
    for one in answer.as_array().into_iter().flatten() {
        let manifest = one.get("manifest").cloned().map(serde_json::from_value::<Manifest>);
        match (manifest, one.get("hidden_by")) {
            (Some(Ok(manifest)), None | Some(Value::Null)) => found.manifests.push(manifest),
            (Some(_), _) => {}
            (None, _) => found.refused.push(json!({ "file": one.get("path"), "message": one.get("error") })),
        }
    }
    Ok(found)
}

pub(super) async fn list(State(studio): State<Shared>, In(language): In) -> Result<axum::Json<Value>> {
    let Found { manifests, refused } = all(&studio, language).await?;
    let plugins: Vec<Value> = manifests.iter().map(described).collect();
    Ok(axum::Json(json!({ "plugins": plugins, "refused": refused })))
}

fn described(manifest: &Manifest) -> Value {
    let parameters: Vec<Value> = manifest.parameters.iter().map(field).collect();
    json!({
        "id": manifest.id, "title": manifest.title, "version": manifest.version, "description": manifest.description,
        "licence": manifest.licence, "trains": manifest.trains, "parameters": parameters,
    })
}

/// A field of the dialog.
fn field(parameter: &Parameter) -> Value {
    let (mut minimum, mut maximum, mut choices) = (Value::Null, Value::Null, Vec::new());
    match &parameter.kind {
        ParameterKind::Int { min, max } => (minimum, maximum) = (json!(min), json!(max)),
        ParameterKind::Float { min, max } => (minimum, maximum) = (json!(min), json!(max)),
        ParameterKind::Option { choices: known } => choices.clone_from(known),
        _ => {}
    }
    json!({
        "name": parameter.name, "label": parameter.label(), "help": parameter.help, "type": parameter.kind.name(),
        "kind": parameter.kind, "choices": choices, "minimum": minimum, "maximum": maximum,
        "expects": parameter.kind.expectation(), "default": parameter.default, "required": parameter.required,
    })
}

/// The backbone that a project of this plugin needs and that is not here.
pub(crate) async fn missing_backbone(
    studio: &Studio,
    manifest: &Manifest,
    given: &Map<String, Value>,
) -> Option<String> {
    let parameter = manifest.parameters.iter().find(|parameter| parameter.name == "model")?;
    let name = given.get("model").or(parameter.default.as_ref())?.as_str()?;
    let known = known_backbones(studio).await.ok()?;
    let backbone = known.iter().find(|one| one.get("name").and_then(Value::as_str) == Some(name))?;
    backbone.get("path").is_none_or(Value::is_null).then(|| name.to_owned())
}

async fn known_backbones(studio: &Studio) -> Result<Vec<Value>> {
    let mut arguments: Vec<OsString> = vec!["weights".into(), "list".into(), "--json".into()];
    arguments.extend(studio.options.of_jobs.weights.iter().cloned());
    let answer = studio.asker.ask_now_and_then(&arguments, Language::English, AGE).await?;
    Ok(answer.as_array().cloned().unwrap_or_default())
}

pub(super) async fn backbones(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    Ok(axum::Json(json!({ "backbones": known_backbones(&studio).await? })))
}

pub(super) async fn fetch(State(studio): State<Shared>, In(language): In, Part(name): Part<Name>) -> Result<Response> {
    let known = known_backbones(&studio).await?;
    if !known.iter().any(|one| one.get("name").and_then(Value::as_str) == Some(name.as_str())) {
        return Err(Refusal::missing(Why::NoBackbone { name: name.to_string() }));
    }
    let backbone = name.to_string();
    if studio.jobs.uses(|work| matches!(work, Work::Fetch { backbone: running } if *running == backbone)) {
        return Err(Refusal::conflict("busy", Why::Busy { name: backbone }));
    }
    let job = studio.jobs.add(Work::Fetch { backbone }, language)?;
    studio.changed(Changed::Jobs);
    Ok((StatusCode::ACCEPTED, axum::Json(job)).into_response())
}
