//! A job as the API tells it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::meter::Progress;
use super::record::{ANSWER, LOG, State};
use super::{Entry, Work};
use crate::name::Id;
use crate::workspace::Workspace;

/// The most bytes of an answer that goes along with its job; larger ones have a place of their own.
const ANSWER_BYTES: u64 = 256 << 10;

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct View {
    pub(crate) id: Id,
    pub(crate) kind: &'static str,
    pub(crate) state: State,
    pub(crate) origin: &'static str,
    pub(crate) title: String,
    pub(crate) project: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) dataset: Option<String>,
    pub(crate) created: f64,
    pub(crate) started: Option<f64>,
    pub(crate) ended: Option<f64>,
    /// Place in the queue, from 1.
    pub(crate) position: Option<usize>,
    pub(crate) progress: Option<Progress>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) message: Option<String>,
    pub(crate) outcome: Value,
    pub(crate) log_bytes: u64,
}

/// A job of the studio's own.
pub(super) fn of(workspace: &Workspace, entries: &BTreeMap<Id, Entry>, id: &Id) -> Option<View> {
    let Entry { record, meter, memory } = entries.get(id)?;
    let work = &record.work;
    let is_running = record.state.is_running();
    let waits = |entry: &&Entry| entry.record.state == State::Queued && entry.record.work.is_heavy() == work.is_heavy();
    let position = (record.state == State::Queued)
        .then(|| 1 + entries.values().take_while(|entry| entry.record.id != *id).filter(waits).count());
    let outcome = (record.state == State::Finished && work.answers_json())
        .then(|| workspace.read(record.file(ANSWER), ANSWER_BYTES).ok())
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Some(View {
        id: record.id.clone(),
        kind: work.kind(),
        state: record.state,
        origin: "studio",
        title: work.title(),
        project: work.project().map(ToString::to_string),
        result: work.result().map(ToString::to_string),
        dataset: work.dataset().map(ToString::to_string),
        created: record.created,
        started: record.started,
        ended: record.ended,
        position,
        progress: is_running.then(|| meter.progress()).flatten(),
        memory_bytes: memory.filter(|_| is_running),
        message: record.message.clone(),
        outcome: outcome.unwrap_or_default(),
        log_bytes: workspace.facts(record.file(LOG)).map_or(0, |(bytes, _)| bytes),
    })
}

impl Work {
    /// Whether its end changes the list of results.
    pub(super) fn makes_results(&self) -> bool {
        self.result().is_some() && !matches!(self, Self::Export { .. })
    }
}
