//! What can go wrong while a score map is read or the report is written, one variant per defect.

use std::io;
use std::path::PathBuf;

/// Why a score map cannot be used or the report cannot be written.
///
/// Every message is one line that says where, what was found, what was expected and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The map is not there or cannot be read.
    #[error("cannot read the score map {}: {source}; evaluate again to make it anew", path.display())]
    MapUnreadable {
        /// The map.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The map file holds nothing but blank lines.
    #[error("the score map {} is empty, expected lines of numbers separated by commas; evaluate again", path.display())]
    MapEmpty {
        /// The map.
        path: PathBuf,
    },
    /// More text or more values than any score map has.
    #[error(
        "{} line {line}: the score map goes on past {limit}; check that the file is a score map",
        path.display()
    )]
    MapTooLarge {
        /// The map.
        path: PathBuf,
        /// The line that passes the limit, from 1.
        line: usize,
        /// The limit in words.
        limit: String,
    },
    /// A line with another number of values than the first.
    #[error(
        "{} line {line}: found {found} values, expected {expected} as in the first line of the score map; evaluate again",
        path.display()
    )]
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
    #[error(
        "{} line {line}, column {column}: found \"{found}\", expected a finite number; check the plugin that wrote the score map",
        path.display()
    )]
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
    /// The mask is not there or is no picture.
    #[error("cannot read the mask {}: {source}; give a picture in which the defect is not black", path.display())]
    MaskUnreadable {
        /// The mask.
        path: PathBuf,
        /// What is wrong with it.
        source: image::ImageError,
    },
    /// More pixels than any mask has.
    #[error("the mask {} has {width}x{height} pixels, expected at most {limit}; scale it down", path.display())]
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
    /// The evaluation is not there or cannot be read.
    #[error("cannot read the evaluation {}: {source}; evaluate again to make it anew", path.display())]
    EvaluationUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file larger than any evaluation.
    #[error("{} has {bytes} bytes, expected at most {limit}; check that it is an evaluation", path.display())]
    EvaluationTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// Text that is not an evaluation.
    #[error("{} is not an evaluation: {source}; evaluate again to make it anew", path.display())]
    EvaluationMalformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// An evaluation of another version of this program.
    #[error("{} has format {found}, expected {expected}; use the nnc-host that wrote it, or evaluate again", path.display())]
    EvaluationVersion {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The format that is read.
        expected: u32,
    },
    /// The report cannot be written.
    #[error("cannot write the report: {source}; check the free space of the disk")]
    Write {
        /// What the system said.
        #[from]
        source: io::Error,
    },
}
