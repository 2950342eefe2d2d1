//! Samples and output buffers in the host's memory, as an author sees them.

use crate::error::{Error, Result};
use crate::ffi::BatchV1;
use crate::interface::{Element, Interface};

/// Samples in the host's memory, one after the other, each with the shape that the interface asked for.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    interface: &'a Interface,
    first: usize,
    len: usize,
}

impl<'a> Batch<'a> {
    /// Makes a slice of a batch of the C interface after checking its size.
    ///
    /// # Safety
    /// `raw.bytes` must point to `raw.byte_len` readable bytes that live and do not change for `'a`.
    pub(crate) unsafe fn from_raw(raw: BatchV1, interface: &'a Interface) -> Result<Self> {
        let expected = interface.sample_bytes().and_then(|n| n.checked_mul(raw.count));
        if raw.bytes.is_null() || expected != Some(raw.byte_len) {
            return Err(Error::data(format!(
                "the host sent a batch of {} bytes for {} samples of shape {:?}",
                raw.byte_len,
                raw.count,
                interface.inputs().map(|input| &input.shape).collect::<Vec<_>>()
            )));
        }
        // SAFETY: promised by the caller; the pointer is not null.
        let bytes = unsafe { std::slice::from_raw_parts(raw.bytes, raw.byte_len) };
        Ok(Self { bytes, interface, first: raw.first, len: raw.count })
    }

    /// Number of samples, at least 1.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never true; exists because `len` does.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Row of the first sample in the dataset.
    pub fn first_row(&self) -> usize {
        self.first
    }

    /// All values of all samples, without a copy.
    ///
    /// # Errors
    /// When the interface asked for another element type.
    pub fn as_u8(&self) -> Result<&'a [u8]> {
        match self.interface.input.element {
            Element::U8 => Ok(self.bytes),
            Element::F32 => Err(Error::data("the batch holds f32 elements, u8 was asked for")),
        }
    }

    /// All values of all samples, without a copy; of a detector with several inputs those of one sample follow each
    /// other.
    ///
    /// # Errors
    /// When the interface asked for another element type, or the host's memory is not aligned.
    pub fn as_f32(&self) -> Result<&'a [f32]> {
        if self.interface.input.element != Element::F32 {
            return Err(Error::data("the batch holds u8 elements, f32 was asked for"));
        }
        // SAFETY: every bit pattern is an f32; `align_to` itself takes care of alignment.
        let (before, values, after) = unsafe { self.bytes.align_to::<f32>() };
        if before.is_empty() && after.is_empty() {
            Ok(values)
        } else {
            Err(Error::data("the host's batch is not aligned for f32"))
        }
    }

    /// The values of input `index` (0 for [`Interface::input`], 1 for the first of [`Interface::more_inputs`]), one
    /// slice for each sample.
    ///
    /// # Errors
    /// As [`Batch::as_f32`], and when there is no such input.
    pub fn input_f32(&self, index: usize) -> Result<impl ExactSizeIterator<Item = &'a [f32]> + use<'a>> {
        let values = self.as_f32()?;
        let lengths = || self.interface.inputs().map(|input| input.shape.iter().product::<usize>());
        let length =
            lengths().nth(index).ok_or_else(|| Error::data(format!("the interface declares no input {index}")))?;
        let start: usize = lengths().take(index).sum();
        let sample: usize = lengths().sum();
        // An input without values has empty slices, of a sample that may be empty as a whole.
        let len = self.len;
        Ok((0..len).map(move |row| values.get(row * sample + start..row * sample + start + length).unwrap_or_default()))
    }
}

/// One output buffer in the host's memory: values of all samples of the batch, sample after sample.
#[derive(Debug)]
pub struct Output<'a> {
    /// The values to fill in; NaN where nothing was written yet.
    pub values: &'a mut [f32],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::{Input, OutputSpec};

    #[test]
    fn inputs_of_a_sample_follow_each_other() {
        let values: Vec<f32> = (0..10).map(|v| v as f32).collect();
        // SAFETY: four bytes for every f32.
        let bytes = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), 40) };
        let more = vec![Input::floats("z", [2])];
        let interface =
            Interface::new(Input::floats("x", [1, 3]), vec![OutputSpec::new("y", [4])]).with_more_inputs(more);
        assert_eq!(interface.sample_bytes(), Some(20));
        let batch = Batch { bytes, interface: &interface, first: 0, len: 2 };
        let part = |index| batch.input_f32(index).unwrap().collect::<Vec<_>>();
        assert_eq!(part(0), [[0.0, 1.0, 2.0], [5.0, 6.0, 7.0]]);
        assert_eq!(part(1), [[3.0, 4.0], [8.0, 9.0]]);
        assert!(batch.input_f32(2).is_err());
        assert!(batch.as_u8().is_err());
    }
}
