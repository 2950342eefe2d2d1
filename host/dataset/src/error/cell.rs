//! What can be wrong with one cell of a dataset, or with the file it names.

use crate::npy::NpyError;
use nnc_picture::PictureError;

/// Why a sample cannot be made of a cell.
#[derive(Debug, Clone, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum CellDefect {
    /// A cell without text.
    EmptyCell,
    /// A cell that names a file on the network.
    RemoteFile {
        /// The cell.
        found: String,
    },
    /// A cell that is no number and has an extension NNC does not load.
    UnknownExtension {
        /// The lower-case extension with its dot, or nothing.
        extension: String,
        /// The cell.
        found: String,
    },
    /// A kind of file that NNC loads and this program does not.
    UnsupportedKind {
        /// The lower-case extension with its dot.
        extension: String,
    },
    /// The file is not there.
    MissingFile,
    /// A file of this name is there, its letters composed or decomposed in another way.
    OtherUnicodeForm,
    /// The name belongs to a folder.
    IsDirectory,
    /// The name belongs to a device or a pipe.
    #[strum(serialize = "unreadable-file")]
    NotAFile,
    /// The file is there but cannot be read.
    UnreadableFile {
        /// What the system said.
        reason: String,
    },
    /// File or content too large to be a sample.
    TooLarge(SampleLimit),

    /// The image cannot be used.
    Image(PictureError),
    /// A grey image where colour is expected.
    GreyImage {
        /// Channels expected.
        expected: usize,
    },
    /// An image of another size or number of channels than expected.
    WrongImageSize {
        /// Channels, height and width found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Numbers, a matrix or an array of another shape than expected.
    WrongShape {
        /// The shape found.
        found: Vec<usize>,
        /// The shape expected.
        expected: Vec<usize>,
    },
    /// Bytes were asked for and the cell is not an image.
    NotAnImage {
        /// What the cell is.
        found: CellKind,
    },

    /// A matrix file without a single row.
    EmptyMatrix,
    /// A row of a matrix file with another number of cells than its first row.
    RaggedMatrix {
        /// Line of the matrix file, from 1.
        file_line: u64,
        /// Cells in that line.
        found: usize,
        /// Cells in the first row.
        expected: usize,
    },
    /// A cell of a matrix file that is no number.
    MatrixNumber {
        /// Line of the matrix file, from 1.
        file_line: u64,
        /// Column of the matrix file, from 1.
        file_column: usize,
        /// The start of the cell.
        found: String,
    },
    /// A quote in a matrix file that never closes.
    MatrixQuote {
        /// Line of the matrix file, from 1.
        file_line: u64,
    },
    /// An `.npy` file that is not one, or holds what cannot be fed to a network.
    BadNpy(NpyError),
    /// A decoder panicked, which is a bug in it and not in the dataset.
    DecoderPanic {
        /// The message of the panic, where it has one.
        message: Option<String>,
    },
}

/// The limit that a sample passes, and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleLimit {
    /// Bytes of the file.
    FileBytes {
        /// Bytes it has.
        found: u64,
        /// The most.
        limit: usize,
    },
    /// Bytes of the values.
    ValueBytes {
        /// Shape of the values.
        shape: Vec<usize>,
        /// The most bytes.
        limit: usize,
    },
    /// Values of a matrix.
    MatrixValues {
        /// The line of the matrix file on which there are too many, from 1.
        file_line: u64,
        /// The most values.
        limit: usize,
    },
}

/// What a cell that is no image holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A number.
    Number,
    /// A matrix file.
    Matrix,
    /// An `.npy` file.
    Array,
    /// Numbers of a cache that are no bytes.
    NotBytes,
}

impl CellDefect {
    /// The short name of the defect, such as `missing-file`, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            // Named so since before images had errors of their own.
            CellDefect::Image(PictureError::Damaged(_)) => "damaged-image",
            CellDefect::Image(PictureError::Unsupported(_)) => "unsupported-image",
            CellDefect::Image(error) => error.kind(),
            other => other.into(),
        }
    }
}

impl From<PictureError> for CellDefect {
    fn from(error: PictureError) -> Self {
        Self::Image(error)
    }
}

impl From<NpyError> for CellDefect {
    fn from(error: NpyError) -> Self {
        Self::BadNpy(error)
    }
}
