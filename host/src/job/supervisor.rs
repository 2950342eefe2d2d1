//! The parent of a worker: starts it, turns its messages into log lines, status and a progress bar, and makes one
//! clear line out of every way in which it can end.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use nnc_sandbox::{Launch, Output, PluginProcess};
use serde_json::{Value, json};

use crate::console::Console;
use crate::job::outdir::{self, OutDir, remove};
use crate::job::protocol::{Event, Level, Origin, Task};
use crate::job::results::CONFUSION_MATRIX;
use crate::job::signals::Signals;
use crate::job::status::Status;
use crate::job::{JobSpec, Phase, cost};
use crate::language::{Figure, Interruption, JobText, Message};
use crate::time::log_stamp;
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{Exit, Failure, PluginEnded, Result};

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
        let mut worker = start(spec)?;
        let mut ended: Option<Result<Value>> = None;
        let mut last_write = Instant::now();
        while let Some(output) = worker.next_output()? {
            match output {
                Output::Message(Event::Log { origin, level, text }) => {
                    if origin == Origin::Nnabla {
                        self.step = step(&text).unwrap_or(std::mem::take(&mut self.step));
                    }
                    self.line(origin, level, &text);
                }
                Output::Message(Event::Progress { task, done, total }) => self.progress(task, done, total),
                Output::Message(Event::Failed { exit, message }) => ended = Some(Err(Failure::new(exit, message))),
                Output::Message(Event::Done { summary }) => ended = Some(Ok(summary)),
                Output::Stderr(text) => self.line(Origin::Worker, Level::Debug, &format!("stderr: {text}")),
                Output::Quiet => {}
            }
            let asked = signals.count();
            if asked > 0 && worker.ask_to_stop() {
                self.line(Origin::Worker, Level::Warning, &Message::Stopping.with(&[]));
            } else if asked > 1 {
                worker.kill();
            }
            if last_write.elapsed() > Duration::from_secs(1) {
                self.write_status();
                last_write = Instant::now();
            }
        }
        let ending = worker.end()?;
        match ended {
            Some(Ok(summary)) if ending.succeeded() => Ok(summary),
            _ if signals.count() > 0 => Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[]))),
            Some(Err(failure)) if ending.broken_limit().is_none() => Err(failure),
            _ => Err(Failure::new(Exit::Plugin, PluginEnded::of(plugin_name(spec), ending))),
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

pub(super) fn plugin_name(spec: &JobSpec) -> String {
    spec.plugin.file_name().map_or_else(|| "?".to_owned(), |n| n.to_string_lossy().into_owned())
}

/// Starts the worker of a job.
pub(super) fn start(spec: &JobSpec) -> Result<PluginProcess<Event>> {
    let launch = Launch::new("worker", spec.limits).threads(spec.threads).input(serde_json::to_vec(spec)?);
    Ok(launch.start()?)
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
