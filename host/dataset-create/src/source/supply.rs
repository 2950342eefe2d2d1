//! Delivering the files of a source.

use crate::error::CreateError;
use crate::left_out::ReadDefect;

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum ReadProblem {
    /// The others may be fine.
    File(ReadDefect),
    /// The whole source is unusable.
    Source(CreateError),
}

/// Delivers the files that are wanted, to any number of threads.
pub(crate) trait Supply: Sync {
    /// Reads the next file into `buffer` and says which of the wanted ones it is; none when all were delivered.
    fn next(&self, buffer: &mut Vec<u8>) -> Option<(usize, Result<(), ReadProblem>)>;
}
