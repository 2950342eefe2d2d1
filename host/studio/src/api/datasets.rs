//! Datasets: folders with tables and the pictures that they name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use nnc_messages::Language;
use nnc_studio_reader::Question;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::dialog::LARGEST;
use super::request::{In, Json, Part, Query, aside, number, some_number};
use crate::jobs::{CreateOptions, Creation, SECOND_TABLE, Table, Work};
use crate::name::{Id, Name};
use crate::projects;
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::trash::{self, Trashed};
use crate::uploads::Kind;
use crate::why::Why;
use crate::workspace::DATASETS;

/// Rows of a page.
const MOST_ROWS: usize = 500;
const ROWS: usize = 50;
/// Sides of thumbnails.
const SIDES: std::ops::RangeInclusive<u32> = 16..=1024;
const SIDE: u32 = 96;
/// The most rows that an address can name.
const LAST_ROW: usize = 1_000_000_000;
/// The most bytes of what a check found: a hundred thousand problems.
const CHECK_BYTES: u64 = 256 << 20;

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
fn described(studio: &Studio, name: &Name, whole: bool) -> Result<Value> {
    let folder = existing(studio, name)?;
    let summary = studio.creations.of(&studio.workspace, &folder);
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
        described.insert("creation".to_owned(), Value::clone(&summary));
    }
    Ok(described)
}

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    let datasets = aside(move || {
        let names = studio.workspace.names(DATASETS)?;
        let names = names.iter().filter_map(|name| Name::new(name).ok());
        let mut datasets: Vec<Value> = names.filter_map(|name| described(&studio, &name, false).ok()).collect();
        let created = |dataset: &Value| dataset.get("created").and_then(Value::as_f64).unwrap_or_default();
        datasets.sort_by(|a, b| created(b).total_cmp(&created(a)));
        Ok(datasets)
    });
    Ok(axum::Json(json!({ "datasets": datasets.await? })))
}

pub(super) async fn get(State(studio): State<Shared>, Part(name): Part<Name>) -> Result<axum::Json<Value>> {
    aside(move || described(&studio, &name, true)).await.map(axum::Json)
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
    let (_, files) = studio.uploads.finished(&upload, "table", |kind| kind == Kind::Table)?;
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
    let made = Arc::clone(&studio);
    let described = aside(move || {
        made.workspace.rename(&root, folder(&name))?;
        let _ = made.uploads.remove(&upload);
        described(&made, &name, true)
    })
    .await?;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    table: Option<Name>,
    #[serde(default, deserialize_with = "number")]
    offset: usize,
    #[serde(default = "usual_rows", deserialize_with = "number")]
    limit: usize,
    label: Option<String>,
}

fn usual_rows() -> usize {
    ROWS
}

/// Fails unless a page is one that can be asked for.
pub(super) fn check_page(offset: usize, limit: usize) -> Result<()> {
    let reason = match () {
        () if !(1..=MOST_ROWS).contains(&limit) => format!("limit is {limit}, expected 1 to {MOST_ROWS}"),
        () if offset > LAST_ROW => format!("offset is {offset}, expected at most {LAST_ROW}"),
        () => return Ok(()),
    };
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", Why::BadQuery { reason }))
}

/// Fails unless a picture of this size can be asked for.
pub(super) fn check_side(side: u32) -> Result<()> {
    if SIDES.contains(&side) {
        return Ok(());
    }
    let reason = format!("size is {side}, expected {} to {}", SIDES.start(), SIDES.end());
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", Why::BadQuery { reason }))
}

pub(super) async fn rows(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    Query(Page { table: asked, offset, limit, label }): Query<Page>,
) -> Result<axum::Json<Value>> {
    check_page(offset, limit)?;
    let path = studio.workspace.at(table(&studio, &name, asked)?.path());
    let question = Question::Rows { table: path, offset, limit, label };
    studio.readers.json(question, language).await.map(axum::Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cell {
    table: Option<Name>,
    #[serde(deserialize_with = "number")]
    row: usize,
    #[serde(default, deserialize_with = "some_number")]
    column: Option<usize>,
    #[serde(default = "usual_side", deserialize_with = "number")]
    size: u32,
}

fn usual_side() -> u32 {
    SIDE
}

pub(super) async fn thumbnail(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    Query(Cell { table: asked, row, column, size }): Query<Cell>,
) -> Result<Response> {
    check_side(size)?;
    let path = studio.workspace.at(table(&studio, &name, asked)?.path());
    let beneath = studio.workspace.path().to_owned();
    let question = Question::Thumbnail { table: path, row, column, size, beneath };
    Ok(png(studio.readers.bytes(question, language).await?))
}

/// A picture.
pub(super) fn png(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "image/png")], bytes).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    table: Option<Name>,
    against: Option<Against>,
}

/// A table of another dataset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Against {
    pub(super) dataset: Name,
    pub(super) table: Option<Name>,
}

pub(super) async fn check(
    State(studio): State<Shared>,
    In(language): In,
    Part(name): Part<Name>,
    Json(Check { table: asked, against }): Json<Check>,
) -> Result<Response> {
    let checked = table(&studio, &name, asked)?;
    let against = against.map(|other| table(&studio, &other.dataset, other.table)).transpose()?;
    accepted(&studio, Work::Check { table: checked, against }, language)
}

pub(super) async fn problems(
    State(studio): State<Shared>,
    Part(name): Part<Name>,
    Query(Page { table: asked, offset, limit, .. }): Query<Page>,
) -> Result<axum::Json<Value>> {
    check_page(offset, limit)?;
    let table = table(&studio, &name, asked)?;
    let Some((checked, file)) = studio.jobs.last_check(&table) else {
        return Ok(axum::Json(json!({ "checked": null, "stale": false, "total": 0, "summary": null, "problems": [] })));
    };
    let found = aside(move || {
        let (_, modified) = studio.workspace.facts(table.path())?;
        let bytes = studio.workspace.read(file, CHECK_BYTES)?;
        let mut answer: Map<String, Value> = serde_json::from_slice(&bytes).map_err(std::io::Error::from)?;
        let problems =
            answer.remove("problems").and_then(|all| if let Value::Array(all) = all { Some(all) } else { None });
        let problems = problems.unwrap_or_default();
        let total = problems.len();
        let page: Vec<Value> = problems.into_iter().skip(offset).take(limit).collect();
        Ok(json!({
            "checked": checked, "stale": modified > checked, "total": total, "summary": answer, "problems": page,
        }))
    });
    found.await.map(axum::Json)
}
