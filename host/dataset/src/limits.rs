//! The most that is read of anything: third-party files are opened too, and none may fill the memory.

/// The most bytes a file, or one sample decoded, may take.
pub(crate) const MAX_SAMPLE_BYTES: usize = 256 << 20;

/// The most columns of a table, and so the most variables.
pub(crate) const MAX_COLUMNS: usize = 1 << 22;

/// The most problems that are reported: more of them are not repaired one by one, and each takes memory.
pub(crate) const MAX_PROBLEMS: usize = 100_000;
