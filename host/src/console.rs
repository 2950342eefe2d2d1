//! What the user sees while a job runs: log lines on standard output, a progress bar on standard error when that is
//! a terminal.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::job::protocol::Level;

/// Where log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogTo {
    /// The usual place.
    Stdout,
    /// With `--json`, whose result owns standard output.
    Stderr,
    /// With `-q`: warnings and errors on standard error only.
    Quiet,
}

/// The terminal of one run.
pub(crate) struct Console {
    log_to: LogTo,
    bar: Mutex<Option<ProgressBar>>,
    interactive: bool,
}

impl Console {
    /// A console; a progress bar needs a terminal and somebody who wants to see it.
    pub(crate) fn new(log_to: LogTo) -> Self {
        let interactive = log_to != LogTo::Quiet && std::io::stderr().is_terminal();
        Self { log_to, bar: Mutex::new(None), interactive }
    }

    /// Prints a finished log line.
    pub(crate) fn log(&self, level: Level, line: &str) {
        self.above_bar(|| {
            // Whoever closed the other end does not want to read on; the log file has it all.
            let _ = match self.log_to {
                LogTo::Stdout => writeln!(std::io::stdout(), "{line}"),
                LogTo::Quiet if level < Level::Warning => Ok(()),
                LogTo::Stderr | LogTo::Quiet => writeln!(std::io::stderr(), "{line}"),
            };
        });
    }

    /// Shows `done` of `total`; a new total starts a new bar.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        if !self.interactive {
            return;
        }
        let mut slot = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = slot.as_ref().is_some_and(|bar| bar.length() == Some(total) && bar.position() <= done);
        if !fits {
            if let Some(bar) = slot.take() {
                bar.finish_and_clear();
            }
            let bar = ProgressBar::new(total);
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} ({percent}%)  {rate}  {eta} left") {
                // Four decimals of images per second would only flicker.
                bar.set_style(style.with_key("rate", |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                    let _ = write!(text, "{:.1}/s", state.per_sec());
                }));
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            *slot = Some(bar);
        }
        if let Some(bar) = slot.as_ref() {
            bar.set_position(done);
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear_bar(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn above_bar(&self, print: impl FnOnce()) {
        match self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}
