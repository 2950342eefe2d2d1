//! The data set as an author sees it during `fit`.

use std::marker::PhantomData;

use abi_stable::std_types::RResult;

use crate::detector::{Batch, Input};
use crate::error::{Error, Result};
use crate::ffi::{BatchV1, SourceV1};

/// The training samples, pulled by the plugin in the order of the data set.
///
/// The host reads and decodes ahead on its own threads in bounded memory, so pulling small batches costs nothing.
pub struct BatchSource<'a> {
    raw: SourceV1,
    input: Input,
    host: PhantomData<&'a mut ()>,
}

impl BatchSource<'_> {
    pub(crate) fn new(raw: SourceV1, input: Input) -> Self {
        Self { raw, input, host: PhantomData }
    }

    /// Number of samples in the data set.
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
        let raw = into_result((self.raw.calls.next())(self.raw.context, max.max(1)))?;
        if raw.count == 0 {
            return Ok(None);
        }
        // SAFETY: the host keeps the batch alive until the next call; the borrow of `self` ends before that.
        unsafe { view(raw, &self.input) }.map(Some)
    }

    /// Starts again at the first sample, for detectors that need more than one pass.
    ///
    /// # Errors
    /// Errors of the host.
    pub fn rewind(&mut self) -> Result<()> {
        into_result((self.raw.calls.rewind())(self.raw.context))
    }
}

/// Turns a batch of the border into a slice after checking its size.
///
/// # Safety
/// `raw.bytes` must point to `raw.byte_len` readable bytes that live and do not change for `'a`.
pub(crate) unsafe fn view<'a>(raw: BatchV1, input: &Input) -> Result<Batch<'a>> {
    let expected = input.sample_bytes().and_then(|n| n.checked_mul(raw.count));
    if raw.bytes.is_null() || expected != Some(raw.byte_len) {
        return Err(Error::data(format!(
            "the host sent a batch of {} bytes for {} samples of shape {:?}",
            raw.byte_len, raw.count, input.shape
        )));
    }
    // SAFETY: promised by the caller; the pointer is not null.
    let bytes = unsafe { std::slice::from_raw_parts(raw.bytes, raw.byte_len) };
    Ok(Batch { bytes, element: input.element, first: raw.first, len: raw.count })
}

pub(crate) fn into_result<T>(outcome: crate::ffi::Outcome<T>) -> Result<T> {
    match outcome {
        RResult::ROk(value) => Ok(value),
        RResult::RErr(fault) => Err(fault.into()),
    }
}
