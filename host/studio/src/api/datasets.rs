//! Datasets: folders with tables and the pictures that they name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use nnc_messages::Language;
use nnc_studio_reader::Question;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::dialog::LARGEST;
use super::request::{In, Json, Part, aside};
use crate::creations::creation;
use crate::jobs::{CreateOptions, Creation, SECOND_TABLE, Table, Work};
use crate::name::{Id, Name};
use crate::projects;
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::trash::{self, Trashed};
use crate::uploads::Kind;
use crate::why::Why;
use crate::workspace::DATASETS;

fn folder(name: &Name) -> PathBuf {
    Path::new(DATASETS).join(name)
}

/// The folder of a dataset that is there.
fn existing(studio: &Studio, name: &Name) -> Result<PathBuf> {
    let folder = folder(name);
    if studio.workspace.has_folder(&folder) {
        Ok(folder)
    } else {
        Err(Refusal::missing(Why::NoDataset { name: name.to_string() }))
    }
}

/// The tables of a dataset.
fn tables(studio: &Studio, name: &Name) -> Result<Vec<Name>> {
    let names = studio.workspace.names(existing(studio, name)?)?;
    let is_table = |file: &String| file.to_lowercase().ends_with(".csv");
    Ok(names.into_iter().filter(is_table).filter_map(|file| Name::new(&file).ok()).collect())
}

/// A table of a dataset: the one asked for, or the first.
pub(super) fn table(studio: &Studio, dataset: &Name, asked: Option<Name>) -> Result<Table> {
    let known = tables(studio, dataset)?;
    let table = match asked {
        Some(table) if known.contains(&table) => table,
        Some(table) => {
            let (dataset, table) = (dataset.to_string(), table.to_string());
            return Err(Refusal::missing(Why::NoTable { dataset, table }));
        }
        None => {
            let none = || Refusal::missing(Why::NoTables { dataset: dataset.to_string() });
            known.into_iter().next().ok_or_else(none)?
        }
    };
    let table = Table { dataset: dataset.clone(), table };
    // Not through a link.
    studio.workspace.open_file(table.path()).map_err(|error| {
        Refusal::of_system(error, || Why::NoTable {
            dataset: table.dataset.to_string(),
            table: table.table.to_string(),
        })
    })?;
    Ok(table)
}

/// What a dataset is, with what is known of how it was made.
async fn described(studio: &Shared, name: Name, whole: bool) -> Result<Value> {
    let summary = creation(studio, &folder(&name)).await;
    let studio = Arc::clone(studio);
    aside(move || with_summary(&studio, &name, &summary, whole)).await
}

fn with_summary(studio: &Studio, name: &Name, summary: &Value, whole: bool) -> Result<Value> {
    let folder = existing(studio, name)?;
    let rows = |table: &Name| {
        let csvs = summary.get("csvs").and_then(Value::as_array);
        csvs?.iter().find(|csv| csv.get("file").and_then(Value::as_str) == Some(table.as_str()))?.get("rows").cloned()
    };
    let mut total = 0;
    let listed: Vec<Value> = tables(studio, name)?
        .iter()
        .filter_map(|table| {
            let (bytes, _) = studio.workspace.facts(folder.join(table)).ok()?;
            total += bytes;
            Some(json!({ "file": table, "uri": projects::uri(name, table.as_str()), "bytes": bytes, "rows": rows(table) }))
        })
        .collect();
    let created = studio.workspace.folder_time(&folder);
    let mut described = json!({ "name": name, "tables": listed, "created": created, "bytes": total });
    if whole && let Some(described) = described.as_object_mut() {
        described.insert("creation".to_owned(), summary.clone());
    }
    Ok(described)
}

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    let listing = Arc::clone(&studio);
    let names = aside(move || Ok(listing.workspace.names(DATASETS)?)).await?;
    let mut datasets = Vec::new();
    for name in names.iter().filter_map(|name| Name::new(name).ok()) {
        datasets.extend(described(&studio, name, false).await.ok());
    }
    let created = |dataset: &Value| dataset.get("created").and_then(Value::as_f64).unwrap_or_default();
    datasets.sort_by(|a, b| created(b).total_cmp(&created(a)));
    Ok(axum::Json(json!({ "datasets": datasets })))
}

pub(super) async fn get(State(studio): State<Shared>, Part(name): Part<Name>) -> Result<axum::Json<Value>> {
    existing(&studio, &name)?;
    described(&studio, name, true).await.map(axum::Json)
}

/// What a page asks for: the fields of the dialog.
#[derive(Deserialize)]
pub(super) struct Create {
    name: Name,
    upload: Id,
    #[serde(flatten)]
    options: CreateOptions,
}

pub(super) async fn create(
    State(studio): State<Shared>,
    In(language): In,
    Json(Create { name, upload, mut options }): Json<Create>,
) -> Result<Response> {
    check_options(&options)?;
    let (about, files) =
        studio.uploads.finished(&upload, "archive", |kind| matches!(kind, Kind::Archive | Kind::Folder))?;
    if studio.workspace.has(folder(&name)) || studio.jobs.uses_dataset(&name) {
        return Err(Refusal::exists(&name).with("field", "name"));
    }
    if studio.jobs.uses_upload(&upload) {
        return Err(Refusal::conflict("busy", Why::Busy { name: about.name.to_string() }));
    }
    let archive = match about.kind {
        Kind::Archive => studio.workspace.names(&files)?.first().and_then(|file| Name::new(file).ok()),
        _ => None,
    };
    // A folder's own name is the upload's, not that of where its files lie.
    if options.file1.is_none() && archive.is_none() {
        options.file1 = Some(Name::new(&about.name.with(".csv"))?);
    }
    let work = Work::Create(Box::new(Creation { name, upload, archive, options }));
    accepted(&studio, work, language)
}

/// Puts a job into the queue and tells of it.
pub(super) fn accepted(studio: &Studio, work: Work, language: Language) -> Result<Response> {
    let job = studio.jobs.add(work, language)?;
    studio.changed(Changed::Jobs);
    Ok((StatusCode::ACCEPTED, axum::Json(job)).into_response())
}

/// What the command would say only after it was started.
fn check_options(options: &CreateOptions) -> Result<()> {
    let bad = |field: &str, why: Why| Err(Refusal::invalid(why).with("field", field));
    let out_of_range =
        |found: &dyn std::fmt::Display, to: u64| Why::BadBody { reason: format!("{found} is not from 1 to {to}") };
    for (field, side) in [("width", options.width), ("height", options.height)] {
        if !(1..=LARGEST).contains(&side) {
            return bad(field, out_of_range(&side, LARGEST.into()));
        }
    }
    if !matches!(options.channels, 1 | 3) {
        return bad("channels", Why::BadBody { reason: format!("channels is {}, expected 1 or 3", options.channels) });
    }
    for (field, ratio) in [("ratio1", options.ratio1), ("ratio2", options.ratio2)] {
        if ratio.is_some_and(|ratio| ratio > 100) {
            return bad(field, out_of_range(&ratio.unwrap_or_default(), 100));
        }
    }
    if let (Some(first), Some(second)) = (options.ratio1, options.ratio2)
        && u16::from(first) + u16::from(second) != 100
    {
        return bad("ratio2", Why::Ratios { first, second });
    }
    for (field, file) in [("file1", &options.file1), ("file2", &options.file2)] {
        if let Some(file) = file.as_ref().filter(|file| !file.as_str().to_lowercase().ends_with(".csv")) {
            return bad(field, Why::NotCsv { name: file.to_string() });
        }
    }
    let second = options.file2.as_ref().map_or(SECOND_TABLE, Name::as_str);
    // A second table without rows is not made, whatever its name, which NNC's dialog shows in any case.
    let has_second = options.ratio2.is_some_and(|ratio| ratio > 0) || options.ratio1.is_some_and(|ratio| ratio < 100);
    if has_second && options.file1.as_ref().is_some_and(|first| first.as_str().eq_ignore_ascii_case(second)) {
        return bad("file2", Why::SameTables);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    name: Name,
    upload: Id,
}

/// Makes a table that was uploaded with its pictures a dataset. It may not name files elsewhere: it came from elsewhere itself.
pub(super) async fn import(
    State(studio): State<Shared>,
    In(language): In,
    Json(Import { name, upload }): Json<Import>,
) -> Result<Response> {
    // What is checked is what becomes the dataset: nothing arrives meanwhile.
    let (taken, files) = studio.uploads.take(&upload, "table", |kind| kind == Kind::Table)?;
    if studio.workspace.has(folder(&name)) || studio.jobs.uses_dataset(&name) {
        return Err(Refusal::exists(&name).with("field", "name"));
    }
    let root = only_folder(&studio, files)?;
    let csvs = studio.workspace.names(&root)?.into_iter().filter(|file| file.to_lowercase().ends_with(".csv"));
    let csvs: Vec<String> = csvs.collect();
    if csvs.is_empty() {
        return Err(Refusal::invalid(Why::NoTableUploaded).with("field", "upload"));
    }
    for table in csvs {
        let question = Question::Outside { table: studio.workspace.at(root.join(&table)) };
        let outside = studio.readers.json(question, language).await?;
        let count = outside.get("files").and_then(Value::as_u64).unwrap_or_default();
        if count > 0 {
            let first = outside.get("first").and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(Refusal::invalid(Why::TableLeaves { table, first, files: count }).with("field", "upload"));
        }
    }
    let (making, place) = (Arc::clone(&studio), folder(&name));
    aside(move || {
        making.workspace.rename(&root, place)?;
        taken.used();
        Ok(())
    })
    .await?;
    let described = described(&studio, name, true).await?;
    studio.changed(Changed::Datasets);
    studio.changed(Changed::Uploads);
    Ok((StatusCode::CREATED, axum::Json(described)).into_response())
}

/// A browser sends a folder with its own name around it.
fn only_folder(studio: &Studio, files: PathBuf) -> Result<PathBuf> {
    let names = studio.workspace.names(&files)?;
    match names.as_slice() {
        [only] if studio.workspace.has_folder(files.join(only)) => Ok(files.join(only)),
        _ => Ok(files),
    }
}

pub(super) async fn delete(State(studio): State<Shared>, Part(name): Part<Name>) -> Result<axum::Json<Trashed>> {
    existing(&studio, &name)?;
    if studio.jobs.uses_dataset(&name) {
        return Err(Refusal::conflict("busy", Why::Busy { name: name.to_string() }));
    }
    let deleting = Arc::clone(&studio);
    let item = aside(move || trash::dataset(&deleting.workspace, name)).await?;
    studio.changed(Changed::Datasets);
    studio.changed(Changed::Trash);
    Ok(axum::Json(item))
}
