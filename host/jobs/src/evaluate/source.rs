//! Checksums of the files that rows and parameters name: one that was replaced is noticed.

use std::fs::{self, Metadata};
use std::path::Path;

use crc32fast::Hasher;
use nnc_dataset::Dataset;
use nnc_files::Stamp;
use nnc_plugin_api::{Manifest, Parameters};
use serde_json::Value;

/// CRC-32 of sizes and times of the files in these columns of a row: an image that was replaced is scored again.
pub(super) fn of_row(dataset: &Dataset, row: usize, columns: &[usize]) -> u32 {
    of(columns.iter().filter_map(|&column| fs::metadata(dataset.file(row, column)?).ok()))
}

/// CRC-32 of sizes and times of the files that parameters name.
pub(super) fn of_parameters(manifest: &Manifest, parameters: &Parameters) -> u32 {
    let paths = manifest.parameters.iter().filter(|parameter| parameter.kind.is_path());
    let paths = paths.filter_map(|parameter| parameters.as_map().get(&parameter.name).and_then(Value::as_str));
    of(paths.filter_map(|path| fs::metadata(path).ok()))
}

/// CRC-32 of names, sizes and times of a cache's files, which hold the images; `None` for a CSV.
pub(super) fn of_cache(path: &Path) -> Option<u32> {
    let mut files: Vec<_> = fs::read_dir(path).ok()?.flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let mut sum = Hasher::new();
    for file in files {
        sum.update(file.file_name().as_encoded_bytes());
        if let Ok(found) = fs::metadata(file.path()) {
            sum.update(&Stamp::of(&found).to_bytes());
        }
    }
    Some(sum.finalize())
}

fn of(files: impl Iterator<Item = Metadata>) -> u32 {
    let mut sum = Hasher::new();
    files.for_each(|file| sum.update(&Stamp::of(&file).to_bytes()));
    sum.finalize()
}
