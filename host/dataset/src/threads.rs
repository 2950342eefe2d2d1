//! Threads for work whose order does not matter.

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::DatasetError;

/// A pool of `threads` threads; 0 means one per processor.
pub(crate) fn pool(threads: usize) -> Result<ThreadPool, DatasetError> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| DatasetError::NoThread { reason: error.to_string() })
}
