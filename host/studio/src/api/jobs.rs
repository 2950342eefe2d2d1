//! Jobs: put into the queue, listed with those of the command line, stopped.

use std::fs::File;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use nnc_result_folder::best_model;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::datasets::{accepted, table};
use super::preview::Against;
use super::request::{In, Json, Part, Query, aside, number};
use crate::jobs::{Computation, Elsewhere, View, Work, tail};
use crate::name::{Id, Name, ResultId};
use crate::projects::{self, ProjectFile};
use crate::refusal::{Refusal, Result};
use crate::studio::{Changed, Studio};
use crate::why::Why;
use crate::workspace::RESULTS;

/// Numbers that are tried for the name of a new result.
const NUMBERS: usize = 100_000;

/// A job, of the studio or of the command line.
pub(super) enum Known {
    Own(Box<View>),
    Elsewhere(Elsewhere, Box<View>),
}

impl Known {
    pub(super) fn view(self) -> View {
        match self {
            Self::Own(view) | Self::Elsewhere(_, view) => *view,
        }
    }
}

/// Jobs of the command line that run now.
fn elsewhere(studio: &Studio) -> Vec<(Elsewhere, View)> {
    let results = studio.history.recent(&studio.workspace);
    let others =
        results.iter().filter(|id| !studio.jobs.uses_result(id) && Elsewhere::is_running(&studio.workspace, id));
    let seen = others.map(|result| Elsewhere { result: result.clone() });
    seen.filter_map(|one| one.view(&studio.workspace).map(|view| (one, view))).collect()
}

/// The job with this id. One of the command line is known for as long as its folder says what became of it.
pub(super) fn known(studio: &Studio, id: &Id) -> Result<Known> {
    if let Ok(view) = studio.jobs.get(id) {
        return Ok(Known::Own(Box::new(view)));
    }
    let results = studio.history.recent(&studio.workspace);
    let result = results.iter().find(|result| Elsewhere::id_of(result) == *id);
    let one = result.map(|result| Elsewhere { result: result.clone() });
    let unknown = || crate::jobs::unknown(id);
    let one = one.ok_or_else(unknown)?;
    let view = one.view(&studio.workspace).ok_or_else(unknown)?;
    Ok(Known::Elsewhere(one, Box::new(view)))
}

/// The files with what a job says.
pub(super) fn logs(studio: &Studio, known: &Known) -> Vec<File> {
    match known {
        Known::Own(view) => {
            let record = studio.jobs.record(&view.id).ok();
            record.and_then(|record| studio.workspace.open_file(record.log()).ok()).into_iter().collect()
        }
        Known::Elsewhere(one, _) => one.logs(&studio.workspace),
    }
}

pub(super) async fn list(State(studio): State<Shared>) -> Result<axum::Json<Value>> {
    let jobs = aside(move || {
        let mut jobs: Vec<View> = elsewhere(&studio).into_iter().map(|(_, view)| view).collect();
        jobs.extend(studio.jobs.list());
        jobs.sort_by(|a, b| b.created.total_cmp(&a.created));
        Ok(jobs)
    });
    Ok(axum::Json(json!({ "jobs": jobs.await? })))
}

pub(super) async fn get(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<axum::Json<View>> {
    aside(move || Ok(known(&studio, &id)?.view())).await.map(axum::Json)
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Run,
    Train,
    Evaluate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    kind: Kind,
    project: Name,
    /// A new result; of an evaluation one that is there, by its id or its name.
    result: Option<String>,
    device: Option<String>,
    dataset: Option<Against>,
    #[serde(default)]
    restart: bool,
}

pub(super) async fn create(State(studio): State<Shared>, In(language): In, Json(new): Json<New>) -> Result<Response> {
    let file = ProjectFile::read(&studio.workspace, &new.project)?;
    if let Some(device) = new.device.as_deref().filter(|device| !is_device(device)) {
        let reason = format!("device is \"{device}\", expected auto, cpu, cuda or cuda:N");
        return Err(Refusal::invalid(Why::BadBody { reason }).with("field", "device"));
    }
    let dataset = new.dataset.map(|other| table(&studio, &other.dataset, other.table)).transpose()?;
    let result = match new.kind {
        Kind::Evaluate => evaluated(&studio, new.result.as_deref())?,
        Kind::Run | Kind::Train => fresh(&studio, &new.project, new.result.as_deref())?,
    };
    let computation = Computation {
        reads: projects::datasets_of(&studio, &file),
        file: file.path(),
        project: new.project,
        result,
        device: new.device,
        dataset: dataset.filter(|_| new.kind == Kind::Evaluate),
        restart: new.restart,
    };
    let work = match new.kind {
        Kind::Run => Work::Run(computation),
        Kind::Train => Work::Train(computation),
        Kind::Evaluate => Work::Evaluate(computation),
    };
    accepted(&studio, work, language)
}

fn is_device(device: &str) -> bool {
    let number = device.strip_prefix("cuda:").unwrap_or("0");
    let is_number = !number.is_empty() && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (matches!(device, "auto" | "cpu" | "cuda") || device.starts_with("cuda:"))
}

/// The folder of a new result: nothing that is there is replaced.
fn fresh(studio: &Studio, project: &Name, asked: Option<&str>) -> Result<ResultId> {
    let is_free = |id: &ResultId| !studio.workspace.has(id.path()) && !studio.jobs.uses_result(id);
    if let Some(asked) = asked {
        let id = ResultId::usual(Name::new(asked)?);
        return if is_free(&id) { Ok(id) } else { Err(Refusal::exists(asked).with("field", "result")) };
    }
    let numbered = (1..NUMBERS).filter_map(|number| Name::new(&project.with(&format!("-{number}"))).ok());
    numbered.map(ResultId::usual).find(is_free).ok_or_else(|| Refusal::exists(project))
}

/// A result with a model, to be evaluated.
fn evaluated(studio: &Studio, asked: Option<&str>) -> Result<ResultId> {
    let asked = asked.ok_or_else(|| Refusal::invalid(Why::NoSource { field: "result" }).with("field", "result"))?;
    let id = ResultId::new(asked)?;
    let id = if studio.workspace.has_folder(id.path()) || asked.starts_with(RESULTS) {
        id
    } else {
        ResultId::usual(Name::new(asked)?)
    };
    if !studio.workspace.has_folder(id.path()) {
        return Err(Refusal::missing(Why::NoResult { id: id.to_string() }));
    }
    if studio.jobs.uses_result(&id) || Elsewhere::is_running(&studio.workspace, &id) {
        return Err(Refusal::conflict("busy", Why::Busy { name: id.to_string() }));
    }
    if best_model(&studio.workspace.at(id.path())).is_none() {
        return Err(Refusal::conflict("no-model", Why::NoModel { id: id.to_string() }));
    }
    Ok(id)
}

pub(super) async fn stop(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<Response> {
    let stopping = Arc::clone(&studio);
    let view = aside(move || match known(&stopping, &id)? {
        Known::Own(_) => stopping.jobs.stop(&id),
        Known::Elsewhere(_, view) if view.state.is_over() => Err(Refusal::conflict("ended", Why::NotRunning)),
        Known::Elsewhere(one, view) => {
            if one.stop(&stopping.workspace) {
                Ok(*view)
            } else {
                Err(Refusal::conflict("not-found", Why::CannotStop))
            }
        }
    })
    .await?;
    studio.changed(Changed::Jobs);
    Ok((StatusCode::ACCEPTED, axum::Json(view)).into_response())
}

pub(super) async fn forget(State(studio): State<Shared>, Part(id): Part<Id>) -> Result<StatusCode> {
    let forgetting = Arc::clone(&studio);
    aside(move || match known(&forgetting, &id)? {
        Known::Own(_) => forgetting.jobs.forget(&id),
        Known::Elsewhere(..) => Err(Refusal::conflict("busy", Why::StillRunning)),
    })
    .await?;
    studio.changed(Changed::Jobs);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    #[serde(default, deserialize_with = "number")]
    after: u64,
}

/// The last byte of a log that an address can name.
const LAST_BYTE: u64 = 1 << 50;

/// Fails unless a log can begin there.
pub(super) fn check_after(after: u64) -> Result<()> {
    if after <= LAST_BYTE {
        return Ok(());
    }
    let reason = format!("after is {after}, expected at most {LAST_BYTE}");
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-query", Why::BadQuery { reason }))
}

/// The log as far as it goes, in plain characters.
pub(super) async fn log(
    State(studio): State<Shared>,
    Part(id): Part<Id>,
    Query(After { after }): Query<After>,
) -> Result<Response> {
    check_after(after)?;
    let text = aside(move || {
        let known = known(&studio, &id)?;
        let mut files = logs(&studio, &known);
        let complete = known.view().state.is_over();
        let (mut text, mut offset) = (String::new(), after);
        loop {
            let next = tail(&mut files, offset, complete)?;
            for line in &next.lines {
                text.push_str(line);
                text.push('\n');
            }
            offset = next.offset;
            if !next.more || next.lines.is_empty() {
                return Ok(text);
            }
        }
    })
    .await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
