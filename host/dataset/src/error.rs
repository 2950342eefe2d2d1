//! What can be wrong with a dataset, one variant per defect, each with the place where it was found.

use std::fmt;
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}, column \"{}\"", self.csv.display(), self.line, self.column)?;
        match &self.file {
            Some(file) => write!(f, ", {}", file.display()),
            None => Ok(()),
        }
    }
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
    #[error("cannot read the dataset {}: {reason}", csv.display())]
    Unreadable {
        /// The dataset CSV.
        csv: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The CSV is larger than any dataset table.
    #[error(
        "{} has {found} bytes, a dataset table has at most {limit}; split it into several datasets",
        csv.display()
    )]
    TableTooLarge {
        /// The dataset CSV.
        csv: PathBuf,
        /// Its size in bytes.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The CSV holds bytes that are not UTF-8.
    #[error(
        "{} line {line}: found bytes that are not UTF-8; save the file as UTF-8 (with or without BOM)",
        csv.display()
    )]
    NotUtf8 {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the first bad byte.
        line: u64,
    },
    /// The CSV has no record at all.
    #[error(
        "{} is empty, expected a header line such as x:image,y:label and one line per sample",
        csv.display()
    )]
    EmptyFile {
        /// The dataset CSV.
        csv: PathBuf,
    },
    /// The CSV has a header and nothing below it.
    #[error("{} has a header but no rows, expected one line per sample", csv.display())]
    NoRows {
        /// The dataset CSV.
        csv: PathBuf,
    },
    /// A header cell without text; NNC stops at it as well.
    #[error(
        "{} line {line}: header cell {column} is empty, expected a name such as x:image; name the column or start its name with # to ignore it",
        csv.display()
    )]
    EmptyHeaderCell {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// Column, from 1.
        column: usize,
    },
    /// Every column of the header is a comment.
    #[error(
        "{} line {line}: found only comment columns (#...), expected at least one variable such as x:image",
        csv.display()
    )]
    NoVariables {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
    },
    /// One name is used both with and without an index.
    #[error(
        "{} line {line}: variable \"{name}\" is used both as a column of its own and as a vector ({name}__0, ...); rename one of them",
        csv.display()
    )]
    MixedVariable {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line of the header.
        line: u64,
        /// The name used twice.
        name: String,
    },
    /// A quote opens and never closes, so the rest of the file would be one cell.
    #[error(
        "{} line {line}: a quote (\") that opens in this row is never closed; close it, or double it where it is part of the text",
        csv.display()
    )]
    UnclosedQuote {
        /// The dataset CSV.
        csv: PathBuf,
        /// Line on which the row starts.
        line: u64,
    },
    /// A row with more or fewer cells than the header.
    #[error(
        "{} line {line}: found {found} cells, expected {expected} as in the header",
        csv.display()
    )]
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
    #[error("{} has no variable \"{name}\", it has {}", csv.display(), quoted(available))]
    UnknownVariable {
        /// The dataset CSV.
        csv: PathBuf,
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A row number past the end.
    #[error("{} has {rows} rows, row {row} (from 0) does not exist", csv.display())]
    NoSuchRow {
        /// The dataset CSV.
        csv: PathBuf,
        /// The row asked for, from 0.
        row: usize,
        /// Rows in the dataset.
        rows: usize,
    },

    /// A `.cache` folder that cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),

    /// A cell without text.
    #[error("{place}: the cell is empty, expected a number or the name of a file")]
    EmptyCell {
        /// Where.
        place: Box<Place>,
    },
    /// A cell that names a file on the network.
    #[error(
        "{place}: {found} is on the network, which is not supported offline; copy the file beside the CSV and name it relative to the CSV"
    )]
    RemoteFile {
        /// Where.
        place: Box<Place>,
        /// The cell.
        found: String,
    },
    /// A cell that is no number and has an extension NNC does not load. Carries NNC's own words.
    #[error(
        "{place}: File format with extension \"{extension}\" is not supported. Found the cell \"{found}\", expected a number or a file named .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .csv or .npy"
    )]
    UnknownExtension {
        /// Where.
        place: Box<Place>,
        /// The lower-case extension with its dot, or nothing.
        extension: String,
        /// The cell.
        found: String,
    },
    /// A kind of file that NNC loads and this program does not.
    #[error(
        "{place}: {extension} files are loaded by Neural Network Console but not here; convert the file to .png, .csv or .npy"
    )]
    UnsupportedKind {
        /// Where.
        place: Box<Place>,
        /// The lower-case extension with its dot.
        extension: String,
    },
    /// The file is not there.
    #[error(
        "{place}: the file does not exist; names are relative to the folder of the CSV, and upper and lower case matter"
    )]
    MissingFile {
        /// Where.
        place: Box<Place>,
    },
    /// The name belongs to a folder.
    #[error("{place}: found a folder, expected a file")]
    IsDirectory {
        /// Where.
        place: Box<Place>,
    },
    /// The file is there but cannot be read.
    #[error("{place}: cannot read the file: {reason}")]
    UnreadableFile {
        /// Where.
        place: Box<Place>,
        /// What the system said.
        reason: String,
    },
    /// File or content too large to be a sample.
    #[error("{place}: found {found}, more than the limit of {limit}; make the file smaller")]
    TooLarge {
        /// Where.
        place: Box<Place>,
        /// What was found.
        found: String,
        /// What is allowed.
        limit: String,
    },

    /// The image is cut short, damaged, or of another format than its name says.
    #[error("{place}: the image is damaged or cut short ({reason}); copy or export it again")]
    DamagedImage {
        /// Where.
        place: Box<Place>,
        /// What the decoder said.
        reason: String,
    },
    /// The image uses something no decoder here understands.
    #[error("{place}: this kind of image is not supported ({reason}); save it as an 8-bit grey or RGB PNG")]
    UnsupportedImage {
        /// Where.
        place: Box<Place>,
        /// What the decoder said.
        reason: String,
    },
    /// More than 8 bits per channel; NNC's back-ends disagree on what such a file means.
    #[error("{place}: found an image with {found}, expected 8 bits per channel; convert it to 8 bits")]
    SixteenBit {
        /// Where.
        place: Box<Place>,
        /// The kind of pixel.
        found: String,
    },
    /// Transparency; NNC would silently feed a 2- or 4-channel image.
    #[error("{place}: found an image with transparency ({found}), expected grey or RGB; remove the alpha channel")]
    Alpha {
        /// Where.
        place: Box<Place>,
        /// The kind of pixel.
        found: String,
    },
    /// CMYK or another four-ink image; NNC would feed its 4 channels as they are.
    #[error("{place}: found a CMYK image (4 channels), expected grey or RGB; convert it to RGB")]
    Cmyk {
        /// Where.
        place: Box<Place>,
    },
    /// A grey image where colour is expected.
    #[error(
        "{place}: found a grey image (1 channel), expected {expected} channels; convert it to RGB, for instance with nnc-host dataset create"
    )]
    GreyImage {
        /// Where.
        place: Box<Place>,
        /// Channels expected.
        expected: usize,
    },
    /// An image of another size or number of channels than expected.
    #[error(
        "{place}: found an image of {} (channels,height,width), expected {}; resize it with nnc-host dataset create or any image tool",
        dims(found),
        dims(expected)
    )]
    WrongImageSize {
        /// Where.
        place: Box<Place>,
        /// Channels, height and width found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Numbers, a matrix or an array of another shape than expected.
    #[error("{place}: found values of shape {}, expected {}", dims(found), dims(expected))]
    WrongShape {
        /// Where.
        place: Box<Place>,
        /// The shape found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Bytes were asked for and the cell is not an image.
    #[error("{place}: found {found}, expected an image")]
    NotAnImage {
        /// Where.
        place: Box<Place>,
        /// What the cell is.
        found: &'static str,
    },

    /// A matrix file without a single row.
    #[error("{place}: the matrix has no rows, expected numbers separated by commas")]
    EmptyMatrix {
        /// Where.
        place: Box<Place>,
    },
    /// A row of a matrix file with another number of cells than its first row.
    #[error("{place}: line {file_line} of the matrix has {found} numbers, expected {expected} as in its first row")]
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
    #[error(
        "{place}: line {file_line}, column {file_column} of the matrix is \"{found}\", expected a number (a matrix has no header)"
    )]
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
    #[error(
        "{place}: a quote (\") that opens on line {file_line} of the matrix is never closed; a matrix needs no quotes"
    )]
    MatrixQuote {
        /// Where.
        place: Box<Place>,
        /// Line of the matrix file, from 1.
        file_line: u64,
    },
    /// An `.npy` file that is not one, or holds what cannot be fed to a network.
    #[error("{place}: not a usable .npy file: {reason}")]
    BadNpy {
        /// Where.
        place: Box<Place>,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A decoder panicked, which is a bug in it and not in the dataset.
    #[error("{place}: the decoder stopped unexpectedly ({reason}); save the file anew with another tool")]
    DecoderPanic {
        /// Where.
        place: Box<Place>,
        /// The message of the panic.
        reason: String,
    },

    /// A sample format that holds nothing or does not fit in memory.
    #[error("samples of shape {} cannot be read, expected at least one value and at most {limit} bytes", dims(shape))]
    BadFormat {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The most bytes one sample may take.
        limit: usize,
    },
    /// The caller's memory is not the size of one sample.
    #[error("the memory for a sample has {found} bytes, expected {expected}")]
    WrongBuffer {
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// A batch of no images was asked for.
    #[error("a batch of 0 images was asked for, expected at least 1")]
    EmptyBatch,
    /// The memory for the images decoded ahead is not to be had.
    #[error("no memory for {images} images of {bytes} bytes each; lower batch_size")]
    OutOfMemory {
        /// Images held at once.
        images: usize,
        /// Bytes of one.
        bytes: usize,
    },
    /// The system refused a thread.
    #[error("cannot start a decoder thread: {reason}")]
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
            | NoVariables { line, .. }
            | MixedVariable { line, .. }
            | UnclosedQuote { line, .. }
            | RaggedRow { line, .. } => Some(*line),
            other => other.place().map(|place| place.line),
        }
    }
}

/// Sizes as NNC writes them: `3,224,224`.
fn dims(shape: &[usize]) -> String {
    if shape.is_empty() {
        return "() (a single number)".to_string();
    }
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    sizes.join(",")
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}
