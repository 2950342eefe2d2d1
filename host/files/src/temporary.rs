//! Files and folders that exist only until they get their final name, and what killed programs left of them.
//!
//! Each is locked while its program lives. The first that a program makes in a folder clears away those whose lock is free:
//! nobody will give them a name any more.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use rustix::fs::CWD;
use rustix::process::geteuid;
use tempfile::{Builder, NamedTempFile};

use crate::regular::{open_folder, open_regular};
use crate::removal;

/// How their names begin and end.
const PREFIX: &str = ".nnc-host-";
const SUFFIX: &str = ".part";

/// A folder that is removed with what is in it unless it is kept.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
    is_kept: bool,
    _lock: File,
}

impl TemporaryFolder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its final name.
    ///
    /// # Errors
    /// Those of the system; the folder is then removed.
    pub fn persist(mut self, to: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, to)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if !self.is_kept {
            // Only a courtesy: the next run tries again.
            let _ = removal::remove(&self.path);
        }
    }
}

/// A name for something that could not be removed, which whoever makes a temporary in its folder tries again.
pub(crate) fn name_of_leftover(number: usize) -> String {
    format!("{PREFIX}left-{number}{SUFFIX}")
}

/// Whether something of this name is a temporary of this program, or what was left of one.
pub fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

/// A new file in `folder` for something that will get a name there. Others may read it as far as the user's umask lets them.
///
/// # Errors
/// Those of the system.
pub fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    make_file(folder, 0o666)
}

/// As [`temporary_file`], for what nobody else may read.
pub(crate) fn private_file(folder: &Path) -> io::Result<NamedTempFile> {
    make_file(folder, 0o600)
}

fn make_file(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    clear_once(folder)?;
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).permissions(Permissions::from_mode(mode));
    for _ in 0..ROUNDS {
        let file = builder.tempfile_in(folder)?;
        if is_held(file.as_file(), file.path()) {
            return Ok(file);
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// As [`temporary_file`], a folder.
///
/// # Errors
/// Those of the system.
pub fn temporary_folder(folder: &Path) -> io::Result<TemporaryFolder> {
    make_folder(folder, 0o777)
}

/// A new folder for files of this run alone, where the system keeps such files. Nobody else may look into it.
///
/// # Errors
/// Those of the system.
pub fn scratch_folder() -> io::Result<TemporaryFolder> {
    make_folder(&std::env::temp_dir(), 0o700)
}

/// How often to try again after another program has cleared away what was made, before it was locked.
const ROUNDS: usize = 20;

fn make_folder(folder: &Path, mode: u32) -> io::Result<TemporaryFolder> {
    clear_once(folder)?;
    let mut builder = Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).permissions(Permissions::from_mode(mode));
    for _ in 0..ROUNDS {
        let made = builder.tempdir_in(folder)?;
        if let Ok(lock) = open_folder(made.path())
            && is_held(&lock, made.path())
        {
            return Ok(TemporaryFolder { path: made.keep(), is_kept: false, _lock: lock });
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Locks what was just made; says whether it is still there and nobody else's. Between its making and the lock another program
/// may take it for a leftover.
fn is_held(file: &File, path: &Path) -> bool {
    // A file system without locks: what is left there stays.
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
        && file.metadata().is_ok_and(|own| {
            path.symlink_metadata().is_ok_and(|found| (found.dev(), found.ino()) == (own.dev(), own.ino()))
        })
}

/// [`clear_leftovers`] once for each folder, since a folder may hold very many files.
fn clear_once(folder: &Path) -> io::Result<()> {
    // The number of a removed folder is given to the next one: only together with the time of its making does it name a folder.
    type Folder = (u64, u64, Option<SystemTime>);
    static CLEARED: LazyLock<Mutex<HashSet<Folder>>> = LazyLock::new(Mutex::default);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let found = std::fs::metadata(folder)?;
    let this = (found.dev(), found.ino(), found.created().ok());
    if CLEARED.lock().unwrap_or_else(PoisonError::into_inner).insert(this) {
        clear_leftovers(folder);
    }
    Ok(())
}

/// Removes what killed programs left in `folder`. A folder whose names cannot be read holds nothing that could be cleared.
fn clear_leftovers(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_temporary(&entry.file_name()) {
            clear(&entry.path());
        }
    }
}

/// Removes a file or folder of this user that nobody has locked; what cannot be removed does no harm. In folders that many
/// write into, others may have such files.
fn clear(path: &Path) {
    let Ok(found) = path.symlink_metadata() else { return };
    if found.uid() != geteuid().as_raw() {
        return;
    }
    if found.is_dir() {
        removal::give_rights(CWD, path.as_os_str());
    }
    let opened = if found.is_dir() { open_folder(path) } else { open_regular(path) };
    // Locked until it is gone: whoever has just made it would lock it otherwise, and find it in its place.
    if let Ok(file) = opened
        && file.try_lock().is_ok()
    {
        let _ = removal::remove(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_cleared_and_what_lives_is_not() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(format!("{PREFIX}{name}{SUFFIX}"));
        let (file, folder) = (temporary_file(place.path()).unwrap(), temporary_folder(place.path()).unwrap());
        std::fs::write(at("old"), "left").unwrap();
        std::fs::create_dir_all(at("older").join("deep")).unwrap();
        std::fs::create_dir(at("without rights")).unwrap();
        std::fs::set_permissions(at("without rights"), Permissions::from_mode(0o000)).unwrap();
        std::fs::write(at("busy"), "in work").unwrap();
        let busy = open_regular(&at("busy")).unwrap();
        busy.lock().unwrap();
        std::fs::write(place.path().join(".nnc-host-notes.txt"), "the user's").unwrap();
        clear_leftovers(place.path());
        let names: HashSet<_> = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        let expected = [at("busy"), place.path().join(".nnc-host-notes.txt")];
        let expected = expected.into_iter().chain([file.path().to_owned(), folder.path().to_owned()]);
        assert_eq!(names, expected.collect());
    }

    #[test]
    fn what_another_program_takes_for_a_leftover_is_made_again() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("made");
        let file = File::create_new(&path).unwrap();
        assert!(is_held(&file, &path));
        // The other one has locked it, or has removed it already.
        assert!(!is_held(&open_regular(&path).unwrap(), &path));
        std::fs::remove_file(&path).unwrap();
        assert!(!is_held(&file, &path));
        File::create_new(&path).unwrap();
        assert!(!is_held(&file, &path));
        // Many at once, each of which clears what the others leave.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        clear_leftovers(place.path());
                        let folder = temporary_folder(place.path()).unwrap();
                        std::fs::write(folder.path().join("file"), "still there").unwrap();
                    }
                });
            }
        });
    }

    #[test]
    fn the_first_temporary_of_a_folder_clears_it() {
        let place = tempfile::tempdir().unwrap();
        for round in 0..5 {
            let folder = place.path().join("same name");
            std::fs::create_dir(&folder).unwrap();
            let left = folder.join(format!("{PREFIX}old{SUFFIX}"));
            std::fs::write(&left, "left").unwrap();
            temporary_file(&folder).unwrap();
            assert!(!left.exists(), "round {round}");
            std::fs::remove_dir_all(&folder).unwrap();
            // Older kernels note times in steps of up to 10 ms.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}
