//! What one sample looks like in memory.

use crate::element::Element;
use crate::error::DatasetError;
use crate::limits::MAX_SAMPLE_BYTES;

/// The shape of one sample (no batch dimension; images are channels, height, width) and its element type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFormat {
    /// Sizes, slowest first.
    pub shape: Vec<usize>,
    /// Type of the values.
    pub element: Element,
}

impl SampleFormat {
    /// Bytes of one sample. Empty and absurdly large samples are errors.
    pub fn sample_bytes(&self) -> Result<usize, DatasetError> {
        self.shape
            .iter()
            .try_fold(self.element.bytes(), |bytes, size| bytes.checked_mul(*size))
            .filter(|bytes| (1..=MAX_SAMPLE_BYTES).contains(bytes))
            .ok_or_else(|| DatasetError::BadFormat { shape: self.shape.clone(), limit: MAX_SAMPLE_BYTES })
    }
}
