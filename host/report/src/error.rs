//! What can go wrong while an anomaly map is read or the report is written, one variant per defect. The sentences are in
//! nnc-messages.

use std::fmt;
use std::io;
use std::path::PathBuf;

use nnc_picture::PictureError;

/// Why an anomaly map cannot be used or the report cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The map is not there or cannot be read.
    MapUnreadable {
        /// The map.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The map file holds nothing but blank lines.
    MapEmpty {
        /// The map.
        path: PathBuf,
    },
    /// More text or more values than any anomaly map has.
    MapTooLarge {
        /// The map.
        path: PathBuf,
        /// The line that passes the limit, from 1.
        line: usize,
        /// The limit.
        limit: MapLimit,
    },
    /// A line with another number of values than the first.
    MapRagged {
        /// The map.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Values in the line.
        found: usize,
        /// Values in the first line.
        expected: usize,
    },
    /// A cell that is no finite number.
    MapNumber {
        /// The map.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// The start of the cell.
        found: String,
    },
    /// The mask is not there or cannot be read.
    MaskUnreadable {
        /// The mask.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The mask is cut short, damaged, or no picture.
    MaskDamaged {
        /// The mask.
        path: PathBuf,
        /// What is wrong with it.
        source: PictureError,
    },
    /// More pixels than any mask has.
    MaskTooLarge {
        /// The mask.
        path: PathBuf,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// The most pixels that are read.
        limit: u64,
    },
    /// A picture of many shades, hardly any pixel of which is black.
    MaskIsPhotograph {
        /// The picture.
        path: PathBuf,
        /// Values of its first colour.
        shades: usize,
    },
    /// A picture to be shown is not there or cannot be read.
    PictureUnreadable {
        /// What the system said.
        source: io::Error,
    },
    /// A picture to be shown is damaged, or no picture.
    PictureDamaged {
        /// What is wrong with it.
        source: PictureError,
    },
    /// The evaluation is not there or cannot be read.
    EvaluationUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that would take more memory than any evaluation of its size.
    EvaluationTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The most memory that it may take.
        memory: u64,
    },
    /// Text that is not an evaluation.
    EvaluationMalformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// An evaluation of another version of this program.
    EvaluationVersion {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format that is read.
        expected: u32,
    },
    /// The report cannot be written.
    Write {
        /// What the system said.
        source: io::Error,
    },
}

impl From<io::Error> for ReportError {
    fn from(source: io::Error) -> Self {
        Self::Write { source }
    }
}

/// How large an anomaly map may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapLimit {
    /// So many bytes of text.
    Bytes(u64),
    /// So many values.
    Values(usize),
}

/// A text that is no [`ScoreRule`](crate::ScoreRule).
#[derive(Debug, Clone, PartialEq)]
pub struct NotARule {
    /// The text.
    pub found: String,
    /// The widest Gaussian, in cells of a map.
    pub widest: f64,
}

/// A text that is no [`NormalSource`](crate::NormalSource).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASource {
    /// The text.
    pub found: String,
}

/// A text that is no [`Task`](crate::Task).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotATask {
    /// The text.
    pub found: String,
}

/// For code that wants any [`std::error::Error`]; people read nnc-messages.
macro_rules! displayed_for_developers {
    ($($error:ty),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }

        impl std::error::Error for $error {}
    )*};
}

displayed_for_developers!(ReportError, NotARule, NotASource, NotATask);
