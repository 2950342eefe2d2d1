//! Removing what is one's own, whatever shape somebody gave it: folders without rights for their owner, and folders inside of
//! each other deeper than a process has descriptors or a path has letters.
//!
//! A plugin, or whoever sent a result folder, decides what lies in it. So rights that the owner lacks are given, and what lies
//! deep is moved up before it is removed: two descriptors serve for any depth. No link is followed.

use std::collections::VecDeque;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;

/// Removes the file, link or folder `name` in `parent`, with all that is in it. What cannot be removed does not keep the rest.
///
/// # Errors
/// The first thing that cannot be removed; that there is nothing.
pub(crate) fn remove_at(parent: BorrowedFd<'_>, name: &OsStr) -> io::Result<()> {
    match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
        Ok(()) => return Ok(()),
        Err(error) if !is_folder(parent, name)? => return Err(error.into()),
        Err(_) => {}
    }
    let top = open(parent, name)?;
    let mut moved = Moved::default();
    // Folders that lie directly in `top`, as more and more do.
    let mut waiting = VecDeque::new();
    let mut kept = clear(top.as_fd(), &mut |_, folder| {
        waiting.push_back(folder.to_owned());
        Ok(())
    });
    while let Some(folder) = waiting.pop_front() {
        let emptied = open(top.as_fd(), &folder).map_err(io::Error::from).and_then(|inner| {
            clear(inner.as_fd(), &mut |inner, deeper| {
                // An empty one goes at once; one that moves has to be writable itself.
                if rustix::fs::unlinkat(inner, deeper, AtFlags::REMOVEDIR).is_err() {
                    give_rights(inner, deeper);
                    waiting.push_back(moved.up(inner, deeper, top.as_fd())?);
                }
                Ok(())
            })
        });
        let removed = rustix::fs::unlinkat(&top, &folder, AtFlags::REMOVEDIR).map_err(io::Error::from);
        kept = kept.and(emptied).and(removed);
    }
    kept?;
    Ok(rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR)?)
}

/// Removes the file, link or folder `path`, with all that is in it, whatever its owner may do with it.
///
/// # Errors
/// The first thing that cannot be removed; that there is nothing.
pub fn remove(path: &Path) -> io::Result<()> {
    remove_at(CWD, path.as_os_str())
}

/// Lets this user read, write and enter the folder `name` in `parent`, if it is this user's. Where that is not possible, whoever
/// needs it finds out.
pub(crate) fn give_rights(parent: BorrowedFd<'_>, name: &OsStr) {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let Ok(folder) = rustix::fs::openat(parent, name, flags, Mode::empty()) else { return };
    let Ok(found) = rustix::fs::fstat(&folder) else { return };
    let mode = Mode::from_raw_mode(found.st_mode);
    if found.st_uid == geteuid().as_raw() && !mode.contains(Mode::RWXU) {
        // By way of this link, since a descriptor of this kind has no rights itself.
        let itself = format!("/proc/self/fd/{}", folder.as_raw_fd());
        let _ = rustix::fs::chmod(itself, mode | Mode::RWXU);
    }
}

/// Opens a folder of which names are read and removed.
fn open(parent: BorrowedFd<'_>, name: &OsStr) -> Result<OwnedFd, Errno> {
    give_rights(parent, name);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(parent, name, flags, Mode::empty())
}

fn is_folder(parent: BorrowedFd<'_>, name: &OsStr) -> io::Result<bool> {
    let found = rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(found.st_mode).is_dir())
}

/// What is done with a folder in a folder.
type Deeper<'a> = &'a mut dyn FnMut(BorrowedFd<'_>, &OsStr) -> io::Result<()>;

/// Removes everything from `folder` but folders, which are left to `deeper`.
fn clear(folder: BorrowedFd<'_>, deeper: Deeper<'_>) -> io::Result<()> {
    let is_entry = |name: &CStr| !matches!(name.to_bytes(), b"." | b"..");
    let names: Vec<CString> = Dir::read_from(folder)?
        .filter_map(|entry| {
            entry.map(|entry| is_entry(entry.file_name()).then(|| entry.file_name().to_owned())).transpose()
        })
        .collect::<Result<_, _>>()?;
    let mut kept = Ok(());
    for name in names {
        let name = OsStr::from_bytes(name.to_bytes());
        let removed = match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => match is_folder(folder, name) {
                Ok(true) => deeper(folder, name),
                _ => Err(error.into()),
            },
        };
        kept = kept.and(removed);
    }
    kept
}

/// Names for folders that move up.
#[derive(Default)]
struct Moved(u64);

impl Moved {
    /// Moves the folder `name` out of `from` into `to`, under a name that is free there.
    fn up(&mut self, from: BorrowedFd<'_>, name: &OsStr, to: BorrowedFd<'_>) -> io::Result<OsString> {
        loop {
            self.0 += 1;
            let new = OsString::from(format!("{}", self.0));
            match rustix::fs::renameat(from, name, to, &new) {
                Ok(()) => return Ok(new),
                // Somebody's own folders and files may have numbers as well.
                Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;

    fn names(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// So many folders inside of each other, made without a path that long.
    fn nest(parent: &Path, name: &str, depth: usize) {
        fs::create_dir(parent.join(name)).unwrap();
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let mut at = rustix::fs::open(parent.join(name), flags, Mode::empty()).unwrap();
        for _ in 1..depth {
            rustix::fs::mkdirat(&at, "a", Mode::RWXU).unwrap();
            at = rustix::fs::openat(&at, "a", flags, Mode::empty()).unwrap();
        }
        rustix::fs::openat(&at, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap();
    }

    #[test]
    fn folders_inside_of_each_other_need_no_descriptor_each() {
        let place = tempfile::tempdir().unwrap();
        let whole = place.path().join("whole");
        fs::create_dir(&whole).unwrap();
        // Names that a folder which moves up would get, one of which holds something.
        fs::write(whole.join("1"), "").unwrap();
        fs::create_dir(whole.join("2")).unwrap();
        fs::write(whole.join("2/file"), "").unwrap();
        nest(&whole, "deep", 5_000);
        nest(&whole, "other", 3);
        remove(&whole).unwrap();
        assert_eq!(names(place.path()).len(), 0);
    }

    #[test]
    fn rights_that_the_owner_lacks_are_given() {
        let place = tempfile::tempdir().unwrap();
        for mode in [0o000, 0o300, 0o500, 0o600] {
            let whole = place.path().join("whole");
            fs::create_dir_all(whole.join("a/b/c")).unwrap();
            fs::write(whole.join("a/b/file"), "").unwrap();
            for folder in ["a/b/c", "a/b", "a", ""] {
                fs::set_permissions(whole.join(folder), Permissions::from_mode(mode)).unwrap();
            }
            remove(&whole).unwrap();
            assert_eq!(names(place.path()).len(), 0, "{mode:o}");
        }
        // The administrator may do without; what was given shows it for everybody.
        let folder = place.path().join("folder");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o050)).unwrap();
        give_rights(CWD, folder.as_os_str());
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o750);
    }

    #[test]
    fn links_are_removed_and_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("whole/a")).unwrap();
        fs::create_dir(at("mine")).unwrap();
        fs::write(at("mine/thesis"), "mine").unwrap();
        fs::set_permissions(at("mine"), Permissions::from_mode(0o500)).unwrap();
        symlink(at("mine"), at("whole/link")).unwrap();
        symlink(at("mine"), at("whole/a/link")).unwrap();
        symlink(at("mine"), at("link")).unwrap();
        give_rights(CWD, at("link").as_os_str());
        remove(&at("whole")).unwrap();
        remove(&at("link")).unwrap();
        assert_eq!(remove(&at("nothing")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(fs::metadata(at("mine")).unwrap().permissions().mode() & 0o777, 0o500);
        assert_eq!(fs::read_to_string(at("mine/thesis")).unwrap(), "mine");
        assert_eq!(names(place.path()), [at("mine")]);
        fs::set_permissions(at("mine"), Permissions::from_mode(0o700)).unwrap();
    }
}
