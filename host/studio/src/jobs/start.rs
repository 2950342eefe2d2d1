//! The queue: starts what is next, watches what runs, and notices ends, also of jobs that an earlier studio started.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nnc_files::beneath;
use nnc_messages::{Language, Said};
use nnc_result_folder::epoch_seconds;

use super::meter::Step;
use super::process::Mark;
use super::record::{ANSWER, LOG, PROGRESS, Record, State};
use super::{Jobs, after};
use crate::ask::last_words;
use crate::name::Id;
use crate::studio::{Changed, Studio};
use crate::why::Why;
use crate::workspace::Workspace;

/// Names the file in which a command keeps its progress.
const PROGRESS_VARIABLE: &str = "NNC_HOST_PROGRESS";
/// How often running jobs are looked at.
const TICK: Duration = Duration::from_millis(400);
/// Looking for memory costs a look at every process.
const MEMORY_TICKS: u32 = 3;
/// Small jobs at once; they are over soon, and one that is not must not hold up the others.
const LIGHT: usize = 2;
/// Bytes of a log's end that are searched for the error.
const LAST_BYTES: u64 = 16 << 10;
const PROGRESS_BYTES: u64 = 4096;
/// Bytes of a disk that has no room for a line.
const NEXT_TO_NOTHING: u64 = 64 << 10;

/// Keeps jobs going for as long as the studio is open.
pub(crate) async fn keep_going(studio: Arc<Studio>) {
    let mut tick = 0u32;
    loop {
        let running = look_after(&studio, tick);
        let started = start_next(&studio);
        tick = tick.wrapping_add(1);
        if running || started {
            tokio::time::sleep(TICK).await;
        } else {
            studio.jobs.bell.notified().await;
        }
    }
}

/// Looks at running jobs; says whether there are any.
fn look_after(studio: &Arc<Studio>, tick: u32) -> bool {
    let jobs = &studio.jobs;
    let mut lost = Vec::new();
    let mut running = false;
    for entry in jobs.lock().values_mut().filter(|entry| entry.record.state.is_running()) {
        running = true;
        let alive = entry.record.process.filter(|mark| mark.is_alive(&jobs.workspace.at(entry.record.file(LOG))));
        match alive {
            Some(mark) => {
                if let Some(step) = step(&jobs.workspace, &entry.record) {
                    entry.meter.note(step, Instant::now());
                }
                if tick.is_multiple_of(MEMORY_TICKS) {
                    entry.memory = mark.memory();
                }
            }
            None => lost.push(entry.record.id.clone()),
        }
    }
    for id in lost {
        // Its own child is waited for, and says more about its end; this is for those of an earlier studio.
        if !jobs.is_child(&id) {
            end(studio, &id, None);
        }
    }
    running
}

/// Starts what is next; says whether something was.
fn start_next(studio: &Arc<Studio>) -> bool {
    let jobs = &studio.jobs;
    let mut started = false;
    while let Some(record) = next(jobs) {
        started = true;
        match start(studio, &record) {
            Ok(()) => {}
            Err(error) => {
                let mut entries = jobs.lock();
                if let Some(entry) = entries.get_mut(&record.id) {
                    entry.record.state = State::Failed;
                    entry.record.message = Some(nnc_messages::Say::said(&error));
                    entry.record.ended = Some(epoch_seconds());
                    entry.record.save(&jobs.workspace);
                }
            }
        }
        studio.changed(Changed::Jobs);
    }
    started
}

/// The next job that may start: there is room, and nothing else works on its result.
fn next(jobs: &Jobs) -> Option<Record> {
    let entries = jobs.lock();
    let running = |heavy: bool| {
        let of_kind = entries.values().filter(move |entry| entry.record.work.is_heavy() == heavy);
        of_kind.filter(|entry| entry.record.state.is_running()).count()
    };
    let room = |heavy: bool| if heavy { running(true) < jobs.max_running } else { running(false) < LIGHT };
    let (heavy, light) = (room(true), room(false));
    let busy: Vec<_> =
        entries.values().filter(|e| e.record.state.is_running()).filter_map(|e| e.record.work.result()).collect();
    let may = |record: &Record| {
        let has_room = if record.work.is_heavy() { heavy } else { light };
        has_room && record.work.result().is_none_or(|result| !busy.contains(&result))
    };
    let waiting = entries.values().map(|entry| &entry.record).filter(|record| record.state == State::Queued);
    waiting.into_iter().find(|record| may(record)).cloned()
}

/// Starts the process of a job. Nothing of it needs this one: it has files for what it says, and a group of its own, so that a
/// Ctrl-C at the studio's terminal does not reach it.
fn start(studio: &Arc<Studio>, record: &Record) -> io::Result<()> {
    let workspace = &studio.workspace;
    let file = |name: &str| beneath::create(workspace.path(), &record.file(name));
    let language = record.language.parse::<Language>().unwrap_or_default();
    let log = file(LOG)?;
    let answer = if record.work.answers_json() { file(ANSWER)? } else { log.try_clone()? };
    let arguments = record.work.arguments(&record.id, &studio.options.of_jobs);
    let mut command = studio.asker.command(&arguments, language);
    command.process_group(0).env(PROGRESS_VARIABLE, workspace.at(record.file(PROGRESS)));
    command.stdout(Stdio::from(answer)).stderr(Stdio::from(log));
    let mut child = command.spawn()?;
    let process = child.id().and_then(Mark::of);
    if let Some(entry) = studio.jobs.lock().get_mut(&record.id) {
        entry.record.state = State::Running;
        entry.record.started = Some(epoch_seconds());
        entry.record.process = process;
        entry.record.save(workspace);
    }
    studio.jobs.children.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(record.id.clone());
    let (studio, id) = (Arc::clone(studio), record.id.clone());
    tokio::spawn(async move {
        let ended = child.wait().await;
        end(&studio, &id, ended.ok());
        studio.jobs.children.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
        studio.jobs.bell.notify_one();
    });
    Ok(())
}

/// What the command says about how far it is.
fn step(workspace: &Workspace, record: &Record) -> Option<Step> {
    let bytes = workspace.read(record.file(PROGRESS), PROGRESS_BYTES).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Takes down how a job ended; `status` is missing for a job of an earlier studio, whose answer says it.
fn end(studio: &Arc<Studio>, id: &Id, status: Option<ExitStatus>) {
    let jobs = &studio.jobs;
    let Ok(record) = jobs.record(id) else { return };
    if record.state.is_over() {
        return;
    }
    let (state, message) = how(&studio.workspace, &record, status);
    // Whoever hears that it is done asks for what it made at once.
    let changed = after::follow(studio, &record.work, state);
    {
        let mut entries = jobs.lock();
        let Some(entry) = entries.get_mut(id) else { return };
        entry.record.state = state;
        entry.record.message = message;
        entry.record.ended = Some(epoch_seconds());
        entry.record.process = None;
        entry.record.save(&jobs.workspace);
    }
    changed.into_iter().for_each(|what| studio.changed(what));
    studio.changed(Changed::Jobs);
}

fn how(workspace: &Workspace, record: &Record, status: Option<ExitStatus>) -> (State, Option<String>) {
    let answered = record.work.answers_json() && is_whole_json(workspace, record);
    // A check that finds something ends with its own code, and has done what it was asked for.
    let is_check = record.work.kind() == "check";
    let finished = match status {
        Some(status) => status.success() || (is_check && answered && status.code().is_some()),
        None => answered,
    };
    if finished {
        return (State::Finished, None);
    }
    let was_stopped = record.state == State::Stopping || status.and_then(|status| status.code()) == Some(130);
    let vanished = match status {
        Some(status) => status.code().is_none(),
        None => true,
    };
    let words = last_words(&log_end(workspace, record));
    // On a full disk nobody has written down why.
    let is_full = words.is_empty() && workspace.free() < NEXT_TO_NOTHING;
    let words =
        if is_full { Said(&Why::DiskFull, record.language.parse().unwrap_or_default()).to_string() } else { words };
    let words = Some(words).filter(|words| !words.is_empty());
    match () {
        () if was_stopped => (State::Stopped, None),
        () if vanished => (State::Interrupted, words),
        () => (State::Failed, words),
    }
}

fn is_whole_json(workspace: &Workspace, record: &Record) -> bool {
    let file = workspace.open_file(record.file(ANSWER));
    file.is_ok_and(|file| serde_json::from_reader::<_, serde::de::IgnoredAny>(io::BufReader::new(file)).is_ok())
}

fn log_end(workspace: &Workspace, record: &Record) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let read = || -> io::Result<Vec<u8>> {
        let mut file = workspace.open_file(record.file(LOG))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LAST_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(LAST_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}
