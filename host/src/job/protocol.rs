//! What a worker tells its parent, as messages on the private pipe of `nnc-sandbox`.

use nnc_sandbox::MessagePipe;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::console::Unit;
use crate::language::Message;
use nnc_messages::{Exit, Failure};

/// Importance of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// Who speaks in a log line; the names are NNC's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// The job.
    Worker,
    /// The detector, and the evaluation loop that NNC prints under the same name.
    Nnabla,
}

/// What takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// What the plugin does at the moment; its last log line says what.
    Plugin,
    /// Reading and scoring images.
    Scoring,
    /// Looking at what an interrupted evaluation has left.
    Resuming,
    /// Packing the results.
    Packing,
    /// Reading masks.
    Masks,
    /// Comparing the pixels of maps and masks.
    Pixels,
    /// Following the curves through all pixels, where there are many.
    Curves,
    /// Giving images their verdicts.
    Verdicts,
    /// Drawing heat maps as files.
    HeatMaps,
    /// Making the pictures of the report.
    Report,
    /// Hashing a file; counted in bytes.
    Hashing,
}

impl Task {
    /// What it is called on the screen.
    pub(crate) fn name(self) -> Message {
        match self {
            Self::Plugin => Message::Training,
            Self::Scoring => Message::Scoring,
            Self::Resuming => Message::Resuming,
            Self::Packing => Message::Packing,
            Self::Masks => Message::Masks,
            Self::Pixels => Message::Pixels,
            Self::Curves => Message::Curves,
            Self::Verdicts => Message::Verdicts,
            Self::HeatMaps => Message::HeatMaps,
            Self::Report => Message::Report,
            Self::Hashing => Message::Hashing,
        }
    }

    /// What is counted.
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Hashing => Unit::Bytes,
            _ => Unit::Items,
        }
    }
}

/// One message of a worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A log line without its time.
    Log { origin: Origin, level: Level, text: String },
    /// `done` of `total` units of a task.
    Progress { task: Task, done: u64, total: u64 },
    /// The job cannot go on.
    Failed { exit: Exit, message: String },
    /// Everything is in the staging folder.
    Done { summary: Value },
}

/// The worker's end of the pipe.
pub(crate) struct Pipe(MessagePipe);

impl Pipe {
    /// Takes over standard output; call once, before any other thread or plugin runs.
    pub(crate) fn take_stdout() -> std::io::Result<Self> {
        MessagePipe::take_stdout().map(Self)
    }

    /// Sends one message.
    pub(crate) fn send(&self, message: &Event) {
        self.0.send(message);
    }

    /// Sends a log line of the job itself.
    pub(crate) fn info(&self, text: impl Into<String>) {
        self.send(&Event::Log { origin: Origin::Worker, level: Level::Info, text: text.into() });
    }

    /// Sends a warning of the job itself.
    pub(crate) fn warn(&self, text: impl Into<String>) {
        self.send(&Event::Log { origin: Origin::Worker, level: Level::Warning, text: text.into() });
    }

    /// Sends a line in the name of the detector.
    pub(crate) fn nnabla(&self, text: impl Into<String>) {
        self.send(&Event::Log { origin: Origin::Nnabla, level: Level::Info, text: text.into() });
    }

    /// Sends the reason why the worker gives up.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.send(&Event::Failed { exit: failure.exit, message: failure.to_string() });
    }
}
