//! What can be wrong with a `.cache` folder, one variant per defect.

use std::path::PathBuf;

/// Why a `.cache` folder cannot be used. All of these mean that the cache should be made again.
///
/// Every message is one line that says where, what was found, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
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
        found: String,
        /// What should.
        expected: String,
    },
    /// A list without lines.
    Empty {
        /// The list.
        file: PathBuf,
        /// What should be in it.
        expected: String,
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
        reason: String,
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
        /// Variable, shape and type found.
        found: String,
        /// Variable, shape and type of the first chunk.
        expected: String,
    },
    /// Other variables than the original CSV has.
    Variables {
        /// The folder.
        cache: PathBuf,
        /// Names in the chunks.
        found: String,
        /// Names in the CSV.
        expected: String,
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
