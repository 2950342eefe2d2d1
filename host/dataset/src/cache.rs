//! A `.cache` folder: the samples of a dataset, decoded by NNC, beside the CSV they came from (NNC contract 2).
//!
//! Opening reads the lists and the heads of all chunks, so that a cache that contradicts itself is refused at once. A
//! sample is read from its chunk when it is wanted; nothing of a chunk stays in memory.

mod chunk;
mod lists;

use std::path::Path;

use crate::element::Element;
use crate::error::{CacheError, DatasetError, StoredVariable};
use crate::format::SampleFormat;
use crate::header::Variable;
use crate::npy::NumberType;

use chunk::Chunk;

/// The samples of a cache; the table that belongs to them is a [`Dataset`](crate::Dataset).
#[derive(Debug)]
pub(crate) struct Cache {
    chunks: Vec<Chunk>,
    /// For each chunk the row after its last one, counted over all chunks.
    ends: Vec<usize>,
    /// The same in every chunk.
    variables: Vec<StoredVariable>,
}

/// A cache that has been opened, with the order that its samples have in the original CSV.
pub(crate) struct Opened {
    pub(crate) cache: Cache,
    /// For each sample the row of `original.csv` it came from; `None` where that is its own number.
    pub(crate) order: Option<Vec<usize>>,
}

impl Cache {
    /// Opens the cache in `folder`, whose original CSV has `rows` rows and `variables`.
    pub(crate) fn open(folder: &Path, rows: usize, variables: &[Variable]) -> Result<Opened, CacheError> {
        let index = lists::index(folder)?;
        let names = lists::info(folder)?;
        let mut chunks = Vec::with_capacity(index.len());
        let mut ends = Vec::with_capacity(index.len());
        let mut stored: Vec<StoredVariable> = Vec::new();
        let mut end = 0_usize;
        for entry in index {
            let (chunk, found) = match &names {
                Some(names) => Chunk::open_npy(entry.path, entry.rows, names)?,
                None => Chunk::open_h5(entry.path, entry.rows)?,
            };
            if stored.is_empty() {
                check_names(folder, &found, variables)?;
                stored = found;
            } else {
                check_alike(&chunk, &found, &stored)?;
            }
            end = end.saturating_add(entry.rows);
            ends.push(end);
            chunks.push(chunk);
        }
        if end != rows {
            return Err(CacheError::Rows { cache: folder.to_path_buf(), found: end, expected: rows });
        }
        let order = lists::order(folder, rows)?;
        Ok(Opened { cache: Cache { chunks, ends, variables: stored }, order })
    }

    /// Shape of every sample of `variable`.
    pub(crate) fn shape(&self, variable: &Variable) -> Option<&[usize]> {
        Some(&self.stored(variable)?.1.shape)
    }

    /// The element type that suits `variable`: bytes for images, else floats.
    pub(crate) fn element(&self, variable: &Variable) -> Option<Element> {
        Some(if self.stored(variable)?.1.number_type == NumberType::U8 { Element::U8 } else { Element::F32 })
    }

    /// The chunk that holds `row`.
    pub(crate) fn file(&self, row: usize) -> Option<&Path> {
        Some(self.locate(row)?.0.path())
    }

    /// Reads `row` of `variable` into `out`, which holds one sample of `format`. The shapes are known to agree.
    pub(crate) fn read(
        &self,
        variable: &Variable,
        row: usize,
        format: &SampleFormat,
        buffer: &mut Vec<u8>,
        out: &mut [u8],
    ) -> Result<(), DatasetError> {
        let located = self.locate(row).zip(self.stored(variable));
        let Some(((chunk, within), (place, stored))) = located else {
            let rows = self.ends.last().copied().unwrap_or(0);
            return Err(DatasetError::NoSuchRow { csv: Default::default(), row, rows });
        };
        let array = chunk.sample(within, place, stored, buffer)?;
        match format.element {
            Element::U8 => out.copy_from_slice(array.bytes()),
            Element::F32 => array.fill(out),
            Element::NormalizedF32 => {
                array.fill(out);
                // By element type and not by what the variable is, and in float32, as NNC reads a cache (contract 1.6).
                let factor = match stored.number_type {
                    NumberType::U8 => 1.0 / 255.0,
                    NumberType::U16 => 1.0 / 65535.0,
                    _ => return Ok(()),
                };
                let (values, _) = out.as_chunks_mut::<4>();
                for value in values {
                    *value = (f32::from_ne_bytes(*value) * factor).to_ne_bytes();
                }
            }
        }
        Ok(())
    }

    fn locate(&self, row: usize) -> Option<(&Chunk, usize)> {
        let at = self.ends.partition_point(|end| *end <= row);
        let chunk = self.chunks.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Some((chunk, row - before))
    }

    fn stored(&self, variable: &Variable) -> Option<(usize, &StoredVariable)> {
        self.variables.iter().enumerate().find(|(_, stored)| stored.name == variable.name)
    }
}

/// The chunks must hold the variables of the original CSV, no more and no less.
fn check_names(folder: &Path, found: &[StoredVariable], variables: &[Variable]) -> Result<(), CacheError> {
    let sorted = |names: &mut dyn Iterator<Item = &String>| {
        let mut names: Vec<String> = names.cloned().collect();
        names.sort_unstable();
        names
    };
    let there = sorted(&mut found.iter().map(|stored| &stored.name));
    let wanted = sorted(&mut variables.iter().map(|variable| &variable.name));
    if there == wanted {
        return Ok(());
    }
    Err(CacheError::Variables { cache: folder.to_path_buf(), found: there, expected: wanted })
}

/// All chunks must hold samples of the same shapes and element types.
fn check_alike(chunk: &Chunk, found: &[StoredVariable], expected: &[StoredVariable]) -> Result<(), CacheError> {
    let Some((found, expected)) = found.iter().zip(expected).find(|(found, expected)| found != expected) else {
        return Ok(());
    };
    Err(CacheError::Differs {
        chunk: chunk.path().to_path_buf(),
        found: Box::new(found.clone()),
        expected: Box::new(expected.clone()),
    })
}
