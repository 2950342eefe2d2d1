//! What both kinds of files give.

use std::sync::Arc;

/// One tensor of a state dict, dense and in row-major order whatever its strides were in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct StateTensor {
    /// Key in the dict, such as `layer1.0.conv1.weight`.
    pub name: String,
    /// Extent of each axis; empty for a scalar.
    pub shape: Vec<usize>,
    /// Values as float32; half, bfloat16 and double are converted.
    pub data: Arc<[f32]>,
}
