//! Why no data set came out, one variant per reason.

use std::path::{Path, PathBuf};

use nnc_dataset::DatasetError;

/// Why nothing was made. Every message is one line that says what was found, what was expected and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// A size, ratio or name that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The source is not there or cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The source.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The source is neither a folder nor an archive of a known kind.
    #[error(
        "{} is {found}, expected a .zip, .tar, .tar.gz or .tgz archive, or a folder, with one folder of images for each class",
        path.display()
    )]
    NoArchive {
        /// The source.
        path: PathBuf,
        /// What it looks like.
        found: String,
    },
    /// The archive is damaged or ends too early.
    #[error("the archive {} is damaged or cut short ({reason}); copy or pack it again", path.display())]
    Damaged {
        /// The archive.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// The archive needs a password.
    #[error("the archive {} is encrypted (\"{entry}\"); pack it again without a password", path.display())]
    Encrypted {
        /// The archive.
        path: PathBuf,
        /// The first encrypted member.
        entry: String,
    },
    /// A member wants to lie outside of the folder it is unpacked to.
    #[error(
        "the archive {} holds \"{entry}\", {what}; such a name can overwrite files elsewhere, so nothing was unpacked",
        path.display()
    )]
    UnsafeName {
        /// The archive.
        path: PathBuf,
        /// The name.
        entry: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The archive unpacks to far more than it is.
    #[error(
        "the archive {} unpacks to {found}, more than {limit}; it looks like a zip bomb (raise {option} if it is not)",
        path.display()
    )]
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
    #[error("the archive {} has a header of {found} bytes, more than {limit}; pack it again with another tool", path.display())]
    HugeHeader {
        /// The archive.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The source has no folder at all. Carries NNC's words.
    #[error(
        "Subdirectory not found in the input directory. {} has no folder for a class; put the images into one, for example \"0\"",
        path.display()
    )]
    NoClassFolder {
        /// The source.
        path: PathBuf,
    },
    /// No class folder has an image. Carries NNC's words.
    #[error("No image file found in the subdirectory of the input directory. In {}: {found}", path.display())]
    NoImage {
        /// The source.
        path: PathBuf,
        /// What is there, and what to do.
        found: String,
    },
    /// Source and output are one folder. Carries NNC's words.
    #[error("Input directory and output directory are same. Choose another folder than {} for -o", path.display())]
    SameFolder {
        /// The folder.
        path: PathBuf,
    },
    /// One of source and output lies in the other.
    #[error("{} lies inside {}; choose an output folder beside the images", inner.display(), outer.display())]
    Nested {
        /// The inner folder.
        inner: PathBuf,
        /// The outer folder.
        outer: PathBuf,
    },
    /// Not one image could be converted.
    #[error("none of the {found} images in {} could be converted; the first, {first}: {reason}", path.display())]
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
    #[error("{} exists already; {advice}", path.display())]
    Exists {
        /// The output folder.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// Another call is writing there.
    #[error("another dataset create is writing {}; wait for it or choose another folder", path.display())]
    Busy {
        /// The output folder.
        path: PathBuf,
    },
    /// The output cannot be written.
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The data set to compare with cannot be read.
    #[error(transparent)]
    Against(#[from] DatasetError),
    /// The user asked to stop.
    #[error("stopped; nothing was written")]
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
