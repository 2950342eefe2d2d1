//! What can be wrong with a `.cache` folder, one variant per defect.

use std::path::PathBuf;

use crate::npy::{NpyError, NumberType};

/// Why a `.cache` folder cannot be used. All of these mean that the cache should be made again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{self:?}")]
pub enum CacheError {
    /// A folder that is no cache, or one whose making was cut off.
    NoIndex {
        /// The folder.
        cache: PathBuf,
    },
    /// A cache without the CSV it was made from.
    NoOriginal {
        /// The folder.
        cache: PathBuf,
    },
    /// One of the lists cannot be read.
    Unreadable {
        /// The list or chunk.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A list that is larger than any list.
    ListTooLarge {
        /// The list.
        file: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// A line of a list that is not what belongs there.
    Line {
        /// The list.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What stands there.
        found: ListFound,
        /// What should.
        expected: ListExpected,
    },
    /// A list without lines.
    Empty {
        /// The list.
        file: PathBuf,
        /// What should be in it.
        expected: ListExpected,
    },
    /// A chunk that the index lists and that is not there.
    NoChunk {
        /// The index.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Name of the chunk.
        chunk: String,
    },
    /// A chunk that does not hold what it should.
    Chunk {
        /// The chunk.
        chunk: PathBuf,
        /// The variable that was looked for.
        variable: String,
        /// What is wrong.
        defect: ChunkDefect,
    },
    /// A chunk with other samples than the index says.
    ChunkRows {
        /// The chunk.
        chunk: PathBuf,
        /// The variable.
        variable: String,
        /// Samples in the chunk.
        found: u64,
        /// Samples by the index.
        expected: usize,
    },
    /// Bytes after the last variable of a chunk.
    Trailing {
        /// The chunk.
        chunk: PathBuf,
        /// Bytes too many.
        extra: u64,
    },
    /// A chunk whose samples differ from those of the first one.
    Differs {
        /// The chunk.
        chunk: PathBuf,
        /// The variable as it is stored in this chunk.
        found: Box<StoredVariable>,
        /// And in the first one.
        expected: Box<StoredVariable>,
    },
    /// Other variables than the original CSV has.
    Variables {
        /// The folder.
        cache: PathBuf,
        /// Names in the chunks.
        found: Vec<String>,
        /// Names in the CSV.
        expected: Vec<String>,
    },
    /// Another number of samples than the original CSV has rows.
    Rows {
        /// The folder.
        cache: PathBuf,
        /// Samples in the chunks.
        found: usize,
        /// Rows of the CSV.
        expected: usize,
    },
}

/// What stands in a list of a cache where something else should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFound {
    /// A line; its start.
    Line(String),
    /// Nothing more.
    EndOfList,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A quote that is never closed.
    OpenQuote,
    /// More cells than any list has.
    MoreCells {
        /// The most that are read.
        limit: usize,
    },
    /// More lines than any list has.
    MoreLines {
        /// The most that are kept.
        limit: usize,
    },
}

/// What should stand in a list of a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListExpected {
    /// A chunk of the folder and its number of samples.
    Chunk,
    /// The name of a variable, each once.
    Variable,
    /// Two numbers from 0 to `last`, each once in its column.
    Order {
        /// The largest of them.
        last: usize,
    },
    /// One line for each chunk.
    LinePerChunk,
    /// One line for each variable.
    LinePerVariable,
    /// One line for each sample.
    LinePerSample {
        /// Samples of the cache.
        samples: usize,
    },
    /// Text in UTF-8.
    Utf8,
    /// The quote that ends a cell.
    ClosingQuote,
    /// No more than a list of a cache has.
    List,
}

/// What is wrong with a variable of a chunk.
#[derive(Debug, Clone, PartialEq)]
pub enum ChunkDefect {
    /// The array at this byte is none.
    Array {
        /// Where it begins.
        at: u64,
        /// What is wrong with it.
        error: NpyError,
    },
    /// The chunk ends before the values do.
    CutShort {
        /// Bytes of values there are.
        found: u64,
        /// Bytes needed.
        expected: u64,
    },
    /// A single number instead of one entry for each sample.
    SingleNumber,
    /// An array in Fortran order, which NNC never writes.
    FortranOrder,
    /// An HDF5 dataset of neither integers nor floats.
    NotNumbers,
    /// Samples without values.
    NoValues {
        /// Shape of a sample.
        shape: Vec<usize>,
    },
    /// An HDF5 file without a dataset.
    NoDataset,
    /// A sample of another size than the shape has.
    SampleBytes {
        /// Bytes read.
        found: usize,
        /// Bytes of the shape.
        expected: usize,
    },
    /// A sample larger than any is read.
    SampleTooLarge {
        /// Shape of a sample.
        shape: Vec<usize>,
        /// The most bytes.
        limit: usize,
    },
    /// An HDF5 file whose structure contradicts itself.
    Contradiction,
    /// What the HDF5 library said.
    Hdf5(String),
}

/// How one variable is stored in a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVariable {
    /// Its name.
    pub name: String,
    /// Shape of one sample.
    pub shape: Vec<usize>,
    /// Type of its values.
    pub number_type: NumberType,
}
