//! Who hears what a job has to say: the parent of a worker, or the command that judges results without one.

use nnc_console::Level;
use nnc_messages::Say;

use crate::event::Task;

/// Hears lines for the log, and how far a task is.
pub(crate) trait Listener: Sync {
    /// A line of the job itself.
    fn line(&self, level: Level, text: String);
    /// `done` of `total` units of a task.
    fn progress(&self, task: Task, done: u64, total: u64);
}

impl dyn Listener + '_ {
    /// A line for the log.
    pub(crate) fn info(&self, message: &dyn Say) {
        self.line(Level::Info, message.said());
    }

    /// A warning.
    pub(crate) fn warn(&self, message: &dyn Say) {
        self.line(Level::Warning, message.said());
    }
}
