//! Tiles as a plugin asks for them: batches of any size that go on from one image to the next.

use nnc_dataset::{DatasetError, Reader};
use nnc_plugin_api::loader::RawBatch;

use super::Tiles;

/// Memory for tiles, aligned for values of every type.
#[derive(Debug, Default)]
pub(crate) struct TileMemory {
    bytes: Vec<u8>,
}

impl TileMemory {
    /// So many bytes, which hold anything.
    pub(crate) fn of(&mut self, len: usize) -> &mut [u8] {
        const ALIGNMENT: usize = size_of::<u64>();
        if self.bytes.len() < len + ALIGNMENT {
            self.bytes.resize(len + ALIGNMENT, 0);
        }
        let start = self.bytes.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
        &mut self.bytes[start..start + len]
    }
}

/// The tiles of all images of a dataset, one after the other.
pub(crate) struct TileFeed<'a> {
    tiles: &'a Tiles,
    /// Reads whole images.
    reader: Reader,
    images: usize,
    /// The image that the next tile is of.
    image: Vec<u8>,
    /// Tiles that were given.
    position: usize,
    /// The most that are given at once.
    most: usize,
    memory: TileMemory,
}

impl<'a> TileFeed<'a> {
    /// At most `most` tiles at once of the `images` that `reader` reads.
    pub(crate) fn new(tiles: &'a Tiles, reader: Reader, images: usize, most: usize) -> Self {
        Self { tiles, reader, images, image: Vec::new(), position: 0, most, memory: TileMemory::default() }
    }

    /// Number of tiles.
    pub(crate) fn len(&self) -> usize {
        self.images * self.tiles.per_image()
    }

    /// The next `max` tiles; fewer only at the end, `None` after it.
    ///
    /// # Errors
    /// An image that cannot be read.
    pub(crate) fn next_batch(&mut self, max: usize) -> Result<Option<RawBatch<'_>>, DatasetError> {
        let (first, per_image, bytes) = (self.position, self.tiles.per_image(), self.tiles.tile_bytes());
        let count = max.min(self.most).min(self.len() - first);
        if count == 0 {
            return Ok(None);
        }
        let memory = self.memory.of(count * bytes);
        for tile in memory.chunks_exact_mut(bytes) {
            let index = self.position % per_image;
            if index == 0 {
                let Some(batch) = self.reader.next_batch(1)? else { break };
                self.image.clear();
                self.image.extend_from_slice(batch.bytes);
            }
            self.tiles.cut(&self.image, index, tile);
            self.position += 1;
        }
        Ok(Some(RawBatch { first, count, bytes: memory }))
    }

    /// Starts over at the first tile.
    pub(crate) fn rewind(&mut self) {
        self.reader.rewind();
        self.position = 0;
    }
}
