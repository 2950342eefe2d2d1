//! Whether a file is the backbone that it should be.

use std::path::Path;

use nnc_files::{note, sha256_with};

use crate::error::{UnreadableFile, WeightsError};
use crate::known::{Hash, Weights};

/// A file that nothing speaks against.
#[derive(Debug)]
pub struct Verified {
    /// Its SHA-256.
    pub sha256: String,
    /// Whether there was a whole hash to compare with, published or noted beside the file.
    pub is_known: bool,
}

/// Checks that the file is what it should be; `progress` is told how many of how many bytes are read. Where no whole hash
/// is published, the one noted beside the file when it was fetched counts.
///
/// # Errors
/// A file that cannot be read, or is another one.
pub fn verify(weights: &Weights, path: &Path, progress: &dyn Fn(u64, u64)) -> Result<Verified, WeightsError> {
    let unreadable = |error| WeightsError::Unreadable(UnreadableFile { path: path.to_owned(), error });
    let sha256 = sha256_with(path, progress).map_err(unreadable)?;
    let noted = note::read(path).map_err(|error| WeightsError::Note { error })?.map(|note| note.sha256);
    let expected = match (weights.hash, noted) {
        (Hash::Full(hash), _) if hash != sha256 => hash.to_owned(),
        (Hash::Start(start), _) if !sha256.starts_with(start) => format!("{start}…"),
        (Hash::Start(_) | Hash::Unknown, Some(noted)) if noted != sha256 => noted,
        (Hash::Full(_), _) | (_, Some(_)) => return Ok(Verified { sha256, is_known: true }),
        (_, None) => return Ok(Verified { sha256, is_known: false }),
    };
    Err(WeightsError::Damaged { path: path.to_owned(), name: weights.name, found: sha256, expected })
}

#[cfg(test)]
mod tests {
    use crate::known::{Source, known};

    use super::*;

    #[test]
    fn what_is_known_of_a_hash_decides_and_a_note_makes_it_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "abc").unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let verify = |of: Hash| {
            let weights = Weights { hash: of, source: Source::Zenodo(1), ..*known("resnet50").unwrap() };
            super::verify(&weights, &file, &|_, _| {}).map(|verified| verified.is_known)
        };
        let damaged = |of: Hash| match verify(of).unwrap_err() {
            WeightsError::Damaged { name: "resnet50", found, expected, .. } => (found, expected),
            error => panic!("{error:?}"),
        };
        assert!(verify(Hash::Full(hash)).unwrap());
        assert!(!verify(Hash::Start("ba7816bf")).unwrap());
        assert!(!verify(Hash::Unknown).unwrap());
        assert_eq!(damaged(Hash::Start("00")), (hash.to_owned(), "00…".to_owned()));
        note::write(&file, hash).unwrap();
        assert!(verify(Hash::Start("ba7816bf")).unwrap());
        assert!(verify(Hash::Unknown).unwrap());
        std::fs::write(&file, "abd").unwrap();
        for of in [Hash::Full(hash), Hash::Unknown] {
            let (found, expected) = damaged(of);
            assert!(found.starts_with("a52d159f") && expected == hash, "{of:?}");
        }
        assert_eq!(damaged(Hash::Start("ba7816bf")).1, "ba7816bf…");
    }
}
