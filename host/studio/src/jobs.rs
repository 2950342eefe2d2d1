//! Jobs: a queue of commands of this program, each a process of its own that needs the studio for nothing. So a closed browser, a
//! studio that ends or is killed changes nothing about them, and the next studio finds them by what they wrote.
//!
//! * `work` and `creation`: what there is to do, and the command for it; `record`: what is written down about a job.
//! * `start`: the queue; starts what is next, notices ends. `after`: what follows an end.
//! * `process`: whether a job's process is there; `meter`: how far it is; `log`: what it says.
//! * `elsewhere`: jobs that the command line runs in the studio's folder.
//! * `view`: a job as the API tells it.

mod after;
mod creation;
mod elsewhere;
mod log;
mod meter;
mod process;
mod record;
mod start;
mod view;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nnc_messages::Language;
use nnc_result_folder::epoch_seconds;
use tokio::sync::Notify;

pub(crate) use creation::{Alpha, CreateOptions, Creation, Mode, SECOND_TABLE};
pub(crate) use elsewhere::Elsewhere;
pub(crate) use log::{Tail, tail};
pub(crate) use process::is_locked;
pub(crate) use record::{Record, State};
pub(crate) use start::keep_going;
pub(crate) use view::View;
pub(crate) use work::{Computation, Rebuild, Table, Work};

use crate::name::{Id, Name, ResultId};
use crate::refusal::{Refusal, Result};
use crate::why::Why;
use crate::workspace::{JOBS, Workspace};
use axum::http::StatusCode;
use meter::Meter;

/// Jobs that wait at most.
const QUEUE: usize = 200;
/// Ended jobs that are remembered.
const REMEMBERED: usize = 200;

/// All jobs of a studio.
pub(crate) struct Jobs {
    workspace: Arc<Workspace>,
    max_running: usize,
    entries: Mutex<BTreeMap<Id, Entry>>,
    /// Those whose processes this studio has started, and waits for.
    children: Mutex<BTreeSet<Id>>,
    /// Something may be startable.
    bell: Notify,
}

/// A job, and what is seen of it while it runs.
struct Entry {
    record: Record,
    meter: Meter,
    memory: Option<u64>,
}

impl Jobs {
    /// The jobs that are written down. Those of somebody else's studio are remembered as ended, and not started.
    pub(crate) fn new(workspace: Arc<Workspace>, max_running: usize) -> Self {
        let mut entries = BTreeMap::new();
        for mut record in Record::all(&workspace) {
            if workspace.was_foreign && !record.state.is_over() {
                record.state = State::Stopped;
                record.save(&workspace);
            }
            entries.insert(record.id.clone(), Entry::new(record));
        }
        Self { workspace, max_running, entries: Mutex::new(entries), children: Mutex::default(), bell: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Id, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job into the queue.
    pub(crate) fn add(&self, work: Work, language: Language) -> Result<View> {
        let mut entries = self.lock();
        if entries.values().filter(|entry| entry.record.state == State::Queued).count() >= QUEUE {
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many", Why::QueueFull { most: QUEUE }));
        }
        let record = Record {
            id: Id::fresh('j')?,
            work,
            state: State::Queued,
            created: epoch_seconds(),
            started: None,
            ended: None,
            message: None,
            language: language.tag().to_owned(),
            process: None,
        };
        self.workspace.make(record.folder())?;
        record.save(&self.workspace);
        self.forget_old(&mut entries);
        let id = record.id.clone();
        entries.insert(id.clone(), Entry::new(record));
        let view = view::of(&self.workspace, &entries, &id);
        drop(entries);
        self.bell.notify_one();
        view.ok_or_else(|| unknown(&id))
    }

    fn forget_old(&self, entries: &mut BTreeMap<Id, Entry>) {
        let over: Vec<Id> = entries
            .values()
            .filter(|entry| entry.record.state.is_over())
            .map(|entry| entry.record.id.clone())
            .collect();
        for id in over.iter().take(over.len().saturating_sub(REMEMBERED)) {
            let _ = self.workspace.remove(std::path::PathBuf::from(JOBS).join(id));
            entries.remove(id);
        }
    }

    /// All jobs, the latest first.
    pub(crate) fn list(&self) -> Vec<View> {
        let entries = self.lock();
        entries.keys().rev().filter_map(|id| view::of(&self.workspace, &entries, id)).collect()
    }

    pub(crate) fn get(&self, id: &Id) -> Result<View> {
        view::of(&self.workspace, &self.lock(), id).ok_or_else(|| unknown(id))
    }

    pub(crate) fn record(&self, id: &Id) -> Result<Record> {
        self.lock().get(id).map(|entry| entry.record.clone()).ok_or_else(|| unknown(id))
    }

    /// Stops a job, or takes it out of the queue.
    pub(crate) fn stop(&self, id: &Id) -> Result<View> {
        let mut entries = self.lock();
        let entry = entries.get_mut(id).ok_or_else(|| unknown(id))?;
        match entry.record.state {
            State::Queued => {
                entry.record.state = State::Stopped;
                entry.record.ended = Some(epoch_seconds());
            }
            State::Running | State::Stopping => {
                entry.record.state = State::Stopping;
                if let Some(process) = entry.record.process {
                    process.interrupt();
                }
            }
            _ => return Err(Refusal::conflict("ended", Why::NotRunning)),
        }
        entry.record.save(&self.workspace);
        view::of(&self.workspace, &entries, id).ok_or_else(|| unknown(id))
    }

    /// Takes an ended job off the list.
    pub(crate) fn forget(&self, id: &Id) -> Result<()> {
        let mut entries = self.lock();
        let entry = entries.get(id).ok_or_else(|| unknown(id))?;
        if !entry.record.state.is_over() {
            return Err(Refusal::conflict("busy", Why::StillRunning));
        }
        let folder = entry.record.folder();
        entries.remove(id);
        drop(entries);
        self.workspace.remove(&folder).map_err(|error| Refusal::of_system(error, || Why::NoJob { id: id.to_string() }))
    }

    /// How many jobs run.
    pub(crate) fn running(&self) -> usize {
        self.lock().values().filter(|entry| entry.record.state.is_running()).count()
    }

    /// Whether this studio has started its process.
    fn is_child(&self, id: &Id) -> bool {
        self.children.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// Whether a job that has not ended uses something.
    pub(crate) fn uses(&self, what: impl Fn(&Work) -> bool) -> bool {
        self.lock().values().any(|entry| !entry.record.state.is_over() && what(&entry.record.work))
    }

    pub(crate) fn uses_dataset(&self, name: &Name) -> bool {
        self.uses(|work| work.uses_dataset(name))
    }

    pub(crate) fn uses_result(&self, id: &ResultId) -> bool {
        self.uses(|work| work.result() == Some(id))
    }

    pub(crate) fn uses_upload(&self, id: &Id) -> bool {
        self.uses(|work| work.upload() == Some(id))
    }

    /// The project that a result was made for, by the last job that is known.
    pub(crate) fn project_of(&self, result: &ResultId) -> Option<String> {
        let entries = self.lock();
        let mut of_result = entries.values().rev().filter(|entry| entry.record.work.result() == Some(result));
        of_result.find_map(|entry| entry.record.work.project()).map(Name::to_string)
    }

    /// The last check of a table that has ended, with its answer's file.
    pub(crate) fn last_check(&self, table: &Table) -> Option<(f64, std::path::PathBuf)> {
        let entries = self.lock();
        let of_table = |entry: &&Entry| {
            matches!(&entry.record.work, Work::Check { table: checked, .. } if checked == table)
                && entry.record.state == State::Finished
        };
        let last = entries.values().rev().find(of_table)?;
        Some((last.record.ended?, last.record.file(record::ANSWER)))
    }
}

impl Entry {
    fn new(record: Record) -> Self {
        Self { record, meter: Meter::default(), memory: None }
    }
}

pub(crate) fn unknown(id: &Id) -> Refusal {
    Refusal::missing(Why::NoJob { id: id.to_string() })
}
