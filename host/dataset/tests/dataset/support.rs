//! A folder with a dataset in it.

use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, DatasetError, Element, SampleFormat, decode_into};
use nnc_messages::Say;
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with its folders, and returns where it is.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes `d.csv` and opens it.
    pub(crate) fn open(&self, csv: impl AsRef<[u8]>) -> Result<Dataset, DatasetError> {
        Dataset::open(&self.write("d.csv", csv))
    }

    /// Decodes the only cell of a dataset that names `file`.
    pub(crate) fn decode(&self, file: &str, format: &SampleFormat) -> Result<Vec<u8>, DatasetError> {
        decode(&self.open(format!("x\n{file}\n")).unwrap(), "x", 0, format)
    }

    /// The shape of the only cell of a dataset that names `file`.
    pub(crate) fn shape(&self, file: &str) -> Result<Vec<usize>, DatasetError> {
        let dataset = self.open(format!("x\n{file}\n")).unwrap();
        dataset.shape_of(0, dataset.variable("x")?)
    }
}

pub(crate) fn decode(
    dataset: &Dataset,
    variable: &str,
    row: usize,
    format: &SampleFormat,
) -> Result<Vec<u8>, DatasetError> {
    let mut out = vec![0xaa; format.sample_bytes()?];
    decode_into(dataset, dataset.variable(variable)?, row, format, &mut out)?;
    Ok(out)
}

pub(crate) fn bytes(shape: &[usize]) -> SampleFormat {
    SampleFormat { shape: shape.to_vec(), element: Element::U8 }
}

pub(crate) fn floats(shape: &[usize]) -> SampleFormat {
    SampleFormat { shape: shape.to_vec(), element: Element::F32 }
}

pub(crate) fn as_floats(bytes: &[u8]) -> Vec<f32> {
    let (values, rest) = bytes.as_chunks::<4>();
    assert!(rest.is_empty());
    values.iter().map(|raw| f32::from_ne_bytes(*raw)).collect()
}

/// Asserts what every message must be: one line, with the dataset and its line, no full stop, lower-case or a name first.
pub(crate) fn assert_message(error: &DatasetError, parts: &[&str]) {
    let text = error.said();
    assert!(!text.contains('\n') && !text.ends_with('.'), "{text:?}");
    for part in parts {
        assert!(text.contains(part), "{text:?} lacks {part:?}");
    }
}
