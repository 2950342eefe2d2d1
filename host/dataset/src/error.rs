//! What can be wrong with a dataset, one variant per defect, each with the place where it was found. No words: the
//! sentences are those of the crate `nnc-messages`.

mod cache;
mod cell;
mod place;

use std::path::PathBuf;

pub use self::cache::{CacheError, ChunkDefect, ListExpected, ListFound, StoredVariable};
pub use self::cell::{CellDefect, CellKind, SampleLimit};
pub use self::place::Place;
pub(crate) use self::place::Spot;

/// Why a dataset, one of its rows or one of its samples cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[error("{self:?}")]
pub enum DatasetError {
    /// The CSV itself cannot be read.
    Unreadable {
        /// The dataset CSV.
        csv: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The CSV is larger than any dataset table.
    TableTooLarge {
        /// The dataset CSV.
        csv: PathBuf,
        /// Its size in bytes.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
    /// More cells than any table has, as many commas give.
    TooManyCells {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line on which the limit is passed.
        line: u64,
        /// The most cells that are read.
        limit: usize,
    },
    /// A header of more columns than any table has.
    TooManyColumns {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// Cells of the header.
        found: usize,
        /// The most columns that are read.
        limit: usize,
    },
    /// So many problems that no more of them are listed.
    TooManyProblems {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the first problem that is not listed.
        line: u64,
        /// Problems that are listed.
        limit: usize,
    },
    /// The CSV holds bytes that are not UTF-8.
    NotUtf8 {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the first bad byte.
        line: u64,
    },
    /// The CSV holds bytes that are 0, which no text has: it is none, or parts of it were lost.
    ZeroByte {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the first of them.
        line: u64,
    },
    /// The CSV is text in another encoding, as spreadsheets write it.
    OtherEncoding {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the first byte that is not UTF-8.
        line: u64,
        /// Name of the encoding.
        encoding: &'static str,
    },
    /// Columns that are separated by tabs.
    Tabs {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
    },
    /// A line `sep=...` before the header, which only Excel understands.
    SeparatorLine {
        /// The dataset CSV.
        csv: PathBuf,
        /// Its line.
        line: u64,
        /// The line.
        found: String,
    },
    /// The CSV has no record at all.
    EmptyFile {
        /// The dataset CSV.
        csv: PathBuf,
    },
    /// The CSV has a header and nothing below it.
    NoRows {
        /// The dataset CSV.
        csv: PathBuf,
    },
    /// A header cell without text; NNC stops at it as well.
    EmptyHeaderCell {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// Column, from 1.
        column: usize,
    },
    /// Columns that are separated by semicolons, as some spreadsheets write them.
    Semicolons {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
    },
    /// Every column of the header is a comment.
    NoVariables {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
    },
    /// One name is used both with and without an index.
    MixedVariable {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// The name used twice.
        name: String,
    },
    /// A quote opens and never closes, so the rest of the file would be one cell.
    UnclosedQuote {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line on which the row starts.
        line: u64,
    },
    /// A row with more or fewer cells than the header.
    RaggedRow {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line on which the row starts.
        line: u64,
        /// Cells in the row.
        found: usize,
        /// Cells in the header.
        expected: usize,
    },
    /// A variable the dataset does not have.
    UnknownVariable {
        /// The dataset CSV.
        csv: PathBuf,
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A row number past the end.
    NoSuchRow {
        /// The dataset CSV.
        csv: PathBuf,
        /// The row asked for, from 0.
        row: usize,
        /// Rows in the dataset.
        rows: usize,
    },

    /// A `.cache` folder that cannot be used.
    Cache(#[from] CacheError),

    /// A cell that no sample can be made of.
    Cell {
        /// Where.
        place: Box<Place>,
        /// What is wrong there.
        defect: CellDefect,
    },

    /// A sample format that holds nothing or does not fit in memory.
    BadFormat {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The most bytes one sample may take.
        limit: usize,
    },
    /// The caller's memory is not the size of one sample.
    WrongBuffer {
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// A batch of no images was asked for.
    EmptyBatch,
    /// The memory for the images decoded ahead is not to be had.
    OutOfMemory {
        /// Images held at once.
        images: usize,
        /// Bytes of one.
        bytes: usize,
    },
    /// The system refused a thread.
    NoThread {
        /// What the system said.
        reason: String,
    },
}

impl DatasetError {
    /// The short name of the defect, such as `missing-file`, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            DatasetError::Cell { defect, .. } => defect.kind(),
            other => other.into(),
        }
    }

    /// The cell it was found in, where it is about one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            DatasetError::Cell { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The physical line of the CSV it was found on, from 1.
    pub fn line(&self) -> Option<u64> {
        use DatasetError::*;
        match self {
            NotUtf8 { line, .. }
            | ZeroByte { line, .. }
            | OtherEncoding { line, .. }
            | Tabs { line, .. }
            | SeparatorLine { line, .. }
            | EmptyHeaderCell { line, .. }
            | Semicolons { line, .. }
            | NoVariables { line, .. }
            | MixedVariable { line, .. }
            | UnclosedQuote { line, .. }
            | TooManyCells { line, .. }
            | TooManyColumns { line, .. }
            | TooManyProblems { line, .. }
            | RaggedRow { line, .. } => Some(*line),
            other => other.place().map(|place| place.line),
        }
    }
}

impl Spot<'_> {
    /// The error for a defect of this cell.
    pub(crate) fn error(&self, defect: impl Into<CellDefect>) -> DatasetError {
        DatasetError::Cell { place: Box::new(self.place()), defect: defect.into() }
    }
}
