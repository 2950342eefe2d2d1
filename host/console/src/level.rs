//! How important a log line is.

use serde::{Deserialize, Serialize};

/// Importance of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// For authors of plugins.
    Debug,
    /// What happens.
    Info,
    /// What the user should know about.
    Warning,
    /// Why it failed.
    Error,
}

impl Level {
    /// Its name in a log line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}
