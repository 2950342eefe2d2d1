//! Files of a source that are not in the dataset, and why.

use nnc_dataset::PictureError;

/// A file that is not in the dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path in the source.
    pub path: String,
    /// The reason.
    pub reason: Reason,
}

/// Why a file is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its extension is not that of an image.
    NoImage,
    /// It lies in no class folder; NNC ignores it too.
    NoClass,
    /// It lies deeper than in a class folder; NNC does not look there either.
    TooDeep,
    /// It lies outside the folder that holds the class folders.
    Elsewhere,
    /// A later file of the archive has the same name.
    Overwritten,
    /// Its name cannot be used everywhere.
    BadName(NameDefect),
    /// It is a device, a pipe or another special file.
    NoFile,
    /// It is a link of an archive.
    Link,
    /// The archive says that it has more bytes than the limit.
    TooLarge {
        /// The most bytes of a file.
        limit: u64,
    },
    /// It cannot be read.
    Unreadable(ReadDefect),
    /// It is no image that a dataset can hold.
    Picture(PictureError),
}

/// What is wrong with the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameDefect {
    /// It is not UTF-8.
    NotUtf8,
    /// It is empty.
    Empty,
    /// It has more bytes than a path may have on Linux.
    TooLong,
    /// It holds control characters or characters that could not be decoded.
    Characters,
    /// It holds a backslash, which datasets take for the separator of folders.
    Backslash,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadDefect {
    /// What the system or the archive's decoder said.
    Failed(String),
    /// It has more bytes than the limit.
    TooLarge {
        /// The most bytes of a file.
        limit: u64,
    },
    /// It unpacks to more bytes than the archive's directory says.
    LargerThanListed {
        /// Bytes by the directory.
        listed: u64,
    },
    /// Its content in the archive is damaged, in the decoder's words.
    Damaged(String),
    /// It is compressed with a method that is not known.
    Method(u16),
}

impl LeftOut {
    pub(crate) fn new(path: impl Into<String>, reason: Reason) -> Self {
        Self { path: path.into(), reason }
    }
}

impl Reason {
    /// The short name of the reason, such as `no-image`, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Reason::NoImage => "no-image",
            Reason::NoClass => "no-class",
            Reason::TooDeep => "too-deep",
            Reason::Elsewhere => "elsewhere",
            Reason::Overwritten => "overwritten",
            Reason::BadName(_) => "bad-name",
            Reason::NoFile => "no-file",
            Reason::Link => "link",
            Reason::TooLarge { .. } => "too-large",
            Reason::Unreadable(_) => "unreadable",
            Reason::Picture(error) => error.kind(),
        }
    }
}
