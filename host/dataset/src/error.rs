//! What can be wrong with a dataset, one variant per defect, each with the place where it was found.

use std::path::{Path, PathBuf};

use crate::cache::CacheError;

/// Where in a dataset a problem lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The dataset CSV.
    pub csv: PathBuf,
    /// Physical line of that CSV on which the row starts, from 1.
    pub line: u64,
    /// Header cell of the column, as written.
    pub column: String,
    /// The file the cell names, where it names one.
    pub file: Option<PathBuf>,
}

/// A [`Place`] by reference: what the decoders carry along while nothing is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) csv: &'a Path,
    pub(crate) line: u64,
    pub(crate) column: &'a str,
    pub(crate) file: Option<&'a Path>,
}

impl Spot<'_> {
    pub(crate) fn place(&self) -> Box<Place> {
        Box::new(Place {
            csv: self.csv.to_path_buf(),
            line: self.line,
            column: self.column.to_string(),
            file: self.file.map(Path::to_path_buf),
        })
    }
}

/// Why a dataset, one of its rows or one of its samples cannot be used.
///
/// Every message is one line that says where, what was found, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
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

    /// A cell without text.
    EmptyCell {
        /// Where.
        place: Box<Place>,
    },
    /// A cell that names a file on the network.
    RemoteFile {
        /// Where.
        place: Box<Place>,
        /// The cell.
        found: String,
    },
    /// A cell that is no number and has an extension NNC does not load. Carries NNC's own words.
    UnknownExtension {
        /// Where.
        place: Box<Place>,
        /// The lower-case extension with its dot, or nothing.
        extension: String,
        /// The cell.
        found: String,
    },
    /// A kind of file that NNC loads and this program does not.
    UnsupportedKind {
        /// Where.
        place: Box<Place>,
        /// The lower-case extension with its dot.
        extension: String,
    },
    /// The file is not there.
    MissingFile {
        /// Where.
        place: Box<Place>,
    },
    /// The name belongs to a folder.
    IsDirectory {
        /// Where.
        place: Box<Place>,
    },
    /// The file is there but cannot be read.
    UnreadableFile {
        /// Where.
        place: Box<Place>,
        /// What the system said.
        reason: String,
    },
    /// File or content too large to be a sample.
    TooLarge {
        /// Where.
        place: Box<Place>,
        /// What was found.
        found: String,
        /// What is allowed.
        limit: String,
    },

    /// The image is cut short, damaged, or of another format than its name says.
    DamagedImage {
        /// Where.
        place: Box<Place>,
        /// What the decoder said.
        reason: String,
    },
    /// The image uses something no decoder here understands.
    UnsupportedImage {
        /// Where.
        place: Box<Place>,
        /// What the decoder said.
        reason: String,
    },
    /// More than 8 bits per channel; NNC's back-ends disagree on what such a file means.
    SixteenBit {
        /// Where.
        place: Box<Place>,
        /// The kind of pixel.
        found: String,
    },
    /// Transparency; NNC would silently feed a 2- or 4-channel image.
    Alpha {
        /// Where.
        place: Box<Place>,
        /// The kind of pixel.
        found: String,
    },
    /// CMYK or another four-ink image; NNC would feed its 4 channels as they are.
    Cmyk {
        /// Where.
        place: Box<Place>,
    },
    /// A grey image where colour is expected.
    GreyImage {
        /// Where.
        place: Box<Place>,
        /// Channels expected.
        expected: usize,
    },
    /// An image of another size or number of channels than expected.
    WrongImageSize {
        /// Where.
        place: Box<Place>,
        /// Channels, height and width found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Numbers, a matrix or an array of another shape than expected.
    WrongShape {
        /// Where.
        place: Box<Place>,
        /// The shape found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Bytes were asked for and the cell is not an image.
    NotAnImage {
        /// Where.
        place: Box<Place>,
        /// What the cell is.
        found: String,
    },

    /// A matrix file without a single row.
    EmptyMatrix {
        /// Where.
        place: Box<Place>,
    },
    /// A row of a matrix file with another number of cells than its first row.
    RaggedMatrix {
        /// Where.
        place: Box<Place>,
        /// Line of the matrix file, from 1.
        file_line: u64,
        /// Cells in that line.
        found: usize,
        /// Cells in the first row.
        expected: usize,
    },
    /// A cell of a matrix file that is no number.
    MatrixNumber {
        /// Where.
        place: Box<Place>,
        /// Line of the matrix file, from 1.
        file_line: u64,
        /// Column of the matrix file, from 1.
        file_column: usize,
        /// The cell.
        found: String,
    },
    /// A quote in a matrix file that never closes.
    MatrixQuote {
        /// Where.
        place: Box<Place>,
        /// Line of the matrix file, from 1.
        file_line: u64,
    },
    /// An `.npy` file that is not one, or holds what cannot be fed to a network.
    BadNpy {
        /// Where.
        place: Box<Place>,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A decoder panicked, which is a bug in it and not in the dataset.
    DecoderPanic {
        /// Where.
        place: Box<Place>,
        /// The message of the panic.
        reason: String,
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
        self.into()
    }

    /// The cell it was found in, where it is about one.
    pub fn place(&self) -> Option<&Place> {
        use DatasetError::*;
        match self {
            EmptyCell { place }
            | RemoteFile { place, .. }
            | UnknownExtension { place, .. }
            | UnsupportedKind { place, .. }
            | MissingFile { place }
            | IsDirectory { place }
            | UnreadableFile { place, .. }
            | TooLarge { place, .. }
            | DamagedImage { place, .. }
            | UnsupportedImage { place, .. }
            | SixteenBit { place, .. }
            | Alpha { place, .. }
            | Cmyk { place }
            | GreyImage { place, .. }
            | WrongImageSize { place, .. }
            | WrongShape { place, .. }
            | NotAnImage { place, .. }
            | EmptyMatrix { place }
            | RaggedMatrix { place, .. }
            | MatrixNumber { place, .. }
            | MatrixQuote { place, .. }
            | BadNpy { place, .. }
            | DecoderPanic { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The physical line of the CSV it was found on, from 1.
    pub fn line(&self) -> Option<u64> {
        use DatasetError::*;
        match self {
            NotUtf8 { line, .. }
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
