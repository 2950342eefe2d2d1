//! The one error type of the command line: a message chain plus the exit code that scripts rely on.

use std::fmt;

use crate::language::Doing;

/// Why the program ends; the numbers are its exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Exit {
    /// The job failed.
    Failed = 1,
    /// Wrong usage or project file.
    Usage = 2,
    /// Bad data set.
    Dataset = 3,
    /// A plugin was refused, failed to keep the rules or crashed.
    Plugin = 4,
    /// Stopped by the user.
    Interrupted = 130,
}

/// An error on its way to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
    /// Whether the user has read the message already, as a line of the job's log.
    pub(crate) told: bool,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure with one message.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, error: anyhow::anyhow!("{message}"), told: false }
    }
}

impl fmt::Display for Failure {
    /// The whole chain in one line: `reading train.csv: line 3: ...`. Causes that a sentence names already, as those of
    /// libraries often do, are not said again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.error.to_string();
        for cause in self.error.chain().skip(1).map(ToString::to_string) {
            if !line.contains(&cause) {
                line.push_str(": ");
                line.push_str(&cause);
            }
        }
        f.write_str(&line)
    }
}

/// Errors that nobody classified are failures of the job, for example a full disk.
impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { exit: Exit::Failed, error: error.into(), told: false }
    }
}

/// Says what was done to which file when an error came up.
pub(crate) trait At<T> {
    /// The value, or a failure such as `cannot read a.csv: no such file`.
    fn at(self, doing: Doing, path: &std::path::Path) -> Result<T>;
}

impl<T, E: fmt::Display> At<T> for std::result::Result<T, E> {
    fn at(self, doing: Doing, path: &std::path::Path) -> Result<T> {
        self.map_err(|error| Failure::new(Exit::Failed, doing.with(&[&path.display(), &error])))
    }
}

/// Gives an error its exit code.
pub(crate) trait OrExit<T> {
    /// The value, or a failure with `exit`.
    fn or_exit(self, exit: Exit) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for std::result::Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T> {
        self.map_err(|error| Failure { exit, error: error.into(), told: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let cause = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let told = |context: String| Failure::from(anyhow::Error::new(cause()).context(context)).to_string();
        assert_eq!(told("reading train.csv".to_owned()), format!("reading train.csv: {}", cause()));
        let named = format!("cannot read train.csv: {}; copy it again", cause());
        assert_eq!(told(named.clone()), named);
    }
}
