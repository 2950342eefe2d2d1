//! Hashes noted beside files: `FILE.sha256`, in the form that `sha256sum` writes and `sha256sum --check` reads.

use std::io;
use std::path::{Path, PathBuf};

use crate::regular::read_text;
use crate::write::write_atomically;

/// Far more than a hash and a name.
const MAX_BYTES: u64 = 1 << 16;

/// The hash that a note holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The note itself.
    pub path: PathBuf,
    /// SHA-256 as lower-case hex.
    pub sha256: String,
}

/// Why a note is of no use.
#[derive(Debug)]
pub enum NoteError {
    /// The system does not give it.
    Unreadable {
        /// The note.
        note: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// It does not begin with a SHA-256.
    NoHash {
        /// The note.
        note: PathBuf,
    },
}

/// Where the note of `file` lies.
pub fn beside(file: &Path) -> PathBuf {
    file.with_added_extension("sha256")
}

/// Notes the SHA-256 of `file`.
///
/// # Errors
/// Input and output errors.
pub fn write(file: &Path, sha256: &str) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    write_atomically(&beside(file), format!("{sha256}  {name}\n").as_bytes())
}

/// What is noted for `file`; `None` where there is no note.
///
/// # Errors
/// A note that cannot be read or holds no hash.
pub fn read(file: &Path) -> Result<Option<Note>, NoteError> {
    let note = beside(file);
    let text = match read_text(&note, MAX_BYTES) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(NoteError::Unreadable { note, error }),
    };
    let hash = text.split_whitespace().next().unwrap_or_default();
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(NoteError::NoHash { note });
    }
    Ok(Some(Note { path: note, sha256: hash.to_ascii_lowercase() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_nonsense_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.nnp");
        let path = folder.path().join("a.nnp.sha256");
        assert_eq!(read(&file).unwrap(), None);
        let hash = "0123456789abcdef".repeat(4);
        write(&file, &hash).unwrap();
        assert_eq!(read(&file).unwrap(), Some(Note { path: path.clone(), sha256: hash.clone() }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{hash}  a.nnp\n"));
        std::fs::write(&path, hash.to_uppercase()).unwrap();
        assert_eq!(read(&file).unwrap().unwrap().sha256, hash);
        std::fs::write(&path, "0123  a.nnp\n").unwrap();
        assert!(matches!(read(&file), Err(NoteError::NoHash { note }) if note == path));
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(matches!(read(&file), Err(NoteError::Unreadable { .. })));
    }
}
