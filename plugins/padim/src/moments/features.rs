//! Features of a batch of images on their way from libtorch to the sums.

use nnc_plugin_api::Result;
use tch::{Device, Kind, Tensor};

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
        for (values, tensor) in layers.iter_mut().zip(tensors) {
            let rows = tensor.f_permute([0, 2, 3, 1])?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?;
            values.resize(rows.numel(), 0.0);
            let length = values.len();
            rows.f_contiguous()?.f_view([-1])?.f_copy_data(values, length)?;
        }
        Ok(Self { images, layers })
    }

    /// Number of images.
    pub(crate) fn images(&self) -> usize {
        self.images
    }
}
