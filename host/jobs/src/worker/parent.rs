//! The worker's line to its parent: log lines, progress, and how the job ended.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nnc_console::Level;
use nnc_messages::{Failure, Result, Say};
use nnc_sandbox::MessagePipe;
use serde_json::Value;

use crate::event::{Event, Origin, Task};
use crate::listener::Listener;
use crate::told::Told;

/// Progress is passed on at most this often.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// The process that started this worker.
pub(crate) struct Parent {
    pipe: MessagePipe,
    last_progress: Mutex<Option<(Instant, Task, u64)>>,
}

impl Parent {
    /// Takes over standard output; call once, before any other thread or plugin runs.
    pub(crate) fn take_stdout() -> io::Result<Self> {
        Ok(Self { pipe: MessagePipe::take_stdout()?, last_progress: Mutex::new(None) })
    }

    /// A log line of the job itself.
    pub(crate) fn info(&self, message: &impl Say) {
        self.log(Origin::Worker, Level::Info, message.said());
    }

    /// A warning of the job itself.
    pub(crate) fn warn(&self, message: &impl Say) {
        self.log(Origin::Worker, Level::Warning, message.said());
    }

    /// A line in the name of the detector.
    pub(crate) fn nnabla(&self, text: impl Into<String>) {
        self.log(Origin::Nnabla, Level::Info, text.into());
    }

    /// A line of the plugin.
    pub(super) fn plugin(&self, level: Level, text: &str) {
        self.log(Origin::Nnabla, level, text.to_owned());
    }

    /// How far a task is, as often as a screen can show it.
    pub(crate) fn progress(&self, task: Task, done: u64, total: u64) {
        let mut last = self.last_progress.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let same = last.filter(|(_, of_task, of)| (*of_task, *of) == (task, total));
        if done >= total || same.is_none_or(|(time, _, _)| now - time >= PROGRESS_PAUSE) {
            *last = Some((now, task, total));
            self.pipe.send(&Event::Progress { task, done, total });
        }
    }

    /// About an image that was scored as it came.
    pub(crate) fn live(&self, told: Told) {
        self.pipe.send(&Event::Live { told });
    }

    /// How the job ended.
    pub(crate) fn end(&self, outcome: Result<Value, &Failure>) {
        self.pipe.send(&match outcome {
            Ok(summary) => Event::Done { summary },
            Err(failure) => Event::Failed { exit: failure.exit, message: failure.to_string() },
        });
    }

    fn log(&self, origin: Origin, level: Level, text: String) {
        self.pipe.send(&Event::Log { origin, level, text });
    }
}

impl Listener for Parent {
    fn line(&self, level: Level, text: String) {
        self.log(Origin::Worker, level, text);
    }

    fn progress(&self, task: Task, done: u64, total: u64) {
        Self::progress(self, task, done, total);
    }
}
