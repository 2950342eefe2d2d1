//! Why no dataset came out, one variant per reason. No words: the sentences are those of the crate `nnc-messages`.

use std::path::{Path, PathBuf};

use nnc_dataset::DatasetError;

use crate::left_out::LeftOut;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
#[error("{self:?}")]
pub enum CreateError {
    /// An option that makes no sense.
    Option(OptionError),
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
        /// What it is.
        found: SourceKind,
        /// Whether it is that inside gzip.
        in_gzip: bool,
    },
    /// A folder with more files than the limit.
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// The most files.
        limit: u64,
    },
    /// The archive is damaged or ends too early.
    Damaged {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        defect: ArchiveDefect,
    },
    /// The archive needs a password.
    Encrypted {
        /// The archive.
        path: PathBuf,
        /// The first encrypted member.
        entry: String,
    },
    /// A member wants to lie outside the folder it is unpacked to.
    UnsafeName {
        /// The archive.
        path: PathBuf,
        /// The name.
        entry: String,
        /// What is wrong with it.
        what: UnsafeName,
    },
    /// The archive unpacks to far more than it is.
    Bomb {
        /// The archive.
        path: PathBuf,
        /// What it has too much of.
        excess: Excess,
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
    /// The source has no folder at all.
    NoClassFolder {
        /// The source.
        path: PathBuf,
    },
    /// No class folder has an image.
    NoImage {
        /// The source.
        path: PathBuf,
        /// What is there instead.
        found: NoImage,
    },
    /// Source and output are one folder.
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
        /// The first of them, and what is wrong with it.
        first: Option<Box<LeftOut>>,
    },
    /// The output folder exists already.
    Exists {
        /// The output folder.
        path: PathBuf,
        /// Why it is not replaced.
        obstacle: Obstacle,
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
    /// The system refused threads.
    NoThread {
        /// What the system said.
        reason: String,
    },
    /// The dataset to compare with cannot be read.
    Against(#[from] DatasetError),
    /// More images than can be compared each with each.
    TooManyToCompare {
        /// How many.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// The dataset to compare with has nothing that can be compared.
    NothingToCompare {
        /// The dataset.
        path: PathBuf,
    },
    /// The user asked to stop.
    Interrupted,
}

/// An option that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionError {
    /// The width is 0 or too large.
    Width {
        /// Pixels asked for.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// The height is 0 or too large.
    Height {
        /// Pixels asked for.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// Channels other than 1 and 3.
    Channels(usize),
    /// More than 100 percent for the second table.
    Ratio2(u8),
    /// The first table's name is no plain file name that ends in `.csv`.
    File1(String),
    /// The second table's name is none.
    File2(String),
    /// Both tables have one name.
    SameFiles(String),
    /// The name of the column for groups is none.
    GroupColumn(String),
    /// The output folder has no name, as `/` or `..`.
    NoName(PathBuf),
}

/// What a file is that is no archive of a known kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SourceKind {
    /// A device or a pipe.
    NotAFile,
    /// An archive that may be a source, but not inside gzip.
    OtherArchive,
    SevenZip,
    Rar,
    Bzip2,
    Xz,
    Zstd,
    /// One part of a zip archive in several parts.
    ZipPart,
    SingleImage,
    EmptyFile,
    Unknown,
}

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveDefect {
    /// What the decoder said.
    Decoder(String),
    /// Members share their bytes.
    MembersOverlap,
    /// A member of 8 GiB or more, which the format can only express by an extension.
    MemberTooLarge,
    /// The end mark is missing.
    NoEndMark,
    /// It ended before all files were delivered.
    NotReadToEnd,
}

/// Why a name may overwrite files elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsafeName {
    /// It is an absolute path.
    Absolute,
    /// It has `..` in it.
    Parent,
}

/// What an archive has more of than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excess {
    /// Files, by the directory.
    Files {
        /// How many.
        found: u64,
        /// The most.
        limit: u64,
    },
    /// Files; reading stopped at the limit.
    MoreFiles {
        /// The most.
        limit: u64,
    },
    /// Unpacked bytes, by the directory.
    Total {
        /// How many.
        found: u64,
        /// The most.
        limit: u64,
    },
    /// Unpacked bytes; reading stopped at the limit.
    MoreTotal {
        /// Bytes unpacked so far.
        found: u64,
        /// The most.
        limit: u64,
    },
    /// Unpacked bytes for each packed one.
    Ratio {
        /// Bytes unpacked.
        unpacked: u64,
        /// Bytes packed.
        packed: u64,
        /// The most unpacked bytes for each packed one.
        limit: u64,
    },
    /// The same, of one member.
    MemberRatio {
        /// The member.
        member: String,
        /// Bytes unpacked.
        unpacked: u64,
        /// Bytes packed.
        packed: u64,
        /// The most unpacked bytes for each packed one.
        limit: u64,
    },
}

/// What is there instead of images in class folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoImage {
    /// Images that lie deeper.
    Deeper {
        /// One of them.
        example: String,
    },
    /// Files that could not be read.
    NoneReadable {
        /// How many.
        files: usize,
        /// The first of them.
        first: Box<LeftOut>,
    },
    /// Files that are no images.
    NoneAnImage {
        /// How many.
        files: usize,
    },
}

/// Why an existing folder is not replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// It is a file.
    NotAFolder,
    /// An earlier call did not make it.
    NotMadeHere,
    /// It holds a file that an earlier call did not write.
    OtherFile(String),
    /// Replacing was not asked for.
    NotAsked,
}

impl CreateError {
    pub(crate) fn unreadable(path: &Path, reason: impl ToString) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: one_line(reason) }
    }

    pub(crate) fn unwritable(path: &Path, reason: impl ToString) -> Self {
        Self::Unwritable { path: path.to_owned(), reason: one_line(reason) }
    }

    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), defect: ArchiveDefect::Decoder(one_line(reason)) }
    }
}

/// What decoders and file names say may hold anything.
pub(crate) fn one_line(text: impl ToString) -> String {
    /// As many characters as any output shows of a text.
    const LONGEST: usize = 2_000;

    let text: String = text.to_string().chars().take(LONGEST).collect();
    text.replace(|c: char| c.is_control(), " ")
}
