//! Memory that decoding reuses.

use crate::sample::file::Work;

/// Buffers that one thread keeps from sample to sample.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The bytes of a file.
    pub(super) file: Vec<u8>,
    pub(super) work: Work,
    /// A whole sample, where the caller has no memory for it.
    pub(super) sample: Vec<u8>,
}
