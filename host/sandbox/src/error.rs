//! What can go wrong with a child that is not the plugin's fault.

use std::{fmt, io};

use crate::support::Gap;

/// The system's errors about child processes.
#[derive(Debug)]
pub enum SandboxError {
    /// No process could be started.
    Start(io::Error),
    /// The process could not be waited for or ended.
    Follow(io::Error),
    /// This process could not be confined although that is demanded.
    Confine(io::Error),
    /// The whole confinement is demanded, and this system cannot enforce it.
    NotEnforced {
        /// What it leaves open.
        gaps: Vec<Gap>,
    },
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for SandboxError {}
