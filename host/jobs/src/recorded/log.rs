//! The log of a judgement: on the terminal at once, in the folder of the report when it is published.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use nnc_console::{Console, Level};
use nnc_messages::{Failure, Language, Result, Said, Say};
use nnc_result_folder::names::INPUTS;
use nnc_result_folder::{Directory, Phase, ResultFolder, Status};
use serde_json::Value;

use super::place::Place;
use crate::event::{Origin, Task};
use crate::line::line;
use crate::listener::Listener;

/// Lines so far.
pub(super) struct Log<'a> {
    console: &'a Console,
    lines: Mutex<String>,
    names: Names,
}

/// Paths that stand in messages and mean nothing to people, with what they stand for.
#[derive(Clone)]
struct Names([(String, String); 2]);

impl Names {
    fn plain(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (from, to)| text.replace(from, to))
    }
}

impl<'a> Log<'a> {
    /// A new one. What is staged for `home` is called by where it came from or goes to.
    pub(super) fn new(console: &'a Console, staging: &Directory, home: &std::path::Path, place: &Place) -> Self {
        let text = |path: &std::path::Path| path.display().to_string();
        let names = [(text(&staging.file(INPUTS)), text(place.folder())), (text(staging.path()), text(home))];
        Self { console, lines: Mutex::default(), names: Names(names) }
    }

    /// The failure, without the paths of what is staged.
    pub(super) fn renamed(&self, failure: Failure) -> Failure {
        let Failure { exit, message, told } = failure;
        Failure { exit, message: Box::new(Renamed { message, names: self.names.clone() }), told }
    }

    /// Writes log and status of the job that is published in `out`.
    pub(super) fn end(self, out: &ResultFolder, rows: usize, table: Value) -> Result<()> {
        self.line(Level::Info, "worker done".to_owned());
        let lines = self.lines.into_inner().unwrap_or_else(PoisonError::into_inner);
        out.directory().write_whole(Phase::Evaluate.log(), lines.as_bytes())?;
        let mut status = Status::new(out.file(Phase::Evaluate.status()), Phase::Evaluate);
        status.progress(rows as u64, rows as u64);
        status.set("output_result", table);
        status.end("finished");
        Ok(status.write()?)
    }
}

impl Listener for Log<'_> {
    fn line(&self, level: Level, text: String) {
        let line = line(Origin::Worker, level, &self.names.plain(text));
        self.console.log(level, &line);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_str(&line);
        lines.push('\n');
    }

    fn progress(&self, task: Task, done: u64, total: u64) {
        self.console.progress(&task.said(), task.unit(), done, total);
    }
}

/// A message in which paths have other names.
struct Renamed {
    message: Box<dyn Say + Send + Sync>,
    names: Names,
}

impl Say for Renamed {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.plain(Said(&self.message, language).to_string()))
    }
}
