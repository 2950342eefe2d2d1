//! SHA-256 of files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::regular::open_regular;

/// SHA-256 of a file as lower-case hex.
///
/// # Errors
/// Input and output errors.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    sha256_with(path, &|_, _| {})
}

/// SHA-256 of a file as lower-case hex; `progress` is told how many of how many bytes are done.
///
/// # Errors
/// Input and output errors.
pub fn sha256_with(path: &Path, progress: &dyn Fn(u64, u64)) -> io::Result<String> {
    let mut file = open_regular(path)?;
    let total = file.metadata()?.len();
    hash(&mut file, &|done| progress(done, total))
}

/// SHA-256 of the rest of an open file as lower-case hex.
///
/// # Errors
/// Input and output errors.
pub fn sha256_of_open(file: &mut File) -> io::Result<String> {
    hash(file, &|_| {})
}

fn hash(file: &mut File, progress: &dyn Fn(u64)) -> io::Result<String> {
    let mut done = 0;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => {
                hash.update(buffer.get(..n).unwrap_or_default());
                done += n as u64;
                progress(done);
            }
        }
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_file_is_hashed_and_progress_reaches_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let last = Cell::new((0, 0));
        let sum = sha256_with(&path, &|done, total| last.set((done, total))).unwrap();
        // FIPS 180-2, appendix B.1.
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(last.get(), (3, 3));
    }
}
