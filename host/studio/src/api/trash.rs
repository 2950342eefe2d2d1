//! What was deleted: listed, restored, removed for good.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Shared;
use super::request::{Part, aside};
use crate::name::Id;
use crate::refusal::Result;
use crate::studio::Changed;
use crate::trash::{self, Trashed};

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    let items = aside(move || Ok(trash::list(&studio.workspace))).await?;
    Ok(axum::Json(json!({ "items": items })))
}

pub(super) async fn restore(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<axum::Json<Trashed>> {
    let restoring = Arc::clone(&studio);
    let item = aside(move || trash::restore(&restoring.workspace, &id)).await?;
    for what in [Changed::Trash, Changed::Datasets, Changed::Projects, Changed::Results] {
        studio.changed(what);
    }
    Ok(axum::Json(item))
}

pub(super) async fn purge(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<StatusCode> {
    let purging = Arc::clone(&studio);
    aside(move || trash::purge(&purging.workspace, &id)).await?;
    studio.changed(Changed::Trash);
    Ok(StatusCode::NO_CONTENT)
}
