//! Files with numbers in their names, `journal-00000001.jsonl` and so on, of which the latest is in use.

use std::io;
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".jsonl";
/// No inspection counts so far.
const LARGEST: u64 = 1_000_000_000_000;

/// The name of a segment.
pub(crate) fn name(kind: &str, number: u64) -> String {
    format!("{kind}-{number:08}{SUFFIX}")
}

/// The numbers of the segments of a kind that lie in a folder, ascending.
pub(crate) fn numbers(folder: &Path, kind: &str) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let found = entry?.file_name();
        let number = found.to_str().and_then(|found| found.strip_prefix(kind)?.strip_prefix('-')?.strip_suffix(SUFFIX));
        let number = number.and_then(|number| number.parse::<u64>().ok());
        // Other names are not ours, whoever has put them there.
        numbers.extend(number.filter(|&number| number < LARGEST && found == *name(kind, number)));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Where a segment is.
pub(crate) fn path(folder: &Path, kind: &str, number: u64) -> PathBuf {
    folder.join(name(kind, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_segments() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a-00000003.jsonl", "a-18446744073709551615.jsonl", "a-+5.jsonl", "a-7.jsonl", "a-00000001.json"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(numbers(folder.path(), "a").unwrap(), [3]);
    }
}
