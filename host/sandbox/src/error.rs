//! What can go wrong with a child that is not the plugin's fault.

use std::{fmt, io};

/// The system's errors about child processes.
#[derive(Debug)]
pub enum SandboxError {
    /// No process could be started.
    Start(io::Error),
    /// The process could not be waited for or ended.
    Follow(io::Error),
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for SandboxError {}
