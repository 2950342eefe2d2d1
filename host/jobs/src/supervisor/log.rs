//! The log of a job, in its file and on the console, and its status file.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use nnc_console::{Console, Level};
use nnc_messages::{Say, messages};
use nnc_result_folder::names::CONFUSION_MATRIX;
use nnc_result_folder::{FolderError, Phase, ResultFolder, Status};

use crate::event::{Origin, Task};
use crate::line::line;

/// Bytes of log lines that a worker may fill a disk with; a talkative evaluation of a million images has a tenth of them.
const MOST_FROM_WORKER: usize = 16 << 20;
/// What a line has besides its text.
const TIME_AND_TAG: usize = 50;

messages! {
    enum LogMessage {
        Flood { megabytes: usize } => "the plugin's process has written {megabytes} MB to the log; whatever else it writes is left out",
            "プラグインのプロセスがログに {megabytes} MB 書き込みました。これ以降の出力は記録しません";
        StatusLost { path: PathBuf, error: std::io::Error } => "cannot write {path}: {error}; the job goes on", "{path} に書き込めません: {error}。ジョブは続行します";
        NoConfusionMatrix => "a confusion matrix needs labels and a model that gives classes; that is harmless, nothing else is missing",
            "混同行列の作成には、ラベルと、クラスを出力するモデルが必要です。問題はなく、ほかの結果はすべてそろっています";
    }
}

/// What a job says while it runs.
pub(super) struct JobLog<'a> {
    console: &'a Console,
    file: File,
    pub(super) status: Status,
    /// Whether the user knows that the status file cannot be written.
    status_lost: bool,
    verbosity: u8,
    /// Bytes that the worker has written.
    from_worker: usize,
}

impl<'a> JobLog<'a> {
    /// Begins the log of a job in its folder.
    pub(super) fn open(
        folder: &ResultFolder,
        phase: Phase,
        console: &'a Console,
        verbosity: u8,
    ) -> Result<Self, FolderError> {
        let file = folder.directory().create(phase.log())?;
        let status = Status::new(folder.file(phase.status()), phase);
        Ok(Self { console, file, status, status_lost: false, verbosity, from_worker: 0 })
    }

    /// A line of the job itself.
    pub(super) fn info(&mut self, message: &impl Say) {
        self.line(Origin::Worker, Level::Info, &message.said());
    }

    /// A line that the worker sends, which plugins may fill with anything: up to a bound, which is told.
    pub(super) fn line_of_worker(&mut self, origin: Origin, level: Level, text: &str) {
        if self.from_worker > MOST_FROM_WORKER || self.leaves_out(level) {
            return;
        }
        self.from_worker = self.from_worker.saturating_add(text.len() + TIME_AND_TAG);
        if self.from_worker > MOST_FROM_WORKER {
            let flood = LogMessage::Flood { megabytes: MOST_FROM_WORKER >> 20 };
            return self.line(Origin::Worker, Level::Warning, &flood.said());
        }
        self.line(origin, level, text);
    }

    fn leaves_out(&self, level: Level) -> bool {
        level == Level::Debug && self.verbosity < 2
    }

    /// Writes a line to the log file and the console.
    pub(super) fn line(&mut self, origin: Origin, level: Level, text: &str) {
        self.line_shown_as(origin, level, level, text);
    }

    /// NNC's warning for every detector: it stands in the log, and a quiet console leaves it out.
    pub(super) fn no_confusion_matrix(&mut self) {
        let text = format!("{CONFUSION_MATRIX} can not created");
        self.line_shown_as(Origin::Worker, Level::Warning, Level::Info, &text);
        self.info(&LogMessage::NoConfusionMatrix);
    }

    /// Writes a line of `level` that the console treats as one of `shown`.
    fn line_shown_as(&mut self, origin: Origin, level: Level, shown: Level, text: &str) {
        if self.leaves_out(level) {
            return;
        }
        let line = line(origin, level, text);
        // A log that cannot be written (full disk) must not end a job that may still succeed.
        let _ = writeln!(self.file, "{line}");
        self.console.log(shown, &line);
    }

    /// Shows how far a task is.
    pub(super) fn progress(&mut self, task: Task, done: u64, total: u64) {
        if task.is_of_images() {
            self.status.progress(done, total);
        }
        self.console.progress(&task.said(), task.unit(), done, total);
    }

    /// Nothing has happened for a moment.
    pub(super) fn refresh(&self) {
        self.console.refresh();
    }

    /// Mirrors the status to its file. That this fails is worth a warning, but not the job.
    pub(super) fn write_status(&mut self) {
        if let Err(error) = self.status.write()
            && !std::mem::replace(&mut self.status_lost, true)
        {
            let message = LogMessage::StatusLost { path: self.status.path().to_owned(), error };
            self.line(Origin::Worker, Level::Warning, &message.said());
        }
    }
}
