//! The one error type of the host: a message, and the exit code that scripts rely on.

use std::fmt;

use crate::Language;
use crate::say::Say;

/// Why the program ends; the numbers are its exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Exit {
    /// The job failed.
    Failed = 1,
    /// Wrong usage or project file.
    Usage = 2,
    /// Bad dataset.
    Dataset = 3,
    /// A plugin was refused, failed to keep the rules or crashed.
    Plugin = 4,
    /// Stopped by the user.
    Interrupted = 130,
}

/// An error on its way to the user.
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is said.
    pub message: Box<dyn Say + Send + Sync>,
    /// Whether the user has read the message already, as a line of the job's log.
    pub told: bool,
}

/// Result of what may fail with a message for the user.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure with this message.
    pub fn new(exit: Exit, message: impl Say + Send + Sync + 'static) -> Self {
        Self { exit, message: Box::new(message), told: false }
    }
}

impl Say for Failure {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.say(language, f)
    }
}

impl fmt::Display for Failure {
    /// The message in the language of this process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message.said())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.exit)
    }
}

/// Errors that nobody classified are failures of the job, for example a full disk.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, error)
    }
}
