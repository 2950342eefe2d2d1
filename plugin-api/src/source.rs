//! The training set as an author sees it.

use std::marker::PhantomData;

use crate::batch::Batch;
use crate::error::{Error, Result};
use crate::ffi::SourceV1;
use crate::interface::Interface;

/// The training samples, pulled by the plugin in the order of the dataset.
///
/// The host reads and decodes ahead on its own threads in bounded memory, so pulling small batches costs nothing.
pub struct BatchSource<'a> {
    raw: SourceV1,
    interface: &'a Interface,
    host: PhantomData<&'a mut ()>,
}

impl<'a> BatchSource<'a> {
    pub(crate) fn new(raw: SourceV1, interface: &'a Interface) -> Self {
        Self { raw, interface, host: PhantomData }
    }

    /// Number of samples in the dataset.
    pub fn len(&self) -> usize {
        self.raw.len
    }

    /// Whether there is nothing to train on.
    pub fn is_empty(&self) -> bool {
        self.raw.len == 0
    }

    /// The next samples, `None` after the last one. All batches but the last hold the same number of samples as long
    /// as `max` stays the same: `max`, or the project's batch size when that is smaller.
    ///
    /// # Errors
    /// A sample that cannot be read; the message names file and line. Pass it on.
    pub fn next_batch(&mut self, max: usize) -> Result<Option<Batch<'_>>> {
        let raw = (self.raw.calls.next())(self.raw.context, max.max(1)).into_result()?;
        if raw.count == 0 {
            return Ok(None);
        }
        // SAFETY: the host keeps the batch alive until the next call; the borrow of `self` ends before that.
        unsafe { Batch::from_raw(raw, self.interface) }.map(Some)
    }

    /// Starts again at the first sample, for detectors that need more than one pass.
    ///
    /// # Errors
    /// Errors of the host.
    pub fn rewind(&mut self) -> Result<()> {
        (self.raw.calls.rewind())(self.raw.context).into_result().map_err(Error::from)
    }
}
