//! Hashes of files that nobody has published one for: noted beside the file when it is fetched, compared ever after.
//!
//! The note is what `sha256sum --check` reads.

use std::path::{Path, PathBuf};

use crate::files::write_atomically;
use crate::language::FetchText;
use nnc_messages::Doing;
use nnc_messages::Say;
use nnc_messages::{At, Result};

/// Notes the SHA-256 of `file`.
pub(crate) fn write(file: &Path, sha256: &str) -> Result<()> {
    let note = beside(file);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    write_atomically(&note, format!("{sha256}  {name}\n").as_bytes()).at(Doing::Write, &note)
}

/// The SHA-256 that was noted for `file`; `None` where there is no note.
///
/// # Errors
/// One sentence, for a note that is none.
pub(crate) fn read(file: &Path) -> std::result::Result<Option<String>, String> {
    let note = beside(file);
    let text = match std::fs::read_to_string(&note) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Doing::Read(note.to_path_buf(), error.to_string()).said()),
    };
    let hash = text.split_whitespace().next().unwrap_or_default();
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(hash.to_ascii_lowercase()));
    }
    Err(FetchText::NoNote.with(&[&note.display()]))
}

fn beside(file: &Path) -> PathBuf {
    file.with_added_extension("sha256")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_nonsense_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.nnp");
        assert_eq!(read(&file), Ok(None));
        let hash = "0123456789abcdef".repeat(4);
        write(&file, &hash).unwrap();
        assert_eq!(read(&file), Ok(Some(hash.clone())));
        assert_eq!(std::fs::read_to_string(folder.path().join("a.nnp.sha256")).unwrap(), format!("{hash}  a.nnp\n"));
        std::fs::write(folder.path().join("a.nnp.sha256"), "0123  a.nnp\n").unwrap();
        assert!(read(&file).unwrap_err().contains("a.nnp.sha256 holds no SHA-256"));
    }
}
