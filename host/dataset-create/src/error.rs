//! Why no data set came out, one variant per reason.

use std::path::{Path, PathBuf};

use nnc_dataset::DatasetError;

/// Why nothing was made. Every message is one line that says what was found, what was expected and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// A size, ratio or name that makes no sense.
    Usage(String),
    /// The source is not there or cannot be read.
    Unreadable {
        /// The source.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The source is neither a folder nor an archive of a known kind.
    NoArchive {
        /// The source.
        path: PathBuf,
        /// What it looks like.
        found: String,
    },
    /// The archive is damaged or ends too early.
    Damaged {
        /// The archive.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// The archive needs a password.
    Encrypted {
        /// The archive.
        path: PathBuf,
        /// The first encrypted member.
        entry: String,
    },
    /// A member wants to lie outside of the folder it is unpacked to.
    UnsafeName {
        /// The archive.
        path: PathBuf,
        /// The name.
        entry: String,
        /// What is wrong with it.
        what: String,
    },
    /// The archive unpacks to far more than it is.
    Bomb {
        /// The archive.
        path: PathBuf,
        /// How much was found.
        found: String,
        /// What is allowed.
        limit: String,
        /// The option that raises the limit.
        option: &'static str,
    },
    /// The name or another header of a member is absurdly long.
    HugeHeader {
        /// The archive.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The source has no folder at all. Carries NNC's words.
    NoClassFolder {
        /// The source.
        path: PathBuf,
    },
    /// No class folder has an image. Carries NNC's words.
    NoImage {
        /// The source.
        path: PathBuf,
        /// What is there, and what to do.
        found: String,
    },
    /// Source and output are one folder. Carries NNC's words.
    SameFolder {
        /// The folder.
        path: PathBuf,
    },
    /// One of source and output lies in the other.
    Nested {
        /// The inner folder.
        inner: PathBuf,
        /// The outer folder.
        outer: PathBuf,
    },
    /// Not one image could be converted.
    NothingConverted {
        /// The source.
        path: PathBuf,
        /// Images found.
        found: usize,
        /// The first of them.
        first: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The output folder is there already.
    Exists {
        /// The output folder.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// Another call is writing there.
    Busy {
        /// The output folder.
        path: PathBuf,
    },
    /// The output cannot be written.
    Unwritable {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The data set to compare with cannot be read.
    Against(#[from] DatasetError),
    /// The data set to compare with has nothing that can be compared.
    NothingToCompare {
        /// The data set.
        path: PathBuf,
    },
    /// The user asked to stop.
    Interrupted,
}

impl CreateError {
    pub(crate) fn unreadable(path: &Path, reason: impl ToString) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: one_line(reason) }
    }

    pub(crate) fn unwritable(path: &Path, reason: impl ToString) -> Self {
        Self::Unwritable { path: path.to_owned(), reason: one_line(reason) }
    }

    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), reason: one_line(reason) }
    }
}

/// Decoders' messages may hold anything.
pub(crate) fn one_line(text: impl ToString) -> String {
    text.to_string().replace(|c: char| c.is_control(), " ")
}
