//! Whether a file is the backbone that it should be.

use std::io::{self, Read};
use std::path::Path;

use nnc_files::{note, open_regular, sha256_with};

use crate::error::{UnreadableFile, WeightsError};
use crate::known::{Hash, Weights};

/// A file that nothing speaks against.
#[derive(Debug)]
pub struct Verified {
    /// Its SHA-256.
    pub sha256: String,
    /// What that was compared with.
    pub proof: Proof,
}

/// What there was to compare a file with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The published SHA-256.
    Published,
    /// The size and MD5 in the record of the file, when it was fetched.
    Record,
    /// The SHA-256 that was noted when the file was fetched: it is unchanged since then.
    Noted,
    /// Nothing.
    Nothing,
}

/// What a file cannot be, by its size and its first bytes, before anything else of it is read.
#[derive(Debug)]
pub(crate) enum Implausible {
    /// Another size than the published one.
    Size { found: u64, least: u64, most: u64 },
    /// Another kind of file than its extension says.
    Kind { expected: &'static str },
}

/// Looks at size and kind of a file.
///
/// # Errors
/// Those of the system.
pub(crate) fn implausible(weights: &Weights, path: &Path) -> io::Result<Option<Implausible>> {
    let file = open_regular(path)?;
    let (found, (least, most)) = (file.metadata()?.len(), weights.size.bounds());
    let mut start = Vec::new();
    file.take(2).read_to_end(&mut start)?;
    // A zip, which archives of NNC and PyTorch are, or one of PyTorch's older pickles.
    Ok(if start != b"PK" && start.first() != Some(&0x80) {
        Some(Implausible::Kind { expected: extension(weights.file) })
    } else if !(least..=most).contains(&found) {
        Some(Implausible::Size { found, least, most })
    } else {
        None
    })
}

fn extension(file: &'static str) -> &'static str {
    file.rsplit_once('.').map_or("weights", |(_, extension)| extension)
}

/// Checks that the file is what it should be; `progress` is told how many of how many bytes are read. Where no whole hash
/// is published, the one noted beside the file when it was fetched counts. No more is read than the file may have.
///
/// # Errors
/// A file that cannot be read, or is another one.
pub fn verify(weights: &Weights, path: &Path, progress: &dyn Fn(u64, u64)) -> Result<Verified, WeightsError> {
    let unreadable = |error| WeightsError::Unreadable(UnreadableFile { path: path.to_owned(), error });
    let (name, file) = (weights.name, path.to_owned());
    match implausible(weights, path).map_err(unreadable)? {
        Some(Implausible::Size { found, least, most }) => {
            return Err(WeightsError::WrongSize { path: file, name, found, least, most });
        }
        Some(Implausible::Kind { expected }) => return Err(WeightsError::OtherKind { path: file, name, expected }),
        None => {}
    }
    let sha256 = sha256_with(path, progress).map_err(unreadable)?;
    let noted = note::read(path).map_err(|error| WeightsError::Note { error })?.map(|note| note.sha256);
    let expected = match (weights.hash, noted) {
        (Hash::Full(hash), _) if hash != sha256 => hash.to_owned(),
        (Hash::Full(_), _) => return Ok(Verified { sha256, proof: Proof::Published }),
        (Hash::Unknown, Some(noted)) if noted != sha256 => noted,
        (Hash::Unknown, Some(_)) => return Ok(Verified { sha256, proof: Proof::Noted }),
        (Hash::Unknown, None) => return Ok(Verified { sha256, proof: Proof::Nothing }),
    };
    Err(WeightsError::Damaged { path: path.to_owned(), name: weights.name, found: sha256, expected })
}

#[cfg(test)]
mod tests {
    use nnc_files::sha256_of;

    use crate::known::{Size, Source, known};

    use super::*;

    fn resnet50(hash: Hash, size: Size) -> Weights {
        Weights { hash, size, source: Source::Zenodo(1), ..*known("resnet50").unwrap() }
    }

    #[test]
    fn what_is_published_decides_and_a_note_stands_in_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "PKc").unwrap();
        let hash: &str = sha256_of(&file).unwrap().leak();
        let verify =
            |of: Hash| super::verify(&resnet50(of, Size::Exact(3)), &file, &|_, _| {}).map(|verified| verified.proof);
        let damaged = |of: Hash| match verify(of).unwrap_err() {
            WeightsError::Damaged { name: "resnet50", found, expected, .. } => (found, expected),
            error => panic!("{error:?}"),
        };
        assert_eq!(verify(Hash::Full(hash)).unwrap(), Proof::Published);
        assert_eq!(verify(Hash::Unknown).unwrap(), Proof::Nothing);
        note::write(&file, hash).unwrap();
        assert_eq!(verify(Hash::Unknown).unwrap(), Proof::Noted);
        std::fs::write(&file, "PKd").unwrap();
        for of in [Hash::Full(hash), Hash::Unknown] {
            let (found, expected) = damaged(of);
            assert!(found == sha256_of(&file).unwrap() && expected == hash, "{of:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_it_is_refused_before_it_is_hashed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let verify = |start: &str, size: u64| {
            std::fs::write(&path, start).unwrap();
            std::fs::File::options().write(true).open(&path).unwrap().set_len(size).unwrap();
            let hashed = |_, _| panic!("it was read");
            super::verify(&resnet50(Hash::Unknown, Size::About(102_000_000)), &path, &hashed).unwrap_err()
        };
        // Hashing this one would take a minute and more.
        let large = verify("PK", 30_000_000_000);
        let WeightsError::WrongSize { found: 30_000_000_000, most: 112_200_000, .. } = large else {
            panic!("{large:?}")
        };
        let small = verify("PK", 62);
        assert!(matches!(small, WeightsError::WrongSize { found: 62, least: 91_800_000, .. }), "{small:?}");
        let junk = verify("junk", 102_000_000);
        assert!(matches!(junk, WeightsError::OtherKind { name: "resnet50", expected: "nnp", .. }), "{junk:?}");
    }
}
