//! Jobs that the command line runs in the studio's folder: they lock the folders of their results and keep a status file and a log
//! there, which is all that is needed to show them.

use std::fs::File;

use nnc_messages::plain_line;
use nnc_result_folder::Phase;
use serde::Deserialize;
use serde_json::Value;

use super::meter::{Meter, Step};
use super::process::{Mark, is_locked};
use super::record::State;
use super::view::View;
use crate::name::{Id, ResultId};
use crate::workspace::Workspace;

/// Far more than a status has; somebody else may have written it.
const STATUS: u64 = 1 << 20;
/// Characters of an error that are told.
const ERROR: usize = 2_000;

/// What is told of a status file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    status: String,
    start_time: f64,
    end_time: Option<f64>,
    last_error: Option<LastError>,
    progress: Option<Count>,
    data: Option<Count>,
}

#[derive(Deserialize)]
struct LastError {
    message: Option<String>,
}

/// NNC's count.
#[derive(Clone, Copy, Deserialize)]
struct Count {
    current: u64,
    max: u64,
}

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
        let process = running.then(|| Mark::of_lock(&workspace.at(self.result.path()))).flatten();
        let state = match status.status.as_str() {
            _ if running => State::Running,
            "finished" => State::Finished,
            "failed" => State::Failed,
            "suspended" => State::Stopped,
            _ => State::Interrupted,
        };
        let error = status.last_error.as_ref().and_then(|error| error.message.as_deref());
        let error = error.map(|error| plain_line(error).chars().take(ERROR).collect());
        let log_bytes = self.logs(workspace).iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
        let start = status.start_time;
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
            ended: status.end_time.filter(|_| !running),
            position: None,
            progress: running.then(|| progress(phase, &status)).flatten().and_then(|meter| meter.progress()),
            memory_bytes: process.and_then(Mark::memory),
            message: error,
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
fn latest(workspace: &Workspace, result: &ResultId) -> Option<(Phase, Status)> {
    let read = |phase: Phase| {
        let bytes = workspace.read(result.path().join(phase.status()), STATUS).ok()?;
        Some((phase, serde_json::from_slice::<Status>(&bytes).ok()?))
    };
    Phase::ALL.into_iter().filter_map(read).max_by(|a, b| a.1.start_time.total_cmp(&b.1.start_time))
}

fn is_running(status: &Status) -> bool {
    matches!(status.status.as_str(), "preprocessing" | "processing")
}

/// How far it is; the rate is that of the whole phase.
fn progress(phase: Phase, status: &Status) -> Option<Meter> {
    let count = if phase == Phase::Train { status.progress } else { status.data }?;
    let step = Step { stage: phase.name().to_owned(), done: count.current, total: count.max };
    let mut meter = Meter::default();
    meter.note(step, std::time::Instant::now());
    Some(meter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_of_somebody_else_is_told_plainly_and_cut() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(place.path()).unwrap();
        let result = ResultId::new("results~job").unwrap();
        workspace.make(result.path()).unwrap();
        let message = format!("\u{202e}\n\u{1b}[2J{}", "x".repeat(9_000));
        let status = serde_json::json!({
            "status": "failed", "start_time": 1.5, "end_time": 2.5, "last_error": { "code": "1", "message": message },
            "more": [[1], { "deep": "y" }],
        });
        workspace.write(result.path().join(Phase::Train.status()), status.to_string().as_bytes()).unwrap();
        let view = Elsewhere { result: result.clone() }.view(&workspace).unwrap();
        let told = view.message.unwrap();
        assert_eq!((view.state, view.started, view.ended), (State::Failed, Some(1.5), Some(2.5)));
        assert!(
            told.chars().count() <= ERROR && told.chars().all(|c| !c.is_control() && c != '\u{202e}'),
            "{told:.60}"
        );
        workspace.write(result.path().join(Phase::Train.status()), b"{\"status\": 3}").unwrap();
        assert!(Elsewhere { result }.view(&workspace).is_none());
    }
}
