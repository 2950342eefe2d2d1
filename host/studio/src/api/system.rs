//! The studio itself: who is in, what it runs on.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{In, Json};
use super::{BASE, OPENAPI, Shared};
use crate::door;
use crate::refusal::{Refusal, Result};
use crate::why::Why;

/// The most GPUs that are listed.
const GPUS: usize = 16;

pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    token: String,
}

pub(super) async fn sign_in(State(studio): State<Shared>, Json(SignIn { token }): Json<SignIn>) -> Result<Response> {
    if !studio.door.opens(token.trim()) {
        studio.door.was_wrong().await;
        return Err(Refusal::new(StatusCode::FORBIDDEN, "wrong-token", Why::WrongToken));
    }
    // The page with the token has done its work.
    studio.was_opened();
    Ok(axum::Json(json!({ "session": studio.door.sign_in()? })).into_response())
}

pub(super) async fn sign_out(State(studio): State<Shared>, headers: HeaderMap) -> StatusCode {
    door::session_of(&headers).into_iter().for_each(|session| studio.door.sign_out(session));
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    path: String,
}

/// A ticket for one of the things that a browser fetches by itself.
pub(super) async fn ticket(State(studio): State<Shared>, Json(Wanted { path }): Json<Wanted>) -> Result<Response> {
    if !has_tickets(&path) {
        return Err(Refusal::invalid(Why::NoTicket { path }).with("field", "path"));
    }
    let ticket = studio.door.tickets.give(&path)?;
    let address = format!("{path}?ticket={ticket}");
    Ok((StatusCode::CREATED, axum::Json(json!({ "address": address }))).into_response())
}

/// Files to be saved, and the report, which stands in a frame.
fn has_tickets(path: &str) -> bool {
    let Some(parts) = path.strip_prefix(BASE).map(|path| path.split('/').collect::<Vec<_>>()) else { return false };
    matches!(
        parts.as_slice(),
        ["", "results", _, "report"] | ["", "results", _, "files", _] | ["", "jobs", _, "output" | "log"]
    )
}

pub(super) async fn system(State(studio): State<Shared>, In(language): In) -> axum::Json<Value> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    axum::Json(json!({
        "version": studio.options.version,
        "folder": studio.workspace.path().display().to_string(),
        "language": language.tag(),
        "listening": studio.door.url(),
        "devices": devices(),
        "cores": cores,
        "memory_bytes": memory(),
        "free_bytes": studio.workspace.free(),
        "max_upload_bytes": studio.options.max_upload,
        "max_running": studio.options.max_running,
        "remote": studio.door.is_remote(),
    }))
}

/// Where a job can compute: GPUs as the driver names them.
fn devices() -> Vec<Value> {
    let mut devices = vec![json!({ "id": "auto", "name": "auto" }), json!({ "id": "cpu", "name": "CPU" })];
    let folders = std::fs::read_dir("/proc/driver/nvidia/gpus").into_iter().flatten().flatten();
    let mut folders: Vec<_> = folders.map(|entry| entry.path()).collect();
    folders.sort();
    for (number, folder) in folders.iter().take(GPUS).enumerate() {
        let facts = nnc_files::read_kernel(folder.join("information")).unwrap_or_default();
        let model = facts.lines().find_map(|line| line.strip_prefix("Model:")).unwrap_or("NVIDIA").trim().to_owned();
        devices.push(json!({ "id": format!("cuda:{number}"), "name": model }));
    }
    devices
}

/// Bytes of memory that the computer has.
fn memory() -> u64 {
    let facts = nnc_files::read_kernel("/proc/meminfo").unwrap_or_default();
    let kilobytes =
        facts.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    kilobytes.map_or(0, |kilobytes: u64| kilobytes.saturating_mul(1024))
}
