//! Files beneath a folder that someone else may have filled: no path leads out of it, and no link is followed.
//!
//! The folder itself is the user's choice and may be reached through links; what lies in it is not trusted. On Linux 5.6
//! and later one system call (`openat2` with `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`) opens a path that way; elsewhere,
//! and where a sandbox forbids that call, the path is opened component by component.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::regular::regular;
use crate::removal;

/// Opens the folder `base` itself.
fn root(base: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(CWD, base, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// The components of a path below a folder.
fn components(path: &Path) -> io::Result<Vec<&OsStr>> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, format!("{} leads out of its folder", path.display()));
    let parts = path.components().filter(|part| *part != Component::CurDir).map(|part| match part {
        Component::Normal(name) => Ok(name),
        _ => Err(refused()),
    });
    parts.collect()
}

/// Opens `path` beneath `folder`; no component of it may be a link.
fn open_at(folder: BorrowedFd<'_>, path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let parts = components(path)?;
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let whole: PathBuf = if parts.is_empty() { PathBuf::from(".") } else { parts.iter().collect() };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(folder, &whole, flags, mode, resolve) {
        // An old kernel, or a sandbox that does not know the call.
        Err(Errno::NOSYS | Errno::PERM) => one_by_one(folder, &parts, flags, mode),
        opened => Ok(opened?),
    }
}

/// As [`open_at`], without the system call for it.
fn one_by_one(folder: BorrowedFd<'_>, parts: &[&OsStr], flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let Some((last, folders)) = parts.split_last() else {
        return Ok(rustix::fs::openat(folder, ".", flags, mode)?);
    };
    let mut at = rustix::fs::openat(folder, ".", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    for part in folders {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        at = rustix::fs::openat(&at, *part, flags, Mode::empty())?;
    }
    Ok(rustix::fs::openat(&at, *last, flags, mode)?)
}

/// The folder that holds `path`, opened, and the last component.
fn parent(base: &Path, path: &Path) -> io::Result<(OwnedFd, OsString)> {
    let parts = components(path)?;
    let Some((last, folders)) = parts.split_last() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a path without a name"));
    };
    let folders: PathBuf = folders.iter().collect();
    let folder = open_at(root(base)?.as_fd(), &folders, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    Ok((folder, (*last).to_owned()))
}

/// A path that names an entry of an opened folder, for functions that take paths. The kernel resolves it to that very
/// folder, wherever it has been moved to.
fn entry(folder: &OwnedFd, name: &OsStr) -> PathBuf {
    Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name)
}

/// Opens a regular file to read.
///
/// # Errors
/// Those of the system; a link, a pipe or another thing that is no regular file.
pub fn open(base: &Path, path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    regular(File::from(open_at(root(base)?.as_fd(), path, flags, Mode::empty())?))
}

/// Opens a regular file to write behind its end.
///
/// # Errors
/// As [`open`].
pub fn append(base: &Path, path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::NONBLOCK | OFlags::NOCTTY;
    regular(File::from(open_at(root(base)?.as_fd(), path, flags, Mode::empty())?))
}

/// Creates a new file; whatever has its name and is no folder is removed, so that nothing is written through a link.
///
/// # Errors
/// Those of the system.
pub fn create(base: &Path, path: &Path) -> io::Result<File> {
    let (folder, name) = parent(base, path)?;
    match rustix::fs::unlinkat(&folder, &name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    Ok(File::from(open_at(folder.as_fd(), Path::new(&name), flags, Mode::from_raw_mode(0o666))?))
}

/// Writes a file that appears whole or not at all; it takes the place of whatever has its name and is no folder.
///
/// # Errors
/// Those of the system.
pub fn write_atomically(base: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (folder, name) = parent(base, path)?;
    crate::write::write_atomically(&entry(&folder, &name), bytes)
}

/// Creates a folder, and those between.
///
/// # Errors
/// Those of the system; a link or a file in its place.
pub fn create_folders(base: &Path, path: &Path) -> io::Result<()> {
    let mut at = root(base)?;
    for part in components(path)? {
        match rustix::fs::mkdirat(&at, part, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        at = open_at(at.as_fd(), Path::new(part), OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    }
    Ok(())
}

/// Removes a file, a link itself, or a folder with all that is in it; links in it are not followed. What cannot be removed as a
/// whole is put aside, so that its name is free: later runs clear it away, as what killed ones leave.
///
/// # Errors
/// Those of the system, also that there is nothing.
pub fn remove(base: &Path, path: &Path) -> io::Result<()> {
    let (folder, name) = parent(base, path)?;
    match removal::remove_at(folder.as_fd(), &name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => put_aside(&folder, &name).map_err(|_| error),
        removed => removed,
    }
}

/// How many names to try for something that is put aside.
const NAMES: usize = 1000;

fn put_aside(folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
    let free = (0..NAMES).map(crate::temporary::name_of_leftover);
    let mut free =
        free.filter(|name| kind_at(folder, name.as_ref()).is_err_and(|e| e.kind() == io::ErrorKind::NotFound));
    let new = free.next().ok_or(io::ErrorKind::AlreadyExists)?;
    Ok(rustix::fs::renameat(folder, name, folder, new)?)
}

/// Moves a file or folder to `target`, which is beneath `base` as well.
///
/// # Errors
/// Those of the system.
pub fn rename(base: &Path, path: &Path, target: &Path) -> io::Result<()> {
    let ((from, name), (to, new)) = (parent(base, path)?, parent(base, target)?);
    Ok(rustix::fs::renameat(&from, &name, &to, &new)?)
}

/// Names of everything that lies directly in the folder `path`.
///
/// # Errors
/// Those of the system; a link.
pub fn names(base: &Path, path: &Path) -> io::Result<Vec<OsString>> {
    let folder = open_at(root(base)?.as_fd(), path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
    let entries = std::fs::read_dir(Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()))?;
    entries.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

/// What lies at `path`; a link is told as one.
///
/// # Errors
/// Those of the system, also that there is nothing.
pub fn kind(base: &Path, path: &Path) -> io::Result<FileType> {
    let (folder, name) = parent(base, path)?;
    kind_at(&folder, &name)
}

fn kind_at(folder: &OwnedFd, name: &OsStr) -> io::Result<FileType> {
    let found = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(found.st_mode))
}

/// Fails unless `path` is a regular file, or a folder in which everything is.
///
/// # Errors
/// Those of the system; the first thing that is neither.
pub fn check_plain(base: &Path, path: &Path) -> io::Result<()> {
    match kind(base, path)? {
        FileType::RegularFile => Ok(()),
        FileType::Directory => names(base, path)?.iter().try_for_each(|name| check_plain(base, &path.join(name))),
        other => Err(crate::regular::refused(other)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with a file, beside one that is none of its business.
    fn folders() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let (base, other) = (temporary.path().join("base"), temporary.path().join("other"));
        std::fs::create_dir_all(base.join("in")).unwrap();
        std::fs::create_dir(&other).unwrap();
        std::fs::write(base.join("in/a"), "inside").unwrap();
        std::fs::write(other.join("thesis"), "mine").unwrap();
        symlink(&other, base.join("link")).unwrap();
        symlink(other.join("thesis"), base.join("in/file")).unwrap();
        (temporary, base, other)
    }

    #[test]
    fn nothing_outside_is_reached() {
        let (_temporary, base, other) = folders();
        let intact = || assert_eq!(std::fs::read_to_string(other.join("thesis")).unwrap(), "mine");
        for path in ["../other/thesis", "link/thesis", "in/../../other/thesis", "in/file"].map(Path::new) {
            assert!(open(&base, path).is_err() && append(&base, path).is_err(), "{}", path.display());
        }
        for path in ["../other/thesis", "link/thesis", "/etc/passwd"].map(Path::new) {
            assert!(create(&base, path).is_err() && remove(&base, path).is_err(), "{}", path.display());
            assert!(write_atomically(&base, path, b"x").is_err() && kind(&base, path).is_err());
            assert!(rename(&base, path, Path::new("stolen")).is_err());
            assert!(rename(&base, Path::new("in/a"), path).is_err());
            assert!(create_folders(&base, &path.join("deep")).is_err());
        }
        assert!(names(&base, Path::new("link")).is_err());
        intact();
        // What is written in place of a link replaces the link.
        create(&base, Path::new("in/file")).unwrap().write_all(b"new").unwrap();
        intact();
        assert_eq!(std::fs::read_to_string(base.join("in/file")).unwrap(), "new");
        remove(&base, Path::new("link")).unwrap();
        remove(&base, Path::new("in")).unwrap();
        intact();
        assert_eq!(names(&base, Path::new("")).unwrap().len(), 0);
    }

    #[test]
    fn the_way_without_openat2_is_as_strict() {
        let (_temporary, base, _other) = folders();
        let folder = root(&base).unwrap();
        let open = |path: &str| {
            let parts = components(Path::new(path))?;
            one_by_one(folder.as_fd(), &parts, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
        };
        assert!(open("in/a").is_ok() && open("in").is_ok() && open(".").is_ok());
        for path in ["link/thesis", "in/file", "../other/thesis", "/etc/passwd"] {
            assert!(open(path).is_err(), "{path}");
        }
    }

    #[test]
    fn only_plain_files_and_folders_are_plain() {
        let (_temporary, base, _other) = folders();
        assert!(check_plain(&base, Path::new("in/a")).is_ok());
        assert!(check_plain(&base, Path::new("in")).is_err());
        remove(&base, Path::new("in/file")).unwrap();
        assert!(check_plain(&base, Path::new("in")).is_ok());
        let pipe = base.join("in/pipe");
        rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        assert!(check_plain(&base, Path::new("in")).is_err());
        // Nobody writes into the pipe; opening it must not wait for that.
        assert!(open(&base, Path::new("in/pipe")).is_err());
    }
}
