//! Jobs that the command line runs in the studio's folder: they lock the folders of their results and keep a status file and a log
//! there, which is all that is needed to show them.

use std::fs::File;

use nnc_result_folder::Phase;
use serde_json::Value;

use super::meter::{Meter, Step};
use super::process::{Mark, is_locked};
use super::record::State;
use super::view::View;
use crate::name::{Id, ResultId};
use crate::workspace::Workspace;

/// Far more than a status has.
const STATUS: u64 = 1 << 20;

/// A job of the command line.
pub(crate) struct Elsewhere {
    pub(crate) result: ResultId,
}

impl Elsewhere {
    /// The job's id, which follows from its folder.
    pub(crate) fn id_of(result: &ResultId) -> Id {
        Id::of('x', &result.to_string())
    }

    /// Whether one runs in the folder of a result. Those of the studio lock theirs too: ask for them first.
    pub(crate) fn is_running(workspace: &Workspace, result: &ResultId) -> bool {
        is_locked(&workspace.at(result.path()))
            && latest(workspace, result).is_some_and(|(_, status)| is_running(&status))
    }

    /// How far it is.
    pub(crate) fn view(&self, workspace: &Workspace) -> Option<View> {
        let (phase, status) = latest(workspace, &self.result)?;
        let running = is_running(&status) && is_locked(&workspace.at(self.result.path()));
        let number = |key: &str| status.get(key).and_then(Value::as_f64);
        let process = running.then(|| Mark::of_lock(&workspace.at(self.result.path()))).flatten();
        let state = match status.get("status").and_then(Value::as_str) {
            _ if running => State::Running,
            Some("finished") => State::Finished,
            Some("failed") => State::Failed,
            Some("suspended") => State::Stopped,
            _ => State::Interrupted,
        };
        let error = status.get("last_error").and_then(|error| error.get("message")).and_then(Value::as_str);
        let log_bytes = self.logs(workspace).iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
        let start = number("start_time").unwrap_or_default();
        Some(View {
            id: Self::id_of(&self.result),
            kind: phase.name(),
            state,
            origin: "command line",
            title: self.result.name().to_owned(),
            project: None,
            result: Some(self.result.to_string()),
            dataset: None,
            created: start,
            started: Some(start),
            ended: number("end_time").filter(|_| !running),
            position: None,
            progress: running.then(|| progress(phase, &status)).flatten().and_then(|meter| meter.progress()),
            memory_bytes: process.and_then(Mark::memory),
            message: error.map(str::to_owned),
            outcome: Value::Null,
            log_bytes,
        })
    }

    /// Asks it to stop; says whether its process was found.
    pub(crate) fn stop(&self, workspace: &Workspace) -> bool {
        Mark::of_lock(&workspace.at(self.result.path())).is_some_and(Mark::interrupt)
    }

    /// Its logs, the first phase first.
    pub(crate) fn logs(&self, workspace: &Workspace) -> Vec<File> {
        let open = |phase: Phase| workspace.open_file(self.result.path().join(phase.log())).ok();
        Phase::ALL.into_iter().filter_map(open).collect()
    }
}

/// The phase that was begun last, and its status.
fn latest(workspace: &Workspace, result: &ResultId) -> Option<(Phase, Value)> {
    let read = |phase: Phase| {
        let bytes = workspace.read(result.path().join(phase.status()), STATUS).ok()?;
        Some((phase, serde_json::from_slice::<Value>(&bytes).ok()?))
    };
    let start = |status: &Value| status.get("start_time").and_then(Value::as_f64).unwrap_or_default();
    Phase::ALL.into_iter().filter_map(read).max_by(|a, b| start(&a.1).total_cmp(&start(&b.1)))
}

fn is_running(status: &Value) -> bool {
    matches!(status.get("status").and_then(Value::as_str), Some("preprocessing" | "processing"))
}

/// NNC's count; its rate is that of the whole phase.
fn progress(phase: Phase, status: &Value) -> Option<Meter> {
    let key = if phase == Phase::Train { "progress" } else { "data" };
    let number = |name: &str| status.get(key)?.get(name)?.as_u64();
    let step = Step { stage: phase.name().to_owned(), done: number("current")?, total: number("max")? };
    let mut meter = Meter::default();
    meter.note(step, std::time::Instant::now());
    Some(meter)
}
