//! What can be wrong with a `.cache` folder, one variant per defect.

use std::path::PathBuf;

/// Why a `.cache` folder cannot be used. All of these mean that the cache should be made again.
///
/// Every message is one line that says where, what was found, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// A folder that is no cache, or one whose making was cut off.
    #[error(
        "{} is a folder without cache_index.csv, expected a data set CSV or a complete .cache folder; name the CSV instead",
        cache.display()
    )]
    NoIndex {
        /// The folder.
        cache: PathBuf,
    },
    /// A cache without the CSV it was made from.
    #[error(
        "{} has no original.csv, from which the cells of the result come; make the cache again from its CSV",
        cache.display()
    )]
    NoOriginal {
        /// The folder.
        cache: PathBuf,
    },
    /// One of the lists cannot be read.
    #[error("cannot read {}: {reason}", file.display())]
    Unreadable {
        /// The list or chunk.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A list that is larger than any list.
    #[error("{} has more than {limit} bytes; make the cache again", file.display())]
    ListTooLarge {
        /// The list.
        file: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// A line of a list that is not what belongs there.
    #[error("{} line {line}: found {found}, expected {expected}; make the cache again", file.display())]
    Line {
        /// The list.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A list without lines.
    #[error("{} is empty, expected {expected}; make the cache again", file.display())]
    Empty {
        /// The list.
        file: PathBuf,
        /// What should be in it.
        expected: &'static str,
    },
    /// A chunk that the index lists and that is not there.
    #[error("{} line {line} lists the chunk {chunk}, which does not exist; make the cache again", file.display())]
    NoChunk {
        /// The index.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Name of the chunk.
        chunk: String,
    },
    /// A chunk that does not hold what it should.
    #[error("{}, variable \"{variable}\": {reason}; make the cache again", chunk.display())]
    Chunk {
        /// The chunk.
        chunk: PathBuf,
        /// The variable that was looked for.
        variable: String,
        /// What is wrong.
        reason: String,
    },
    /// A chunk with other samples than the index says.
    #[error(
        "{}, variable \"{variable}\": found {found} samples, expected {expected} as in cache_index.csv; make the cache again",
        chunk.display()
    )]
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
    #[error(
        "{} has {extra} bytes after its last variable, expected only the variables that cache_info.csv lists; make the cache again",
        chunk.display()
    )]
    Trailing {
        /// The chunk.
        chunk: PathBuf,
        /// Bytes too many.
        extra: u64,
    },
    /// A chunk whose samples differ from those of the first one.
    #[error("{}: found {found}, expected {expected} as in the first chunk; make the cache again", chunk.display())]
    Differs {
        /// The chunk.
        chunk: PathBuf,
        /// Variable, shape and type found.
        found: String,
        /// Variable, shape and type of the first chunk.
        expected: String,
    },
    /// Other variables than the original CSV has.
    #[error(
        "{} holds the variables {found}, its original.csv has {expected}; make the cache again",
        cache.display()
    )]
    Variables {
        /// The folder.
        cache: PathBuf,
        /// Names in the chunks.
        found: String,
        /// Names in the CSV.
        expected: String,
    },
    /// Another number of samples than the original CSV has rows.
    #[error(
        "{} holds {found} samples, its original.csv has {expected} rows; make the cache again",
        cache.display()
    )]
    Rows {
        /// The folder.
        cache: PathBuf,
        /// Samples in the chunks.
        found: usize,
        /// Rows of the CSV.
        expected: usize,
    },
}
