//! Which image of a folder is which: one that is replaced or changed is another one.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use sha2::{Digest, Sha256};

/// An image of a folder, by its name, size and time of modification. Nobody finds two with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id(u128);

impl Id {
    pub(crate) fn of(name: &OsStr, file: &Metadata) -> Self {
        let mut hash = Sha256::new();
        hash.update(name.as_encoded_bytes());
        hash.update([0]);
        for number in [file.len().cast_signed(), file.mtime(), file.mtime_nsec()] {
            hash.update(number.to_le_bytes());
        }
        Self(hash.finalize().first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes)))
    }

    /// As it stands in the journal.
    pub(crate) fn text(self) -> String {
        format!("{:032x}", self.0)
    }

    /// What stands in the journal.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let fits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_changed_is_another_image() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let of = |name: &str| Id::of(name.as_ref(), &std::fs::metadata(&path).unwrap());
        std::fs::write(&path, "1").unwrap();
        let first = of("a.png");
        assert_eq!(first, of("a.png"));
        assert_ne!(first, of("b.png"));
        assert_eq!(Id::read(&first.text()), Some(first));
        for odd in ["", "+123", &"é".repeat(16), &"0".repeat(33)] {
            assert_eq!(Id::read(odd), None);
        }
        std::fs::write(&path, "12").unwrap();
        assert_ne!(first, of("a.png"));
    }
}
