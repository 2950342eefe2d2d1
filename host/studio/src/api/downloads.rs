//! Files of results as they are, to be saved.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use nnc_result_folder::names::{
    BEST_MODEL, CLASSIFICATION_MATRIX, CONFUSION_MATRIX, EVALUATE_LOG, EVALUATED_MODEL, EVALUATION, HEAT_MAPS,
    LAST_MODEL, MODEL, NETWORK, PACKED_TABLE, REPORT, SCORES, TABLE, TRAIN_LOG,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Shared;
use super::request::{Part, aside};
use super::results::existing;
use crate::name::{Id, Name, ResultId};
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;
use crate::workspace::Workspace;

/// What a job leaves that is downloaded, the most wanted first.
const FILES: [&str; 14] = [
    EVALUATED_MODEL,
    PACKED_TABLE,
    TABLE,
    SCORES,
    REPORT,
    EVALUATION,
    MODEL,
    BEST_MODEL,
    LAST_MODEL,
    NETWORK,
    CONFUSION_MATRIX,
    CLASSIFICATION_MATRIX,
    TRAIN_LOG,
    EVALUATE_LOG,
];
/// The folder with heat maps, packed while it is sent.
const PACKED_HEAT_MAPS: &str = "heatmaps.zip";
/// What is read in one go.
const PIECE: usize = 64 << 10;
/// Pieces that wait for a slow client.
const WAITING: usize = 4;

pub(super) async fn list(State(studio): State<Shared>, Part(id): Part<ResultId>) -> Result<axum::Json<Value>> {
    let files = aside(move || {
        let folder = existing(&studio, &id)?;
        let of = |name: &&str| {
            let (bytes, _) = studio.workspace.facts(folder.join(name)).ok()?;
            Some(json!({ "name": name, "bytes": bytes, "what": what(name) }))
        };
        let mut files: Vec<Value> = FILES.iter().filter_map(of).collect();
        if studio.workspace.has_folder(folder.join(HEAT_MAPS)) {
            let names = studio.workspace.names(folder.join(HEAT_MAPS))?;
            let sizes = names.iter().filter_map(|name| studio.workspace.facts(folder.join(HEAT_MAPS).join(name)).ok());
            let bytes: u64 = sizes.map(|(bytes, _)| bytes).sum();
            files.push(json!({ "name": PACKED_HEAT_MAPS, "bytes": bytes, "what": what(PACKED_HEAT_MAPS) }));
        }
        Ok(files)
    });
    Ok(axum::Json(json!({ "files": files.await? })))
}

/// What a file is, in one word for programs.
fn what(name: &str) -> &'static str {
    match name {
        EVALUATED_MODEL => "evaluated-model",
        PACKED_TABLE => "packed-table",
        TABLE => "table",
        SCORES => "scores",
        REPORT => "report",
        EVALUATION => "evaluation",
        NETWORK => "network",
        PACKED_HEAT_MAPS => "heatmaps",
        TRAIN_LOG | EVALUATE_LOG => "log",
        CONFUSION_MATRIX | CLASSIFICATION_MATRIX => "matrix",
        _ => "model",
    }
}

pub(super) async fn file(State(studio): State<Shared>, Part((id, name)): Part<(ResultId, Name)>) -> Result<Response> {
    let opening = Arc::clone(&studio);
    let none = move |name: &Name| Refusal::missing(Why::NoFile { name: name.to_string() });
    let folder = {
        let id = id.clone();
        aside(move || existing(&opening, &id)).await?
    };
    let shown = format!("{}-{name}", id.name());
    if name.as_str() == PACKED_HEAT_MAPS {
        let folder = folder.join(HEAT_MAPS);
        if !studio.workspace.has_folder(&folder) {
            return Err(none(&name));
        }
        return Ok(attachment(packed(&studio, folder)?, "application/zip", &shown, None));
    }
    if !FILES.contains(&name.as_str()) {
        return Err(none(&name));
    }
    sent(&studio, folder.join(&name), &shown).await
}

/// The file that a job was for.
pub(super) async fn output(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<Response> {
    let record = studio.jobs.record(&id)?;
    let path = record.work.output(&id).filter(|path| studio.workspace.has_file(path));
    let path = path.ok_or_else(|| Refusal::conflict("no-output", Why::NotDone))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    sent(&studio, path, &name).await
}

async fn sent(studio: &Studio, path: PathBuf, name: &str) -> Result<Response> {
    let (file, bytes) = open(studio, path).await?;
    Ok(attachment(streamed(file), "application/octet-stream", name, Some(bytes)))
}

pub(super) async fn open(studio: &Studio, path: PathBuf) -> Result<(File, u64)> {
    let workspace = Arc::clone(&studio.workspace);
    aside(move || {
        let none = || Why::NoFile { name: path.file_name().unwrap_or_default().to_string_lossy().into_owned() };
        let file = workspace.open_file(&path).map_err(|error| Refusal::of_system(error, none))?;
        let bytes = file.metadata()?.len();
        Ok((file, bytes))
    })
    .await
}

fn attachment(body: Body, kind: &'static str, name: &str, bytes: Option<u64>) -> Response {
    // Every browser knows this form, and it needs nothing of the name to be harmless.
    let disposition = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC));
    let mut response = ([(CONTENT_TYPE, kind)], body).into_response();
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(&disposition).ok().map(|value| (CONTENT_DISPOSITION, value)));
    headers.extend(bytes.map(|bytes| (CONTENT_LENGTH, HeaderValue::from(bytes))));
    response
}

/// A file piece by piece.
pub(super) fn streamed(file: File) -> Body {
    Body::from_stream(stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            io::Result::Ok((Bytes::from(piece), file))
        });
        match read.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok((piece, _)) if piece.is_empty() => None,
            Ok((piece, file)) => Some((Ok(piece), Some(file))),
            // The connection is cut, so that nobody takes the rest for all.
            Err(error) => Some((Err(error), None)),
        }
    }))
}

/// The files of a folder as a zip that is made while it is sent, on a thread of its own: a slow client must not hold up those that all
/// requests share. Heat maps are pictures: packing them tighter gains nothing.
fn packed(studio: &Studio, folder: PathBuf) -> Result<Body> {
    let room = Arc::clone(&studio.packings).try_acquire_owned();
    let room = room.map_err(|_| Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many", Why::TooManyPackings))?;
    let workspace = Arc::clone(&studio.workspace);
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(WAITING);
    std::thread::Builder::new().spawn(move || {
        let pieces = Pieces { sender: sender.clone(), gathered: Vec::with_capacity(PIECE) };
        if let Err(error) = pack(&workspace, &folder, pieces) {
            // Whoever does not listen any more needs no reason.
            let _ = sender.blocking_send(Err(error));
        }
        drop(room);
    })?;
    Ok(Body::from_stream(stream::unfold(
        receiver,
        |mut receiver| async move { Some((receiver.recv().await?, receiver)) },
    )))
}

fn pack(workspace: &Workspace, folder: &Path, pieces: Pieces) -> io::Result<()> {
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).large_file(true);
    let mut archive = zip::ZipWriter::new_stream(pieces);
    // Others may have put something else there.
    let is_picture = |name: &String| Name::new(name).is_ok() && name.ends_with(".png");
    for name in workspace.names(folder)?.into_iter().filter(is_picture) {
        let Ok(mut file) = workspace.open_file(folder.join(&name)) else { continue };
        archive.start_file(name, options).map_err(io::Error::other)?;
        io::copy(&mut file, &mut archive)?;
    }
    archive.finish().map_err(io::Error::other)?.into_inner().flush()
}

/// Bytes on their way to a client.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    gathered: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE));
        if piece.is_empty() {
            return Ok(());
        }
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
