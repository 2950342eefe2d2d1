//! Hashes of files that nobody has published one for: noted beside the file when it is fetched, compared ever after.

use std::path::Path;

use nnc_files::note::{self, NoteError};

use crate::language::FetchText;
use nnc_messages::{At, Doing, Result, Say};

/// Notes the SHA-256 of `file`.
pub(crate) fn write(file: &Path, sha256: &str) -> Result<()> {
    note::write(file, sha256).at(Doing::Write, &note::beside(file))
}

/// The SHA-256 that was noted for `file`; `None` where there is no note.
///
/// # Errors
/// One sentence, for a note that is none.
pub(crate) fn read(file: &Path) -> std::result::Result<Option<String>, String> {
    match note::read(file) {
        Ok(note) => Ok(note.map(|note| note.sha256)),
        Err(NoteError::Unreadable { note, error }) => Err(Doing::Read(note, error.to_string()).said()),
        Err(NoteError::NoHash { note }) => Err(FetchText::NoNote.with(&[&note.display()])),
    }
}
