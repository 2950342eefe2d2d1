//! Results: the history with its figures, what differs between them, images and scores, and reports that are made again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use nnc_result_folder::names::{EVALUATION, MODEL};
use nnc_studio_reader::{Order, Question, Shown, Which};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::datasets::accepted;
use super::preview::{answer, check_page, check_side, png};
use super::request::{In, Json, Part, Query, aside, number};
use crate::history;
use crate::jobs::{Rebuild, Work, is_locked};
use crate::name::{Id, ResultId};
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::trash::{self, Trashed};
use crate::uploads::Kind;
use crate::why::Why;
use crate::workspace::MASKS;

/// Results that are compared at once.
const COMPARED: usize = 10;
const IMAGES: usize = 50;
const SIDE: u32 = 256;

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    Ok(axum::Json(json!({ "results": history::list(&studio).await? })))
}

pub(super) async fn get(State(studio): State<Shared>, Part(id): Part<ResultId>) -> Result<axum::Json<Value>> {
    history::one(&studio, &id).await.map(axum::Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ids {
    ids: String,
}

pub(super) async fn compare(
    State(studio): State<Shared>,
    In(language): In,
    Query(Ids { ids }): Query<Ids>,
) -> Result<axum::Json<Value>> {
    let ids: Vec<ResultId> = ids.split(',').map(ResultId::new).collect::<Result<_>>()?;
    let different: BTreeSet<&ResultId> = ids.iter().collect();
    let Some((first, others)) = ids.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err(Refusal::invalid(Why::TwoOrMore));
    };
    if different.len() != ids.len() || ids.len() > COMPARED {
        return Err(Refusal::invalid(Why::TwoOrMore));
    }
    for id in &ids {
        evaluated(&studio, id)?;
    }
    let mut pairs = Vec::new();
    for other in others {
        let mut arguments: Vec<OsString> = vec!["jobs".into(), "compare".into()];
        arguments.extend([first.path().into(), other.path().into(), "--json".into()]);
        arguments.extend(studio.options.of_jobs.sandbox.iter().cloned());
        let comparison = studio.asker.ask(&arguments, language).await?;
        pairs.push(json!({ "first": first, "second": other, "comparison": comparison }));
    }
    Ok(axum::Json(json!({ "results": ids, "pairs": pairs })))
}

/// The folder of a result.
pub(super) fn existing(studio: &Studio, id: &ResultId) -> Result<PathBuf> {
    let path = id.path();
    if history::is_result(&studio.workspace, &path) {
        Ok(path)
    } else {
        Err(Refusal::missing(Why::NoResult { id: id.to_string() }))
    }
}

/// The folder of a result that was evaluated.
fn evaluated(studio: &Studio, id: &ResultId) -> Result<PathBuf> {
    let path = existing(studio, id)?;
    if studio.workspace.has_file(path.join(EVALUATION)) {
        Ok(path)
    } else {
        Err(Refusal::conflict("not-evaluated", Why::NoEvaluation { id: id.to_string() }))
    }
}

fn is_busy(studio: &Studio, id: &ResultId) -> Result<()> {
    if studio.jobs.uses_result(id) || is_locked(&studio.workspace.at(id.path())) {
        return Err(Refusal::conflict("busy", Why::Busy { name: id.to_string() }));
    }
    Ok(())
}

pub(super) async fn delete(State(studio): State<Shared>, Part(id): Part<ResultId>) -> Result<axum::Json<Trashed>> {
    let deleting = Arc::clone(&studio);
    let item = aside(move || {
        existing(&deleting, &id)?;
        is_busy(&deleting, &id)?;
        trash::result(&deleting.workspace, id)
    })
    .await?;
    studio.changed(Changed::Results);
    studio.changed(Changed::Trash);
    Ok(axum::Json(item))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    threshold: Option<f64>,
    false_alarm_rate: Option<f64>,
    confidence: Option<f64>,
    #[serde(default)]
    no_threshold: bool,
    masks: Option<Id>,
    #[serde(default)]
    heatmaps: bool,
}

pub(super) async fn rebuild(
    State(studio): State<Shared>,
    In(language): In,
    Part(id): Part<ResultId>,
    Json(asked): Json<Asked>,
) -> Result<Response> {
    let checking = Arc::clone(&studio);
    let rebuild = aside(move || prepared(&checking, id, &asked)).await?;
    studio.changed(Changed::Uploads);
    accepted(&studio, Work::Report(rebuild), language)
}

/// Checks what is asked for; masks that were uploaded go where the evaluation will look for them from then on.
fn prepared(studio: &Studio, id: ResultId, asked: &Asked) -> Result<Rebuild> {
    evaluated(studio, &id)?;
    is_busy(studio, &id)?;
    let choices = [asked.threshold.is_some(), asked.false_alarm_rate.is_some(), asked.no_threshold];
    if choices.iter().filter(|given| **given).count() > 1 {
        return Err(Refusal::invalid(Why::OneThreshold));
    }
    if !choices.contains(&true) && asked.masks.is_none() && !asked.heatmaps {
        return Err(Refusal::invalid(Why::NothingToDo));
    }
    let share = |name: &'static str, value: Option<f64>, with_ends: bool| match value {
        Some(share) if !(0.0..=1.0).contains(&share) || (!with_ends && (share <= 0.0 || share >= 1.0)) => {
            let reason = format!("{name} is {share}, expected a share between 0 and 1");
            Err(Refusal::invalid(Why::BadBody { reason }).with("field", name))
        }
        _ => Ok(()),
    };
    share("false_alarm_rate", asked.false_alarm_rate, true)?;
    share("confidence", asked.confidence, false)?;
    if asked.threshold.is_some_and(|threshold| !(threshold as f32).is_finite()) {
        let reason = "threshold is too large for a score".to_owned();
        return Err(Refusal::invalid(Why::BadBody { reason }).with("field", "threshold"));
    }
    let masks = asked.masks.as_ref().map(|upload| kept_masks(studio, &id, upload)).transpose()?;
    Ok(Rebuild {
        result: id,
        threshold: asked.threshold,
        false_alarm_rate: asked.false_alarm_rate,
        confidence: asked.confidence,
        no_threshold: asked.no_threshold,
        masks,
        heatmaps: asked.heatmaps,
    })
}

fn kept_masks(studio: &Studio, id: &ResultId, upload: &Id) -> Result<PathBuf> {
    let (_, files) = studio.uploads.finished(upload, "masks", |kind| kind == Kind::Masks)?;
    // A browser sends a folder with its own name around it.
    let names = studio.workspace.names(&files)?;
    let root = match names.as_slice() {
        [only] if studio.workspace.has_folder(files.join(only)) => files.join(only),
        _ => files,
    };
    studio.workspace.make(MASKS)?;
    let mut place = Path::new(MASKS).join(id.name());
    let mut number = 1;
    while studio.workspace.has(&place) {
        number += 1;
        place = Path::new(MASKS).join(format!("{}-{number}", id.name()));
    }
    studio.workspace.rename(&root, &place)?;
    let _ = studio.uploads.remove(upload);
    Ok(place)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    #[serde(default, deserialize_with = "number")]
    offset: usize,
    #[serde(default = "usual_images", deserialize_with = "number")]
    limit: usize,
    #[serde(default = "usual_order")]
    order: Order,
    verdict: Option<Shown>,
}

fn usual_images() -> usize {
    IMAGES
}

fn usual_order() -> Order {
    Order::Falling
}

pub(super) async fn images(
    State(studio): State<Shared>,
    In(language): In,
    Part(id): Part<ResultId>,
    Query(Page { offset, limit, order, verdict: shown }): Query<Page>,
) -> Result<Response> {
    check_page(offset, limit)?;
    let folder = studio.workspace.at(evaluated(&studio, &id)?);
    answer(&studio, Question::Images { folder, offset, limit, order, shown }, language).await
}

pub(super) async fn scores(
    State(studio): State<Shared>,
    In(language): In,
    Part(id): Part<ResultId>,
) -> Result<Response> {
    let folder = studio.workspace.at(evaluated(&studio, &id)?);
    answer(&studio, Question::Scores { folder }, language).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Picture {
    #[serde(deserialize_with = "number")]
    row: usize,
    #[serde(default = "usual_which")]
    kind: Which,
    #[serde(default = "usual_side", deserialize_with = "number")]
    size: u32,
}

fn usual_which() -> Which {
    Which::Image
}

fn usual_side() -> u32 {
    SIDE
}

pub(super) async fn picture(
    State(studio): State<Shared>,
    In(language): In,
    Part(id): Part<ResultId>,
    Query(Picture { row, kind: which, size }): Query<Picture>,
) -> Result<Response> {
    check_side(size)?;
    let folder = studio.workspace.at(evaluated(&studio, &id)?);
    let beneath = studio.workspace.path().to_owned();
    let question = Question::Picture { folder, row, which, size, beneath };
    Ok(png(studio.readers.bytes(question, language).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Onnx,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    format: Format,
}

pub(super) async fn export(
    State(studio): State<Shared>,
    In(language): In,
    Part(id): Part<ResultId>,
    Json(Export { format: Format::Onnx }): Json<Export>,
) -> Result<Response> {
    let path = existing(&studio, &id)?;
    is_busy(&studio, &id)?;
    if !studio.workspace.has_file(path.join(MODEL)) {
        return Err(Refusal::conflict("no-model", Why::NoModel { id: id.to_string() }));
    }
    accepted(&studio, Work::Export { result: id }, language)
}
