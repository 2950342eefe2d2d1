//! What can go wrong with a result folder.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Result of an operation on a result folder.
pub type Result<T, E = FolderError> = std::result::Result<T, E>;

/// Why a folder cannot be used, or what could not be done in it.
#[derive(Debug)]
pub enum FolderError {
    /// Another job runs there.
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The folder does not exist and cannot be created.
    NotCreated {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Files there have the names of results, but no job was ever run there.
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// What a job would replace.
        names: Vec<&'static str>,
    },
    /// A journal of moves that no job wrote.
    ForeignJournal {
        /// The journal.
        path: PathBuf,
        /// The first thing in it that is none of a job's.
        found: String,
    },
    /// Something could not be done to a file.
    File {
        /// What.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// What is done to files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Action {
    Find,
    Open,
    Read,
    Write,
    /// To the disk, so that it outlasts a power cut.
    Flush,
    Create,
    Remove,
    /// Results, to their final names.
    Move,
}

/// Adds what was done to which file.
pub(crate) trait During<T> {
    fn during(self, action: Action, path: &Path) -> Result<T>;
}

impl<T, E: Into<io::Error>> During<T> for std::result::Result<T, E> {
    fn during(self, action: Action, path: &Path) -> Result<T> {
        self.map_err(|error| FolderError::File { action, path: path.to_owned(), error: error.into() })
    }
}

// For programs: people read the sentences of nnc-messages.
impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for FolderError {}
