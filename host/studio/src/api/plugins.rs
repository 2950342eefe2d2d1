//! Detectors with the fields of their dialogs, and backbones. No plugin is installed or trusted from here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use nnc_plugin_api::{Manifest, Parameter, ParameterKind};
use serde_json::{Value, json};

use super::Shared;
use super::request::{In, Part};
use crate::jobs::Work;
use crate::name::Name;
use crate::plugins;
use crate::refusal::{Refusal, Result};
use crate::studio::Changed;
use crate::why::Why;

pub(super) async fn list(State(studio): State<Shared>, In(language): In) -> Result<axum::Json<Value>> {
    let plugins::Found { manifests, refused } = plugins::all(&studio, language).await?;
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

pub(super) async fn backbones(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    Ok(axum::Json(json!({ "backbones": plugins::backbones(&studio).await? })))
}

pub(super) async fn fetch(State(studio): State<Shared>, In(language): In, Part(name): Part<Name>) -> Result<Response> {
    let known = plugins::backbones(&studio).await?;
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
