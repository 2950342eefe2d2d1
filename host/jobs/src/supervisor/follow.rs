//! Starts the worker of a job and follows it to its end: what it says becomes log lines, status and progress, and every way
//! in which it can end becomes a result or one clear failure.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use nnc_console::Level;
use nnc_messages::{Exit, Failure, PluginEnded, Result, Say, Words, messages};
use nnc_project_types::{Device, Engine};
use nnc_sandbox::{Launch, Output, PluginProcess};
use serde_json::Value;

use super::log::JobLog;
use super::permissions;
use crate::event::{Event, Origin, Task};
use crate::signals::{Signals, Stopped};
use crate::spec::JobSpec;

/// How often the status file is written.
const STATUS_PAUSE: Duration = Duration::from_secs(1);

messages! {
    enum FollowMessage {
        Stopping => "stopping (once more to stop at once)", "停止しています（もう一度押すと直ちに終了します）";
    }
}

/// What comes from a worker while it runs.
pub(super) enum WorkerOutput {
    /// A log line without its time.
    Log { origin: Origin, level: Level, text: String },
    /// `done` of `total` units of a task.
    Progress { task: Task, done: u64, total: u64 },
    /// A line of standard error.
    Stderr(String),
    /// Nothing for a moment.
    Quiet,
}

/// A worker and what it has said about the end of its job.
pub(super) struct Following {
    process: PluginProcess<Event>,
    plugin: String,
    ended: Option<Result<Value>>,
}

impl Following {
    /// Starts the worker of `job`.
    pub(super) fn start(job: &JobSpec) -> Result<Self> {
        let job = &JobSpec { onnxruntime: onnxruntime(job), ..job.clone() };
        let launch = Launch::new("worker", job.limits).threads(job.threads).input(serde_json::to_vec(job)?);
        let launch = launch.allowed(permissions::of(job)).opening(&job.plugin);
        let plugin = job.plugin.file_name().map_or_else(|| "?".to_owned(), |n| n.to_string_lossy().into_owned());
        Ok(Self { process: launch.start()?, plugin, ended: None })
    }

    /// What comes next from the worker; `None` when it is dead and has been heard out.
    pub(super) fn next(&mut self) -> Result<Option<WorkerOutput>> {
        Ok(self.process.next_output()?.map(|output| match output {
            Output::Message(Event::Failed { exit, message }) => {
                self.ended = Some(Err(Failure::new(exit, Words(message))));
                WorkerOutput::Quiet
            }
            Output::Message(Event::Done { summary }) => {
                self.ended = Some(Ok(summary));
                WorkerOutput::Quiet
            }
            Output::Message(Event::Log { origin, level, text }) => WorkerOutput::Log { origin, level, text },
            Output::Message(Event::Progress { task, done, total }) => WorkerOutput::Progress { task, done, total },
            Output::Stderr(line) => WorkerOutput::Stderr(line),
            // Nobody asks such a worker here.
            Output::Message(Event::Live { .. }) | Output::Quiet => WorkerOutput::Quiet,
        }))
    }

    /// Asks the worker to stop; says whether this was the first time.
    pub(super) fn ask_to_stop(&mut self) -> bool {
        self.process.ask_to_stop()
    }

    /// Kills the worker.
    pub(super) fn kill(&mut self) {
        self.process.kill();
    }

    /// How the job ended.
    pub(super) fn end(self, signals: &Signals) -> Result<Value> {
        let ending = self.process.end()?;
        match self.ended {
            Some(Ok(summary)) if ending.succeeded() => Ok(summary),
            _ if signals.count() > 0 => Err(Failure::new(Exit::Interrupted, Stopped::ByUser)),
            Some(Err(failure)) if ending.broken_limit().is_none() => Err(failure),
            _ => Err(Failure::new(Exit::Plugin, PluginEnded::of(self.plugin, ending))),
        }
    }
}

/// ONNX Runtime's library, where the job may use one.
pub(super) fn onnxruntime(job: &JobSpec) -> Option<PathBuf> {
    let may = job.engine != Engine::Libtorch && !matches!(job.device, Device::Cuda(_));
    may.then(|| nnc_registry::onnxruntime(&job.plugin)).flatten()
}

/// Follows the worker of a job with a log.
pub(super) fn follow(job: &JobSpec, signals: &Signals, log: &mut JobLog<'_>) -> Result<Value> {
    let mut worker = Following::start(job)?;
    let mut last_write = Instant::now();
    while let Some(output) = worker.next()? {
        match output {
            WorkerOutput::Log { origin, level, text } => log.line_of_worker(origin, level, &text),
            WorkerOutput::Progress { task, done, total } => log.progress(task, done, total),
            WorkerOutput::Stderr(text) => {
                log.line_of_worker(Origin::Worker, Level::Debug, &format!("stderr: {text}"));
            }
            WorkerOutput::Quiet => log.refresh(),
        }
        let asked = signals.count();
        if asked > 0 && worker.ask_to_stop() {
            log.line(Origin::Worker, Level::Warning, &FollowMessage::Stopping.said());
        } else if asked > 1 {
            worker.kill();
        }
        if last_write.elapsed() > STATUS_PAUSE {
            log.write_status();
            last_write = Instant::now();
        }
    }
    worker.end(signals)
}
