//! The parent of a worker: starts it, turns its messages into log lines, status and a progress bar, and makes one
//! clear line out of every way in which it can end.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::console::Console;
use crate::files::own_executable;
use crate::job::outdir::{self, OutDir, remove};
use crate::job::protocol::{Event, Level, Origin, Task};
use crate::job::results::CONFUSION_MATRIX;
use crate::job::signals::Signals;
use crate::job::status::Status;
use crate::job::watchdog::Watchdog;
use crate::job::{JobSpec, Phase, cost};
use crate::language::{self, Figure, Interruption, JobText, Message};
use crate::process::{LastWords, bind_to_parent, ending};
use crate::time::log_stamp;
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{Exit, Failure, Result};

/// How long a worker may take to stop after it was asked to.
const GRACE: Duration = Duration::from_secs(10);
/// How long to listen to the pipes of a worker that has ended.
const LAST_MESSAGES: Duration = Duration::from_secs(1);
/// How often status and signals are looked at.
const TICK: Duration = Duration::from_millis(100);
/// Messages waiting to be dealt with; a plugin that floods its pipes waits, and the parent's memory does not grow.
const BACKLOG: usize = 1024;

/// Runs one job to its end: publishes its results, or leaves earlier results as they were.
///
/// # Errors
/// A [`Failure`] with the exit code of the job; its message is already in the log.
pub(crate) fn run(mut spec: JobSpec, out: &OutDir, console: &Console, signals: &Signals) -> Result<Value> {
    let phase = spec.phase;
    if signals.count() > 0 {
        return Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[])));
    }
    let log = out.file(&format!("{}_log.txt", phase.name()));
    let mut job = Job {
        console,
        log: File::create(&log)
            .map_err(|e| Failure::new(Exit::Usage, Doing::Write(log.to_path_buf(), e.to_string()).said()))?,
        status: Status::new(out.file(&format!("{}_status.json", phase.name())), phase),
        status_lost: false,
        step: Task::Plugin.name().with(&[]),
        verbosity: spec.verbosity,
    };
    job.write_status();
    // NNC's first line, whether or not the folder is new.
    job.line(Origin::Worker, Level::Info, &format!("mkdir {}", out.path().display()));
    let replaced = out.replaced(phase);
    if !replaced.is_empty() {
        job.line(Origin::Worker, Level::Info, &JobText::WillReplace.with(&[&replaced.join(", ")]));
    }
    for warning in std::mem::take(&mut spec.warnings) {
        job.line(Origin::Worker, Level::Warning, &warning);
    }

    let outcome = out.staging(phase, !spec.restart).and_then(|staging| {
        spec.staging = staging;
        job.watch(&spec, signals)
    });
    let outcome = outcome.and_then(|summary| {
        job.line(Origin::Worker, Level::Info, "results handling...");
        if phase == Phase::Train {
            job.line(Origin::Worker, Level::Info, "create result_train_best.nnp");
            job.line(Origin::Worker, Level::Info, "create result_train_last.nnp");
        } else {
            // NNC names the matrix before and after it looks for one (NNC contract 9.4).
            job.line(Origin::Worker, Level::Info, &format!("create {CONFUSION_MATRIX}"));
            if spec.staging.join(CONFUSION_MATRIX).is_file() {
                job.line(Origin::Worker, Level::Info, &format!("{CONFUSION_MATRIX} created"));
            } else {
                job.usual_warning(&format!("{CONFUSION_MATRIX} can not created"));
                job.line(Origin::Worker, Level::Info, &Figure::NoConfusionMatrix.with(&[]));
            }
            job.line(Origin::Worker, Level::Info, "create result_evaluate.nnp");
        }
        let model = if phase == Phase::Train { "results.nnp" } else { "result_evaluate.nnp" };
        for (key, value) in cost::describe(&spec.staging.join(model)) {
            job.status.set(&key, value);
        }
        out.publish(phase, &spec.staging)?;
        Ok(summary)
    });
    console.clear_bar();

    match outcome {
        Ok(summary) => {
            if phase == Phase::Evaluate {
                job.status.set("output_result", summary["output_result"].clone());
            }
            job.status.set("storage_used", json!(folder_size(out.path())));
            job.status.end("finished");
            job.write_status();
            job.line(Origin::Worker, Level::Info, "worker done");
            Ok(summary)
        }
        Err(mut failure) => {
            let message = failure.to_string();
            job.line(Origin::Worker, Level::Error, &message);
            if !replaced.is_empty() {
                job.line(Origin::Worker, Level::Info, &JobText::Kept.with(&[]));
            }
            let kept = if phase == Phase::Evaluate { outdir::rows_kept(out.path()) } else { 0 };
            if kept > 0 {
                job.line(Origin::Worker, Level::Info, &Interruption::Kept.with(&[&kept]));
            } else if !spec.staging.as_os_str().is_empty() {
                // Only a courtesy: the next job cleans it too.
                let _ = remove(&spec.staging);
            }
            job.status.set("last_error", json!({"code": (failure.exit as i32).to_string(), "message": message}));
            job.status.end(if failure.exit == Exit::Interrupted { "suspended" } else { "failed" });
            job.write_status();
            // The console shows errors in every mode.
            failure.told = true;
            Err(failure)
        }
    }
}

/// What a reader thread hears from the worker.
pub(super) enum Heard {
    Event(Event),
    /// A line of standard error: plugins' own prints, libraries' warnings, the words of a dying process.
    Stderr(String),
    /// One of the two pipes is closed.
    Closed,
}

struct Job<'a> {
    console: &'a Console,
    log: File,
    status: Status,
    /// Whether the user knows that the status file cannot be written.
    status_lost: bool,
    /// What the plugin does at the moment.
    step: String,
    verbosity: u8,
}

impl Job<'_> {
    /// Writes a line to the log file and the console.
    fn line(&mut self, origin: Origin, level: Level, text: &str) {
        self.line_shown_as(origin, level, level, text);
    }

    /// Writes a warning that NNC gives for every detector: it stands in the log, and a quiet console leaves it out.
    fn usual_warning(&mut self, text: &str) {
        self.line_shown_as(Origin::Worker, Level::Warning, Level::Info, text);
    }

    /// Writes a line of `level` that the console treats as one of `shown`.
    fn line_shown_as(&mut self, origin: Origin, level: Level, shown: Level, text: &str) {
        if level == Level::Debug && self.verbosity < 2 {
            return;
        }
        // A message is one line, whatever a plugin puts into it.
        let text = text.trim_end().replace(['\n', '\r'], " ");
        let tag = match (origin, level) {
            (Origin::Worker, level) => format!("[worker]: [{}]", level.name()),
            (Origin::Nnabla, Level::Info) => "[nnabla]".to_owned(),
            (Origin::Nnabla, level) => format!("[nnabla]: [{}]", level.name()),
        };
        let line = format!("{} {tag}: {text}", log_stamp());
        // A log that cannot be written (full disk) must not end a job that may still succeed.
        let _ = writeln!(self.log, "{line}");
        self.console.log(shown, &line);
    }

    /// Shows how far a task is. The status tells of the images alone, as NNC's does.
    fn progress(&mut self, task: Task, done: u64, total: u64) {
        let name = if task == Task::Plugin { self.step.clone() } else { task.name().with(&[]) };
        if matches!(task, Task::Plugin | Task::Scoring) {
            self.status.progress(done, total);
        }
        self.console.progress(&name, task.unit(), done, total);
    }

    /// Mirrors the status to its file. That this fails is worth a warning, but not the job.
    fn write_status(&mut self) {
        if let Err(error) = self.status.write()
            && !std::mem::replace(&mut self.status_lost, true)
        {
            let text = JobText::StatusLost.with(&[&self.status.path().display(), &error]);
            self.line(Origin::Worker, Level::Warning, &text);
        }
    }

    /// Starts the worker and follows it to its end.
    fn watch(&mut self, spec: &JobSpec, signals: &Signals) -> Result<Value> {
        let mut child = start(spec)?;
        let heard = listen(&mut child);
        let mut ended: Option<Result<Value>> = None;
        let mut last_words = LastWords::default();
        let mut open_pipes = 2;
        let mut asked_to_stop: Option<Instant> = None;
        let mut watchdog = Watchdog::new(child.id(), spec.limits);
        let mut last_write = Instant::now();
        let mut dead_since: Option<Instant> = None;
        // Until the worker is dead and has been heard out.
        while open_pipes > 0 || dead_since.is_none() {
            if dead_since.is_none() && child.try_wait()?.is_some() {
                dead_since = Some(Instant::now());
            }
            match heard.recv_timeout(TICK) {
                Ok(Heard::Event(event)) => {
                    watchdog.heard();
                    match event {
                        Event::Log { origin, level, text } => {
                            if origin == Origin::Nnabla {
                                self.step = step(&text).unwrap_or(std::mem::take(&mut self.step));
                            }
                            self.line(origin, level, &text);
                        }
                        Event::Progress { task, done, total } => self.progress(task, done, total),
                        Event::Failed { exit, message } => ended = Some(Err(Failure::new(exit, message))),
                        Event::Done { summary } => ended = Some(Ok(summary)),
                    }
                }
                Ok(Heard::Stderr(text)) => {
                    self.line(Origin::Worker, Level::Debug, &format!("stderr: {text}"));
                    last_words.hear(&text);
                }
                Ok(Heard::Closed) => open_pipes -= 1,
                // A process that the plugin left behind may hold the pipes of a dead worker open for ever; silence ends it.
                Err(RecvTimeoutError::Timeout) if dead_since.is_some_and(|t| t.elapsed() > LAST_MESSAGES) => break,
                Err(RecvTimeoutError::Timeout) => {}
                // Both pipes are closed, but the worker may live on.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            }
            if let Some(since) = dead_since {
                // Nor may such a process keep this one by talking on.
                let bound = if signals.count() > 0 { LAST_MESSAGES } else { GRACE };
                if since.elapsed() > bound {
                    break;
                }
                // Its number may belong to somebody else by now.
                continue;
            }
            match (signals.count(), asked_to_stop) {
                (1.., None) => {
                    self.line(Origin::Worker, Level::Warning, &Message::Stopping.with(&[]));
                    signal(&child, libc::SIGTERM);
                    asked_to_stop = Some(Instant::now());
                }
                (count, Some(since)) if count > 1 || since.elapsed() > GRACE => signal(&child, libc::SIGKILL),
                _ => {}
            }
            if let Some(broken) = watchdog.broken() {
                signal(&child, libc::SIGKILL);
                ended = Some(Err(Failure::new(Exit::Plugin, JobText::Broken.with(&[&plugin_name(spec), &broken]))));
            }
            if last_write.elapsed() > Duration::from_secs(1) {
                self.write_status();
                last_write = Instant::now();
            }
        }
        let exit = child.wait()?;
        match ended {
            Some(Ok(summary)) if exit.success() => Ok(summary),
            _ if signals.count() > 0 => Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[]))),
            Some(Err(failure)) => Err(failure),
            _ => Err(Failure::new(Exit::Plugin, last_sentence(spec, exit, &last_words))),
        }
    }
}

/// What a line of the plugin's log begins, if it is one that ends in dots: NNC's own steps by their names here.
fn step(line: &str) -> Option<String> {
    Some(match line.strip_suffix("...")? {
        "Calculating features" => Message::Features.with(&[]),
        "Creating anomary detection model" => Message::Model.with(&[]),
        "Saving anomary detection model" => Message::Saving.with(&[]),
        other => other.to_owned(),
    })
}

/// What to say about a worker that ended without saying anything itself.
pub(super) fn last_sentence(spec: &JobSpec, exit: ExitStatus, last_words: &LastWords) -> String {
    let plugin = plugin_name(spec);
    if let Some(reason) = last_words.reason() {
        return JobText::EndedBy.with(&[&plugin, &reason]);
    }
    let how = match (exit.signal(), exit.code()) {
        (Some(libc::SIGKILL), _) => JobText::WorkerKilled.with(&[&plugin]),
        (Some(_), _) => JobText::WorkerCrashed.with(&[&plugin, &ending(exit)]),
        (None, code) => JobText::WorkerExited.with(&[&plugin, &code.unwrap_or(-1)]),
    };
    format!("{how}{}", last_words.quoted())
}

fn plugin_name(spec: &JobSpec) -> String {
    spec.plugin.file_name().map_or_else(|| "?".to_owned(), |n| n.to_string_lossy().into_owned())
}

pub(super) fn start(spec: &JobSpec) -> Result<Child> {
    let mut command = Command::new(own_executable()?);
    command
        .args(["--lang", language::chosen().tag(), "worker"])
        // Read by OpenMP and BLAS libraries when they are loaded. One BLAS thread: detectors run many small
        // factorisations side by side, for which more threads each are slower.
        .env("OMP_NUM_THREADS", spec.threads.to_string())
        .env("MKL_NUM_THREADS", spec.threads.to_string())
        .env("OPENBLAS_NUM_THREADS", "1")
        // Threads that wait for work must not spin: decoders, or other programs, need the processor. Measured on two
        // busy cores: 47 instead of 12 images/s.
        .env("OMP_WAIT_POLICY", "passive")
        .envs(memory_settings())
        .envs(exact_products())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: Ctrl-C reaches the parent alone, which then asks the worker to stop.
        .process_group(0);
    bind_to_parent(&mut command);
    let mut child = command.spawn().map_err(|e| Failure::new(Exit::Failed, JobText::NoWorker.with(&[&e])))?;
    let mut stdin = child.stdin.take().ok_or_else(|| Failure::new(Exit::Failed, "the worker has no input"))?;
    // A worker that dies here says so through its exit status.
    let _ = stdin.write_all(&serde_json::to_vec(spec)?);
    Ok(child)
}

/// How the C library of a worker handles memory, unless the user has said something about it: a network asks for the same
/// large blocks again and again, and giving them back to the system in between costs a tenth of the time. Huge pages
/// where the system lets programs ask for them; blocks from 64 MB on, such as a model, still go back at once.
fn memory_settings() -> Option<(&'static str, &'static str)> {
    const NAME: &str = "GLIBC_TUNABLES";
    let value = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=67108864:\
                 glibc.malloc.trim_threshold=536870912";
    std::env::var_os(NAME).is_none().then_some((NAME, value))
}

/// NVIDIA's libraries round the factors of products to 10 bits by default (TF32), which changes scores in the third digit.
/// Off, unless the user has decided about it.
fn exact_products() -> Option<(&'static str, &'static str)> {
    const NAME: &str = "NVIDIA_TF32_OVERRIDE";
    std::env::var_os(NAME).is_none().then_some((NAME, "0"))
}

pub(super) fn signal(child: &Child, number: i32) {
    // SAFETY: plain system call; the child was not waited for yet, so the number is still that of its group.
    unsafe {
        libc::kill(-(child.id() as i32), number);
    }
}

/// Reads both pipes of the worker on threads of their own.
pub(super) fn listen(child: &mut Child) -> Receiver<Heard> {
    let (sender, receiver) = sync_channel(BACKLOG);
    if let Some(pipe) = child.stdout.take() {
        forward(pipe, sender.clone(), |line| serde_json::from_str(line).ok().map(Heard::Event));
    }
    if let Some(pipe) = child.stderr.take() {
        forward(pipe, sender, |line| Some(Heard::Stderr(line.to_owned())));
    }
    receiver
}

fn forward(pipe: impl Read + Send + 'static, sender: SyncSender<Heard>, read: fn(&str) -> Option<Heard>) {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        // Plugins may print anything, so lines are cut at a length and need not be UTF-8.
        while pipe.by_ref().take(1 << 20).read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            if let Some(heard) = read(String::from_utf8_lossy(&line).trim_end())
                && sender.send(heard).is_err()
            {
                return;
            }
            line.clear();
        }
        let _ = sender.send(Heard::Closed);
    });
}

/// Bytes in a folder and everything below it.
fn folder_size(path: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => folder_size(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
