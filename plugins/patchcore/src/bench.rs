//! Single parts for `benches/patchcore.rs`, which sees nothing but public names. No promise to anyone else.

use nnc_plugin_api::{Error, Result};
use tch::{Device, Tensor};

use crate::cells::{Cells, Channels, PLACES};
use crate::coreset;
use crate::nearest::Memory;

/// Patches of training images in memory.
pub struct Patches(Cells);

impl Patches {
    /// From values in the order of a cell: `coarse` channels, then four times `fine`.
    ///
    /// # Errors
    /// Values that are not finite.
    pub fn new(fine: usize, coarse: usize, values: &[f32]) -> Result<Self> {
        let mut cells = Cells::new(Channels { fine, coarse }, usize::MAX, Err(Error::data("not needed")));
        cells.push(values)?;
        Ok(Self(cells))
    }

    /// Number of patches.
    pub fn count(&self) -> usize {
        PLACES * self.0.len()
    }

    /// Searches a coreset of `count` patches.
    ///
    /// # Errors
    /// Those of reading cells.
    pub fn coreset(&self, count: usize, threads: usize) -> Result<Vec<usize>> {
        coreset::choose(&self.0, count, threads, |_| Ok(()))
    }
}

/// The patches of a trained model, which images are compared with.
pub struct Remembered(Memory);

impl Remembered {
    /// From values in the order channel, patch.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn new(values: &[f32], channels: usize) -> Result<Self> {
        Memory::new(values, channels, Device::Cpu).map(Self)
    }

    /// Distances (B, positions) of embeddings (B, channels, positions) to the nearest patch.
    ///
    /// # Errors
    /// What libtorch says.
    pub fn distances(&self, embedding: &Tensor) -> Result<Tensor> {
        self.0.distances(embedding)
    }
}
