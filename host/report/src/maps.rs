//! The anomaly maps of one evaluation, of which no text is parsed twice.
//!
//! Scale, metrics, verdicts, heat maps and the page all need the values of the maps, one after the other, and together the
//! maps may be larger than memory. So values are kept as they are, 4 bytes each, in a scratch file: those that the
//! detector gives while images are scored, and those of a map that had to be parsed. Without a scratch file, and where
//! the disk has no room for it, maps are parsed whenever they are needed.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::ReportError;
use crate::map::{AnomalyMap, read_map};
use crate::model::EvaluatedImage;

/// Maps by the row of their image.
#[derive(Debug, Default)]
pub struct Maps {
    /// Has no name and vanishes with the process.
    scratch: Option<File>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    maps: HashMap<usize, Slot>,
    /// Bytes of the scratch file in use.
    end: u64,
    /// Whether the scratch file takes no more.
    full: bool,
}

/// What is known of the map of one image.
#[derive(Debug, Clone)]
enum Slot {
    /// Its values are in the scratch file.
    Values { start: u64, rows: usize, columns: usize },
    /// Its file cannot be used.
    Unusable(Arc<ReportError>),
}

impl Maps {
    /// Keeps values in a scratch file in the folder `scratch`.
    pub fn in_folder(scratch: &Path) -> Self {
        Self { scratch: tempfile::tempfile_in(scratch).ok(), kept: Mutex::default() }
    }

    /// Keeps the map of an image that was scored just now. Values that are no map, or that its text could not give back,
    /// are left to the file.
    pub fn keep(&self, row: usize, values: &[f32], columns: usize) {
        if let Some(map) = AnomalyMap::new(values, columns) {
            self.store(row, &map);
        }
    }

    /// The map of an image; `None` when the detector gave none.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub(crate) fn of(&self, image: &EvaluatedImage) -> Result<Option<AnomalyMap>, Arc<ReportError>> {
        let Some(path) = &image.map else { return Ok(None) };
        let slot = self.kept().maps.get(&image.row).cloned();
        match slot {
            Some(Slot::Unusable(error)) => return Err(error),
            Some(Slot::Values { start, rows, columns }) => {
                if let Ok(map) = self.load(start, rows, columns) {
                    return Ok(Some(map));
                }
            }
            None => {}
        }
        match read_map(path) {
            Ok(map) => {
                self.store(image.row, &map);
                Ok(Some(map))
            }
            Err(error) => {
                let error = Arc::new(error);
                self.kept().maps.insert(image.row, Slot::Unusable(Arc::clone(&error)));
                Err(error)
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self, row: usize, map: &AnomalyMap) {
        let Some(scratch) = &self.scratch else { return };
        let bytes: Vec<u8> = map.values().iter().flat_map(|value| value.to_le_bytes()).collect();
        let start = {
            let mut kept = self.kept();
            if kept.full {
                return;
            }
            let start = kept.end;
            kept.end += bytes.len() as u64;
            start
        };
        let written = scratch.write_all_at(&bytes, start);
        let mut kept = self.kept();
        match written {
            Ok(()) => {
                kept.maps.insert(row, Slot::Values { start, rows: map.rows(), columns: map.columns() });
            }
            // The room that is left belongs to the results.
            Err(_) => kept.full = true,
        }
    }

    fn load(&self, start: u64, rows: usize, columns: usize) -> io::Result<AnomalyMap> {
        let scratch = self.scratch.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = vec![0; rows * columns * size_of::<f32>()];
        scratch.read_exact_at(&mut bytes, start)?;
        let (values, _) = bytes.as_chunks();
        let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        AnomalyMap::new(&values, columns).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_parsed_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.csv");
        std::fs::write(&path, "1,2\n3,-0.0\n").unwrap();
        let image = |row| EvaluatedImage { row, map: Some(path.clone()), ..EvaluatedImage::default() };
        let maps = Maps::in_folder(folder.path());
        let first = maps.of(&image(0)).unwrap().unwrap();
        maps.keep(1, &[5.0, 6.0, 7.0], 3);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(maps.of(&image(0)).unwrap().unwrap(), first);
        assert!(first.values()[3].is_sign_negative());
        let second = maps.of(&image(1)).unwrap().unwrap();
        assert_eq!((second.rows(), second.columns(), second.values()), (1, 3, &[5.0, 6.0, 7.0][..]));
        // An error is remembered as well.
        assert!(matches!(&*maps.of(&image(2)).unwrap_err(), ReportError::MapUnreadable { .. }));
        std::fs::write(&path, "1\n").unwrap();
        assert!(maps.of(&image(2)).is_err());
    }

    #[test]
    fn what_the_text_could_not_give_back_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.csv");
        std::fs::write(&path, "1,nan\n").unwrap();
        let image = EvaluatedImage { map: Some(path), ..EvaluatedImage::default() };
        let maps = Maps::in_folder(folder.path());
        maps.keep(0, &[1.0, f32::NAN], 2);
        assert!(matches!(&*maps.of(&image).unwrap_err(), ReportError::MapNumber { line: 1, column: 2, .. }));
    }

    #[test]
    fn without_a_scratch_file_maps_are_parsed_when_they_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.csv");
        std::fs::write(&path, "4\n").unwrap();
        let image = EvaluatedImage { map: Some(path), ..EvaluatedImage::default() };
        for maps in [Maps::default(), Maps::in_folder(&folder.path().join("nowhere"))] {
            maps.keep(0, &[5.0], 1);
            assert_eq!(maps.of(&image).unwrap().unwrap().values(), [4.0]);
        }
    }
}
