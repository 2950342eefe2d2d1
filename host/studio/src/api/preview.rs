//! What is in a dataset: its rows page by page, its pictures, and what a check has found. The reader looks into the files.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use nnc_messages::Language;
use nnc_studio_reader::Question;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::datasets::{accepted, table};
use super::request::{In, Json, Part, Query, number, some_number};
use crate::jobs::Work;
use crate::name::Name;
use crate::refusal::{Refusal, Result};
use crate::studio::Studio;
use crate::why::Why;

/// Rows of a page.
const MOST_ROWS: usize = 500;
const ROWS: usize = 50;
/// Sides of thumbnails.
const SIDES: std::ops::RangeInclusive<u32> = 16..=1024;
const SIDE: u32 = 96;
/// The most rows that an address can name.
const LAST_ROW: usize = 1_000_000_000;

/// The reader's answer as it is: numbers that were read and written once more would not be the same to the last bit, and a threshold at
/// a score would judge it otherwise.
pub(super) async fn answer(studio: &Studio, question: Question, language: Language) -> Result<Response> {
    let bytes = studio.readers.bytes(question, language).await?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
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
) -> Result<Response> {
    check_page(offset, limit)?;
    let path = studio.workspace.at(table(&studio, &name, asked)?.path());
    let beneath = studio.workspace.path().to_owned();
    let question = Question::Rows { table: path, offset, limit, label, beneath };
    answer(&studio, question, language).await
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
    In(language): In,
    Part(name): Part<Name>,
    Query(Page { table: asked, offset, limit, .. }): Query<Page>,
) -> Result<axum::Json<Value>> {
    check_page(offset, limit)?;
    let table = table(&studio, &name, asked)?;
    let Some((checked, file)) = studio.jobs.last_check(&table) else {
        return Ok(axum::Json(json!({ "checked": null, "stale": false, "total": 0, "summary": null, "problems": [] })));
    };
    let (_, modified) = studio.workspace.facts(table.path())?;
    let beneath = studio.workspace.path().to_owned();
    let question = Question::Problems { file: studio.workspace.at(file), offset, limit, beneath };
    let mut found = studio.readers.json(question, language).await?;
    if let Some(found) = found.as_object_mut() {
        found.insert("checked".to_owned(), json!(checked));
        found.insert("stale".to_owned(), json!(modified > checked));
    }
    Ok(axum::Json(found))
}
