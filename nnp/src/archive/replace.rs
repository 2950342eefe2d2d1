//! Writes a file beside its name and moves it there when it is complete.

use super::io_failed;
use crate::error::{FileAction, NnpError};
use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Lets `write` fill a new file and then puts it in the place of `path`, whole or not at all.
pub(super) fn replace(path: &Path, write: impl FnOnce(File) -> Result<File, NnpError>) -> Result<(), NnpError> {
    let temporary = Temporary(beside(path));
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&temporary.0);
    let file = write(file.map_err(|error| io_failed(&temporary.0, FileAction::Create, error))?)?;
    // Without this, a crash after the rename could leave an empty file under the final name.
    file.sync_all().map_err(|error| io_failed(&temporary.0, FileAction::Write, error))?;
    drop(file);
    fs::rename(&temporary.0, path).map_err(|error| io_failed(path, FileAction::Replace, error))
}

/// A name in the same folder, because a move between file systems would not be atomic.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// Removes the file on the way out; after the rename there is none.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
