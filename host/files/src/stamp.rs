//! Whether a file is still the one it was.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};

/// What changes when a file is changed or replaced.
///
/// Two stamps are equal if nobody replaced the file or wrote into it in between. A stamp that is kept on the disk holds
/// size and time of modification alone, because numbers of devices and inodes do not outlive a mount: compare it with
/// [`Stamp::same_content`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// The time of the last change of the inode. It cannot be set back, as copying tools do with that of the content.
    #[serde(skip)]
    changed: (i64, i64),
    #[serde(skip)]
    device: u64,
    #[serde(skip)]
    inode: u64,
}

impl Stamp {
    /// The stamp of a file.
    pub fn of(file: &Metadata) -> Self {
        Self {
            bytes: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
            device: file.dev(),
            inode: file.ino(),
        }
    }

    /// Whether size and time of modification are the same.
    pub fn same_content(&self, other: &Self) -> bool {
        (self.bytes, self.modified) == (other.bytes, other.modified)
    }

    /// Seconds and nanoseconds of the last modification.
    pub fn modified(&self) -> (i64, i64) {
        self.modified
    }

    /// Size and both times as bytes, for a checksum over many files.
    pub fn to_bytes(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        let times = [self.modified.0, self.modified.1, self.changed.0, self.changed.1];
        let numbers = std::iter::once(self.bytes.to_le_bytes()).chain(times.map(i64::to_le_bytes));
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn of(path: &Path) -> Stamp {
        Stamp::of(&fs::metadata(path).unwrap())
    }

    #[test]
    fn a_file_that_is_replaced_by_its_copy_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "text").unwrap();
        let before = of(&path);
        assert_eq!(before, of(&path));
        fs::write(&copy, "text").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        fs::File::options().write(true).open(&copy).unwrap().set_modified(time).unwrap();
        fs::rename(&copy, &path).unwrap();
        let after = of(&path);
        assert!(after != before && after.same_content(&before));
        assert_eq!(after.to_bytes()[..24], before.to_bytes()[..24]);
        fs::write(&path, "longer text").unwrap();
        assert!(!of(&path).same_content(&before));
    }
}
