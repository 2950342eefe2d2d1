//! Files in memory: what a child writes to a file system without a disk (`tmpfs`), as `/tmp` is on many systems, is in no
//! process's size.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, StatFs};

/// The number by which `statfs` tells a file system without a disk.
const TMPFS: u64 = 0x0102_1994;
/// What the kernel keeps for a file, however little is in it.
const FILE: u64 = 1 << 10;
/// Folders inside of each other that are looked into, and files that are counted: more than anybody needs.
const DEPTH: usize = 32;
const FILES: usize = 100_000;

/// A folder in which a child writes, and what its files take of memory.
#[derive(Debug)]
pub(crate) struct WrittenFolder {
    path: PathBuf,
    /// Use of the file system when the files were counted.
    then: Option<(u64, u64)>,
    bytes: u64,
}

impl WrittenFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, then: None, bytes: 0 }
    }

    /// Whether a path, as `/proc` has it, is in the folder.
    pub(crate) fn holds(&self, path: &str) -> bool {
        Path::new(path).starts_with(&self.path)
    }

    /// Memory that the files in it take; nothing where they lie on a disk. Where they cannot all be counted, everything on that
    /// file system.
    pub(crate) fn bytes(&mut self) -> u64 {
        let Some(system) = in_memory(&self.path) else { return 0 };
        let now = (system.f_bfree, system.f_ffree);
        if self.then != Some(now) {
            self.then = Some(now);
            let whole = || system.f_blocks.saturating_sub(system.f_bfree).saturating_mul(system.f_bsize as u64);
            let counted = open(rustix::fs::CWD, &self.path).ok().and_then(|top| below(top.as_fd(), DEPTH, &mut 0));
            self.bytes = counted.unwrap_or_else(whole);
        }
        self.bytes
    }
}

/// The file system of a path, if it has no disk.
pub(crate) fn in_memory(path: &Path) -> Option<StatFs> {
    rustix::fs::statfs(path).ok().filter(|system| system.f_type as u64 == TMPFS)
}

fn open<P: rustix::path::Arg>(parent: impl AsFd, name: P) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(parent, name, flags, Mode::empty())
}

/// Bytes of all files below a folder; `None` when there is more than is looked at, or something that cannot be.
fn below(folder: BorrowedFd<'_>, depth: usize, files: &mut usize) -> Option<u64> {
    let mut bytes = 0_u64;
    for entry in Dir::read_from(folder).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        *files += 1;
        if depth == 0 || *files > FILES {
            return None;
        }
        // One that has gone meanwhile takes nothing.
        let Ok(found) = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
        bytes = bytes.saturating_add(found.st_blocks as u64 * 512 + FILE);
        if FileType::from_raw_mode(found.st_mode).is_dir() {
            match open(folder, name) {
                Ok(inner) => bytes = bytes.saturating_add(below(inner.as_fd(), depth - 1, files)?),
                Err(rustix::io::Errno::NOENT) => {}
                Err(_) => return None,
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder of `tmpfs`, where this system has one.
    fn folder() -> Option<tempfile::TempDir> {
        let made = tempfile::tempdir_in("/dev/shm").ok()?;
        in_memory(made.path()).map(|_| made)
    }

    #[test]
    fn files_without_a_disk_are_memory_however_they_lie() {
        let Some(made) = folder() else { return };
        let mut written = WrittenFolder::new(made.path().to_owned());
        let empty = written.bytes();
        fs::create_dir_all(made.path().join("a/b")).unwrap();
        fs::write(made.path().join("a/b/file"), vec![1; 3 << 20]).unwrap();
        let bytes = written.bytes() - empty;
        assert!((3 << 20..4 << 20).contains(&bytes), "{bytes}");
        assert!(written.holds(made.path().join("a/x").to_str().unwrap()) && !written.holds("/dev/shm/other"));
        // Deeper than is looked: the whole file system counts.
        fs::create_dir_all(made.path().join("d/".repeat(DEPTH + 1))).unwrap();
        assert!(written.bytes() >= 3 << 20);
        assert!(below(open(rustix::fs::CWD, made.path()).unwrap().as_fd(), DEPTH, &mut 0).is_none());
    }

    #[test]
    fn files_on_a_disk_are_no_memory() {
        let made = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        if in_memory(made.path()).is_none() {
            fs::write(made.path().join("file"), vec![1; 1 << 20]).unwrap();
            assert_eq!(WrittenFolder::new(made.path().to_owned()).bytes(), 0);
        }
    }
}
