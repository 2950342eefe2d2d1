//! The patches of the training images: in memory as far as it is allowed to grow, the rest in a file without a name.
//!
//! The embedding repeats the coarse layer: the four patches under one of its positions share it. So patches are kept
//! and read by the *cell*, a position of the coarse layer with the four of the fine layer under it, as one run of values
//! `coarse, fine 0, fine 1, fine 2, fine 3` (row by row). That is half of the bytes of whole patches with usual
//! backbones, and distances to the coarse part are computed once for all four.
//!
//! Patches are numbered by image, cell (row by row) and place within the cell: number = 4 * cell + place.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use nnc_plugin_api::{Error, Result};

/// Patches in a cell.
pub(crate) const PLACES: usize = 4;

/// Channels of a patch: those of the fine layer (28x28) and of the coarse one (14x14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Channels {
    pub(crate) fine: usize,
    pub(crate) coarse: usize,
}

impl Channels {
    /// Values of a patch.
    pub(crate) fn patch(self) -> usize {
        self.fine + self.coarse
    }

    /// Values of a cell.
    pub(crate) fn cell(self) -> usize {
        self.coarse + PLACES * self.fine
    }
}

/// Cells that are written once, in order, and then read in any order.
pub(crate) struct Cells {
    channels: Channels,
    count: usize,
    /// The first cells.
    resident: Vec<f32>,
    /// Most values in `resident`.
    limit: usize,
    /// The others, little endian; it vanishes with its last handle, however the process ends.
    spilled: Option<File>,
    /// Where to spill, or why there is no such place.
    folder: Result<PathBuf>,
}

impl Cells {
    /// No cells yet. At most `bytes` of them stay in memory, the rest goes into `folder`.
    pub(crate) fn new(channels: Channels, bytes: usize, folder: Result<PathBuf>) -> Self {
        let limit = bytes / size_of::<f32>();
        Self { channels, count: 0, resident: Vec::new(), limit, spilled: None, folder }
    }

    /// Channels of the patches.
    pub(crate) fn channels(&self) -> Channels {
        self.channels
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Bytes in the file.
    pub(crate) fn spilled_bytes(&self) -> usize {
        (self.count * self.channels.cell() - self.resident.len()) * size_of::<f32>()
    }

    /// Adds cells.
    ///
    /// # Errors
    /// Values that are not finite, and a folder that takes no file or is full.
    pub(crate) fn push(&mut self, values: &[f32]) -> Result<()> {
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::data("the features of a training image are not finite"));
        }
        let length = self.channels.cell();
        // Cells stay whole: once one is spilled, all that follow are.
        let room = if self.spilled.is_some() { 0 } else { self.limit.saturating_sub(self.resident.len()) };
        let at = self.spilled_bytes() as u64;
        let (stay, go) = values.split_at(values.len().min(room / length * length));
        self.resident.extend_from_slice(stay);
        if !go.is_empty() {
            let bytes: Vec<u8> = go.iter().flat_map(|value| value.to_le_bytes()).collect();
            self.file()?.write_all_at(&bytes, at).map_err(|e| {
                Error::data(format!("the features of the training images cannot be kept in a temporary file: {e}"))
            })?;
        }
        self.count += values.len() / length;
        Ok(())
    }

    fn file(&mut self) -> Result<&File> {
        if self.spilled.is_none() {
            let folder = self.folder.clone()?;
            let file = tempfile::tempfile_in(&folder)
                .map_err(|e| Error::data(format!("no temporary file can be made in {}: {e}", folder.display())))?;
            self.spilled = Some(file);
        }
        self.spilled.as_ref().ok_or_else(|| Error::data("the temporary file is gone"))
    }

    /// The values of a cell; `scratch` is overwritten where they have to be read.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn read<'a>(&'a self, cell: usize, scratch: &'a mut Scratch) -> Result<&'a [f32]> {
        let length = self.channels.cell();
        if let Some(values) = self.resident.get(cell * length..(cell + 1) * length) {
            return Ok(values);
        }
        let file = self.spilled.as_ref().ok_or_else(|| Error::data(format!("there is no cell {cell}")))?;
        scratch.bytes.resize(length * 4, 0);
        file.read_exact_at(&mut scratch.bytes, 4 * (cell * length - self.resident.len()) as u64)?;
        scratch.values.clear();
        let values = scratch.bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        scratch.values.extend(values);
        Ok(&scratch.values)
    }

    /// Adds the values of a patch to `out`: fine layer, then coarse layer, as the embedding has them.
    ///
    /// # Errors
    /// As [`Cells::read`].
    pub(crate) fn patch(&self, number: usize, scratch: &mut Scratch, out: &mut Vec<f32>) -> Result<()> {
        let Channels { fine, coarse } = self.channels;
        let (shared, rest) = self.read(number / PLACES, scratch)?.split_at(coarse);
        out.extend_from_slice(&rest[number % PLACES * fine..][..fine]);
        out.extend_from_slice(shared);
        Ok(())
    }
}

/// Room for one cell that is read from the file.
#[derive(Default)]
pub(crate) struct Scratch {
    bytes: Vec<u8>,
    values: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNELS: Channels = Channels { fine: 3, coarse: 2 };

    #[test]
    fn cells_come_back_from_memory_and_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        // Room for two cells and a half.
        let mut cells = Cells::new(CHANNELS, CHANNELS.cell() * 10, Ok(folder.path().to_owned()));
        let values: Vec<f32> = (0..7 * CHANNELS.cell()).map(|value| value as f32).collect();
        cells.push(&values[..CHANNELS.cell()]).unwrap();
        cells.push(&values[CHANNELS.cell()..5 * CHANNELS.cell()]).unwrap();
        cells.push(&values[5 * CHANNELS.cell()..]).unwrap();
        assert_eq!((cells.len(), cells.spilled_bytes()), (7, 5 * 4 * CHANNELS.cell()));
        let mut scratch = Scratch::default();
        for cell in [6, 0, 2, 1, 3] {
            assert_eq!(cells.read(cell, &mut scratch).unwrap(), &values[cell * CHANNELS.cell()..][..CHANNELS.cell()]);
        }
        let mut patch = Vec::new();
        cells.patch(4 * 3 + 2, &mut scratch, &mut patch).unwrap();
        let start = 3.0 * CHANNELS.cell() as f32;
        assert_eq!(patch, [2.0 + 6.0, 3.0 + 6.0, 4.0 + 6.0, 0.0, 1.0].map(|value| start + value));
        assert!(cells.read(7, &mut scratch).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }

    #[test]
    fn what_cannot_be_kept_is_told() {
        let mut cells = Cells::new(CHANNELS, 0, Err(Error::data("there is no home folder")));
        let error = cells.push(&vec![0.0; CHANNELS.cell()]).unwrap_err();
        assert!(error.message().contains("no home folder"), "{error}");
        let error = cells.push(&vec![f32::NAN; CHANNELS.cell()]).unwrap_err();
        assert!(error.message().contains("not finite"), "{error}");
    }
}
