//! What is kept of a row beside NNC's files, for its judgement alone: the error map of a reconstruction, or the classes of
//! the pixels of a segmentation. Neither stands in the table, nor is it packed with it.

use std::io;
use std::path::Path;

use crc32fast::Hasher;
use nnc_messages::{At, Doing, Failure, Result};
use nnc_result_folder::Directory;
use nnc_result_folder::names::{CLASS_MAPS, ERROR_MAPS};

use super::output::{FILES_PER_FOLDER, encode, push_matrix};

/// What a picture has beside its pixels, and far more.
const SMALL_PICTURE: u64 = 1 << 16;

/// Which values are kept, and how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extra {
    /// Nothing.
    Nothing,
    /// An error map, as a CSV file.
    Errors { rows: usize, columns: usize },
    /// A class for every pixel, as a grey PNG file.
    Classes { rows: usize, columns: usize },
}

impl Extra {
    /// The file of `row`, relative to the job's folder.
    pub(crate) fn file(self, row: usize) -> Option<String> {
        let (folder, ending) = match self {
            Self::Nothing => return None,
            Self::Errors { .. } => (ERROR_MAPS, "csv"),
            Self::Classes { .. } => (CLASS_MAPS, "png"),
        };
        Some(format!("{folder}/{:04}/{row}.{ending}", row / FILES_PER_FOLDER))
    }

    /// Writes the file of `row` below `folder`, with its bytes for `sum`.
    pub(super) fn add(self, folder: &Directory, row: usize, values: &[f32], sum: &mut Hasher) -> Result<()> {
        let Some(file) = self.file(row) else { return Ok(()) };
        if row.is_multiple_of(FILES_PER_FOLDER) {
            folder.create_folder(Path::new(&file).parent().unwrap_or(Path::new("")))?;
        }
        let bytes = match self {
            Self::Nothing => return Ok(()),
            Self::Errors { columns, .. } => {
                let mut text = String::new();
                push_matrix(&mut text, values, columns);
                text.into_bytes()
            }
            Self::Classes { rows, columns } => {
                let pixels: Vec<u8> = values.iter().map(|&class| class as u8).collect();
                let mut png = Vec::new();
                encode(&mut png, &pixels, 1, rows, columns).at(Doing::Write, &folder.file(&file))?;
                png
            }
        };
        sum.update(&bytes);
        folder.write(&file, &bytes).map_err(Failure::from)
    }

    /// The classes of the pixels of `row`, as [`Extra::add`] wrote them.
    pub(crate) fn read_classes(self, folder: &Directory, row: usize) -> Result<Vec<u8>> {
        let (Some(file), Self::Classes { rows, columns }) = (self.file(row), self) else { return Ok(Vec::new()) };
        let size = rows * columns;
        // The plugin may write here as well: only what `add` wrote is decoded. What does not compress has its own size.
        let bytes = folder.read(&file, 2 * size as u64 + SMALL_PICTURE)?;
        let decode = || -> io::Result<Vec<u8>> {
            let mut reader = png::Decoder::new(io::Cursor::new(&bytes)).read_info()?;
            if reader.output_buffer_size() != Some(size) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut pixels = vec![0; size];
            reader.next_frame(&mut pixels)?;
            Ok(pixels)
        };
        decode().at(Doing::Read, &folder.file(&file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_come_back() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let extra = Extra::Classes { rows: 2, columns: 3 };
        let values = [0.0, 1.0, 2.0, 200.0, 4.0, 5.0];
        extra.add(&folder, 1000, &values, &mut Hasher::new()).unwrap();
        assert!(folder.file("classes/0001/1000.png").is_file());
        assert_eq!(extra.read_classes(&folder, 1000).unwrap(), [0, 1, 2, 200, 4, 5]);
    }

    #[test]
    fn errors_are_a_matrix() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Directory::new(temporary.path());
        let mut sum = Hasher::new();
        Extra::Errors { rows: 1, columns: 2 }.add(&folder, 0, &[0.5, 2.0], &mut sum).unwrap();
        assert_eq!(folder.read("errors/0000/0.csv", 99).unwrap(), b"0.5,2.0\n");
        assert_eq!(sum.finalize(), crc32fast::hash(b"0.5,2.0\n"));
        assert_eq!(Extra::Nothing.file(0), None);
    }
}
