//! Files with numbers in their names, `journal-00000001.jsonl` and so on, of which the latest is in use.

use std::io;
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".jsonl";

/// The name of a segment.
pub(crate) fn name(kind: &str, number: u64) -> String {
    format!("{kind}-{number:08}{SUFFIX}")
}

/// The numbers of the segments of a kind that lie in a folder, ascending.
pub(crate) fn numbers(folder: &Path, kind: &str) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(kind)?.strip_prefix('-')?.strip_suffix(SUFFIX));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Where a segment is.
pub(crate) fn path(folder: &Path, kind: &str, number: u64) -> PathBuf {
    folder.join(name(kind, number))
}
