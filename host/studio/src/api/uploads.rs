//! Uploads: begun, fed file by file, used or removed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::request::{Json, Part, Query, aside, length};
use crate::name::{Id, Name, upload_path};
use crate::refusal::{Refusal, Result};
use crate::studio::Changed;
use crate::uploads::{Kind, Upload};
use crate::why::Why;

/// Bytes that are written in one go.
const PIECE: usize = 256 << 10;
/// How long a file is listened to that is not taken.
const LISTEN: Duration = Duration::from_secs(30);
/// How long the next piece of a file may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    let uploads = aside(move || Ok(studio.uploads.list(|id| studio.jobs.uses_upload(id)))).await?;
    Ok(axum::Json(json!({ "uploads": uploads })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    kind: Kind,
    name: Name,
}

pub(super) async fn begin(State(studio): State<Shared>, Json(Begin { kind, name }): Json<Begin>) -> Result<Response> {
    let begun = Arc::clone(&studio);
    let upload = aside(move || begun.uploads.begin(kind, name)).await?;
    studio.changed(Changed::Uploads);
    Ok((StatusCode::CREATED, axum::Json(upload)).into_response())
}

pub(super) async fn get(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<axum::Json<Upload>> {
    let used = studio.jobs.uses_upload(&id);
    aside(move || studio.uploads.get(&id, used)).await.map(axum::Json)
}

pub(super) async fn remove(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<StatusCode> {
    if studio.jobs.uses_upload(&id) {
        return Err(Refusal::conflict("busy", Why::Busy { name: id.to_string() }));
    }
    let removed = Arc::clone(&studio);
    aside(move || removed.uploads.remove(&id)).await?;
    studio.changed(Changed::Uploads);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    path: String,
}

/// Takes a file as it arrives; of one that does not arrive whole nothing is left.
pub(super) async fn receive(
    State(studio): State<Shared>,
    Part(id): Part<Id>,
    Query(Place { path }): Query<Place>,
    request: Request,
) -> Result<Response> {
    let length = length(request.headers());
    let mut body = request.into_body();
    let received = taken(&studio, id, &path, length, &mut body).await;
    if received.as_ref().is_err_and(|refusal| refusal.status != StatusCode::REQUEST_TIMEOUT) {
        // Whoever is still sending hears why only when he has been listened to: a connection that is closed before tells him nothing.
        let rest = async { while let Some(Ok(_)) = body.frame().await {} };
        let _ = tokio::time::timeout(LISTEN, rest).await;
    }
    received
}

async fn taken(studio: &Shared, id: Id, path: &str, length: Option<u64>, body: &mut Body) -> Result<Response> {
    let path = upload_path(path)?;
    if studio.jobs.uses_upload(&id) {
        return Err(Refusal::conflict("busy", Why::Busy { name: id.to_string() }));
    }
    let length = length.ok_or_else(|| Refusal::new(StatusCode::LENGTH_REQUIRED, "no-length", Why::NoLength))?;
    let receiving = Arc::clone(studio);
    let mut arrival = aside(move || receiving.uploads.receive(&id, path, length)).await?;
    let mut gathered = Vec::with_capacity(PIECE);
    loop {
        let frame = tokio::time::timeout(PATIENCE, body.frame()).await;
        let frame = frame.map_err(|_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "too-slow", Why::TooSlow))?;
        let bad = |reason: String| Refusal::new(StatusCode::BAD_REQUEST, "cut-short", Why::BadBody { reason });
        let is_end = frame.is_none();
        if let Some(bytes) = frame.transpose().map_err(|error| bad(error.to_string()))?.and_then(|f| f.into_data().ok())
        {
            gathered.extend_from_slice(&bytes);
        }
        if gathered.len() >= PIECE || is_end {
            // One piece after the other: what is not written yet is not read either.
            (arrival, gathered) = aside(move || {
                arrival.write(&gathered)?;
                gathered.clear();
                Ok((arrival, gathered))
            })
            .await?;
        }
        if is_end {
            break;
        }
    }
    let id = aside(move || arrival.finish()).await?;
    studio.changed(Changed::Uploads);
    let upload = studio.uploads.get(&id, false)?;
    Ok((StatusCode::CREATED, axum::Json(upload)).into_response())
}
