//! Features of a batch of images on their way from libtorch to the sums.

use nnc_engine::values;
use nnc_plugin_api::Result;
use tch::Tensor;

/// Features of images in the memory of the host.
pub(crate) struct Features {
    pub(super) images: usize,
    /// For each layer, values in the order image, row, column, channel.
    pub(super) layers: [Vec<f32>; 3],
}

impl Features {
    /// Reads three tensors (B, C, side, side), on any device.
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn read(tensors: &[Tensor]) -> Result<Self> {
        let images = usize::try_from(tensors[0].size4()?.0)?;
        let mut layers: [Vec<f32>; 3] = Default::default();
        for (layer, tensor) in layers.iter_mut().zip(tensors) {
            *layer = values(&tensor.f_permute([0, 2, 3, 1])?)?;
        }
        Ok(Self { images, layers })
    }

    /// Number of images.
    pub(crate) fn images(&self) -> usize {
        self.images
    }
}
