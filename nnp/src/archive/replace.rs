//! Writes a file beside its name and moves it there when it is complete.

use super::io_failed;
use crate::error::{FileAction, NnpError};
use nnc_files::temporary_file;
use std::{fs::File, path::Path};

/// Lets `write` fill a new file and then puts it in the place of `path`, whole or not at all.
pub(super) fn replace(path: &Path, write: impl FnOnce(File) -> Result<File, NnpError>) -> Result<(), NnpError> {
    // In the same folder, because a move between file systems would not be atomic.
    let folder = path.parent().unwrap_or(Path::new("."));
    let created = temporary_file(folder).and_then(|file| Ok((file.reopen()?, file)));
    let (file, temporary) = created.map_err(|error| io_failed(path, FileAction::Create, error))?;
    let file = write(file)?;
    // Without this, a crash after the rename could leave an empty file under the final name.
    file.sync_all().map_err(|error| io_failed(path, FileAction::Write, error))?;
    temporary.persist(path).map(drop).map_err(|error| io_failed(path, FileAction::Replace, error.error))
}
