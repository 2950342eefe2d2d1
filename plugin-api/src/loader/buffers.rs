//! The memory that a plugin scores into, guarded so that a plugin that writes too little or too much is detected.

use super::{Detector, RawBatch};
use crate::error::{Error, ErrorKind};
use crate::interface::OutputSpec;

/// Marks a value that was not written: a NaN of our own, which no arithmetic makes.
const UNWRITTEN: u32 = 0x7fc5_ead0;
/// Values behind each buffer that must stay as they are.
const GUARD: usize = 64;

/// One buffer for each output of a detector, used again for every batch.
pub struct OutputBuffers {
    outputs: Vec<OutputSpec>,
    buffers: Vec<Vec<f32>>,
}

impl OutputBuffers {
    /// Buffers for the outputs of `detector`.
    pub fn new(detector: &Detector) -> Self {
        let outputs = detector.interface().outputs.clone();
        Self { buffers: outputs.iter().map(|_| Vec::new()).collect(), outputs }
    }

    /// Scores a batch into the buffers.
    ///
    /// # Errors
    /// What the plugin says, or [`ErrorKind::Contract`] when it left values unwritten or wrote past the end.
    pub fn score(&mut self, detector: &mut Detector, batch: RawBatch<'_>) -> Result<(), Error> {
        let lengths: Vec<usize> = self.outputs.iter().map(|o| o.sample_len() * batch.count).collect();
        for (buffer, length) in self.buffers.iter_mut().zip(&lengths) {
            buffer.clear();
            buffer.resize(length + GUARD, f32::from_bits(UNWRITTEN));
        }
        let mut slices: Vec<&mut [f32]> =
            self.buffers.iter_mut().zip(&lengths).map(|(buffer, &length)| &mut buffer[..length]).collect();
        detector.infer(batch, &mut slices)?;
        for ((buffer, &length), output) in self.buffers.iter().zip(&lengths).zip(&self.outputs) {
            let untouched = |values: &[f32]| values.iter().filter(|v| v.to_bits() == UNWRITTEN).count();
            let (values, guard) = buffer.split_at(length);
            let broken = |what: String| Err(Error::new(ErrorKind::Contract, what));
            if untouched(guard) != GUARD {
                return broken(format!("wrote past the end of output `{}`, which has {length} values", output.name));
            }
            if untouched(values) > 0 {
                let left = untouched(values);
                return broken(format!("left {left} of {length} values of output `{}` unwritten", output.name));
            }
        }
        Ok(())
    }

    /// Values of output `output` for sample `sample` of the last batch; empty if there are none.
    pub fn sample(&self, output: usize, sample: usize) -> &[f32] {
        let length = self.outputs.get(output).map_or(0, OutputSpec::sample_len);
        let buffer = self.buffers.get(output).map_or(&[][..], Vec::as_slice);
        buffer.get(sample * length..(sample + 1) * length).unwrap_or_default()
    }
}
