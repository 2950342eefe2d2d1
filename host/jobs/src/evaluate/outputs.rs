//! What a detector gives for whole images, whether it reads them whole or in tiles.

use nnc_plugin_api::Error;
use nnc_plugin_api::loader::{Detector, OutputBuffers, RawBatch};
use nnc_tiles::Stitching;

use crate::worker::tiles::Tiles;
use crate::worker::tiles::feed::TileMemory;

/// The outputs of the last batch of images.
pub(super) struct ImageOutputs<'a> {
    buffers: OutputBuffers,
    tiled: Option<Tiled<'a>>,
}

/// Outputs that are put together from those of tiles.
struct Tiled<'a> {
    tiles: &'a Tiles,
    /// Tiles that the detector gets at once.
    most: usize,
    memory: TileMemory,
    /// The outputs of each image.
    images: Vec<Vec<Stitching>>,
}

impl<'a> ImageOutputs<'a> {
    /// For a detector that gets at most `most` samples at once.
    pub(super) fn new(detector: &Detector, tiles: Option<&'a Tiles>, most: usize) -> Self {
        let tiled = tiles.map(|tiles| Tiled { tiles, most, memory: TileMemory::default(), images: Vec::new() });
        Self { buffers: OutputBuffers::new(detector), tiled }
    }

    /// Scores a batch of whole images.
    ///
    /// # Errors
    /// As [`OutputBuffers::score`].
    pub(super) fn score(&mut self, detector: &mut Detector, batch: RawBatch<'_>) -> Result<(), Error> {
        match &mut self.tiled {
            None => self.buffers.score(detector, batch),
            Some(tiled) => tiled.score(&mut self.buffers, detector, batch),
        }
    }

    /// Values of output `output` for image `image` of the last batch; empty if there are none.
    pub(super) fn of(&self, output: usize, image: usize) -> &[f32] {
        match &self.tiled {
            None => self.buffers.sample(output, image),
            Some(tiled) => {
                let stitching = tiled.images.get(image).and_then(|outputs| outputs.get(output));
                stitching.map(Stitching::values).unwrap_or_default()
            }
        }
    }
}

impl Tiled<'_> {
    fn score(
        &mut self,
        buffers: &mut OutputBuffers,
        detector: &mut Detector,
        batch: RawBatch<'_>,
    ) -> Result<(), Error> {
        let (tiles, per_image, bytes) = (self.tiles, self.tiles.per_image(), self.tiles.tile_bytes());
        self.images.resize_with(batch.count, || tiles.stitchings());
        self.images.iter_mut().flatten().for_each(Stitching::begin);
        let images: Vec<&[u8]> = batch.bytes.chunks_exact((batch.bytes.len() / batch.count.max(1)).max(1)).collect();
        let all = batch.count * per_image;
        // The same tiles come together wherever an evaluation goes on after a break: it begins with a batch of images.
        for start in (0..all).step_by(self.most.max(1)) {
            let count = self.most.min(all - start);
            let memory = self.memory.of(count * bytes);
            for (at, tile) in (start..).zip(memory.chunks_exact_mut(bytes)) {
                let image = images.get(at / per_image).copied().unwrap_or_default();
                tiles.cut(image, at % per_image, tile);
            }
            buffers.score(detector, RawBatch { first: batch.first * per_image + start, count, bytes: memory })?;
            for sample in 0..count {
                let at = start + sample;
                let outputs = self.images.get_mut(at / per_image).map(Vec::as_mut_slice).unwrap_or_default();
                for (output, stitching) in outputs.iter_mut().enumerate() {
                    tiles.stitch(stitching, at % per_image, buffers.sample(output, sample));
                }
            }
        }
        Ok(())
    }
}
