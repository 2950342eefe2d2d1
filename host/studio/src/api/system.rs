//! The studio itself: who is in, what it runs on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{In, Json};
use super::{OPENAPI, Shared};
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
        // Guessing takes its time.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        return Err(Refusal::new(StatusCode::FORBIDDEN, "wrong-token", Why::WrongToken));
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, studio.door.set_cookie())])).into_response())
}

pub(super) async fn sign_out(State(studio): State<Shared>) -> Response {
    (StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, studio.door.clear_cookie())])).into_response()
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
