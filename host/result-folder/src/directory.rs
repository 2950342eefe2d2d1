//! Access to what lies in a result folder, by names relative to it. Whatever jobs read or write there goes through here.
//!
//! A result folder may come from someone else. So no name leads out of it, no link in it is followed, and only regular
//! files are opened ([`nnc_files::beneath`]).

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nnc_files::{beneath, open_folder, read_all, sync_file_system};

use crate::error::{Action, During, Result};

/// A folder in a result folder, or that folder itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The result folder, as the user named it.
    base: PathBuf,
    /// The path from there, without links and `..`.
    below: PathBuf,
    /// Both together, for messages and for those who need a path.
    path: PathBuf,
}

impl Directory {
    /// The result folder `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let base = path.into();
        Self { path: base.clone(), base, below: PathBuf::new() }
    }

    fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.below.join(name)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of a file in it, for messages and for those who need a path.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// A folder in it, which need not exist yet.
    #[must_use]
    pub fn folder(&self, name: impl AsRef<Path>) -> Self {
        Self { base: self.base.clone(), below: self.at(&name), path: self.path.join(name) }
    }

    /// The name of this folder in the result folder.
    pub(crate) fn name(&self) -> &Path {
        &self.below
    }

    /// Whether there is something of this name, whatever it is.
    pub fn has(&self, name: impl AsRef<Path>) -> bool {
        beneath::kind(&self.base, &self.at(name)).is_ok()
    }

    /// Names of everything that lies directly in it.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn names(&self) -> Result<Vec<OsString>> {
        beneath::names(&self.base, &self.below).during(Action::Read, &self.path)
    }

    /// Opens a regular file to read.
    ///
    /// # Errors
    /// That it cannot be opened.
    pub fn open(&self, name: impl AsRef<Path>) -> Result<File> {
        beneath::open(&self.base, &self.at(&name)).during(Action::Open, &self.file(name))
    }

    /// What is in a file of at most `limit` bytes.
    ///
    /// # Errors
    /// That it cannot be read, or is larger.
    pub fn read(&self, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>> {
        let read = beneath::open(&self.base, &self.at(&name)).and_then(|file| read_all(file, limit));
        read.during(Action::Read, &self.file(name))
    }

    /// Creates a file to write, in place of what has its name.
    ///
    /// # Errors
    /// That it cannot be created.
    pub fn create(&self, name: impl AsRef<Path>) -> Result<File> {
        beneath::create(&self.base, &self.at(&name)).during(Action::Write, &self.file(name))
    }

    /// Opens a file to write behind its end.
    ///
    /// # Errors
    /// That it cannot be opened.
    pub fn append(&self, name: impl AsRef<Path>) -> Result<File> {
        beneath::append(&self.base, &self.at(&name)).during(Action::Open, &self.file(name))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        self.create(&name)?.write_all(bytes).during(Action::Write, &self.file(name))
    }

    /// Writes a file that appears whole or not at all.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn write_whole(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        beneath::write_atomically(&self.base, &self.at(&name), bytes).during(Action::Write, &self.file(name))
    }

    /// Creates a folder in it, and those between.
    ///
    /// # Errors
    /// That it cannot be created.
    pub fn create_folder(&self, name: impl AsRef<Path>) -> Result<Self> {
        beneath::create_folders(&self.base, &self.at(&name)).during(Action::Create, &self.file(&name))?;
        Ok(self.folder(name))
    }

    /// Creates an empty folder in it, without what may have been there.
    ///
    /// # Errors
    /// That the old one cannot be removed, or the new one not be created.
    pub fn create_empty_folder(&self, name: impl AsRef<Path>) -> Result<Self> {
        self.remove(&name)?;
        self.create_folder(name)
    }

    /// Removes a file or folder that may not be there. What cannot be removed as a whole is put aside: the name is free.
    ///
    /// # Errors
    /// That it can be neither removed nor put aside.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<()> {
        match beneath::remove(&self.base, &self.at(&name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.during(Action::Remove, &self.file(name)),
        }
    }

    /// Removes everything in it, except what has one of these names.
    ///
    /// # Errors
    /// The first thing that cannot be removed.
    pub fn clear_except(&self, kept: &[&str]) -> Result<()> {
        for name in self.names()? {
            if !kept.iter().any(|kept| name == *kept) {
                self.remove(name)?;
            }
        }
        Ok(())
    }

    /// Fails unless what has this name is a regular file, or a folder that holds nothing else.
    ///
    /// # Errors
    /// A link, a pipe or the like, with its path.
    pub(crate) fn check_plain(&self, name: impl AsRef<Path>) -> Result<()> {
        beneath::check_plain(&self.base, &self.at(&name)).during(Action::Read, &self.file(name))
    }

    /// Moves a file or folder into another folder of the same result folder.
    ///
    /// # Errors
    /// That it cannot be moved.
    pub(crate) fn move_to(&self, name: impl AsRef<Path>, to: &Self) -> Result<()> {
        beneath::rename(&self.base, &self.at(&name), &to.at(&name)).during(Action::Move, &to.file(name))
    }

    /// Moves a file from a folder in which a worker staged it, in place of what has its name.
    ///
    /// # Errors
    /// A name that leads out of that folder, a link, a pipe or the like, and that it cannot be moved.
    pub fn take_from(&self, staging: &Self, name: impl AsRef<Path>) -> Result<()> {
        staging.check_plain(&name)?;
        staging.move_to(name, self)
    }

    /// Removes the folder itself if it is empty; says whether it is gone.
    pub(crate) fn remove_if_empty(&self) -> bool {
        self.names().is_ok_and(|names| names.is_empty()) && beneath::remove(&self.base, &self.below).is_ok()
    }

    /// Makes the names in it outlast a power cut.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        open_folder(&self.path)?.sync_all()
    }

    /// Makes what is in its files outlast a power cut.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync_contents(&self) -> Result<()> {
        sync_file_system(&self.path).during(Action::Flush, &self.path)
    }

    /// Bytes in it and in everything below it; links are not followed.
    pub fn size(&self) -> u64 {
        size(&self.path)
    }
}

fn size(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_inside_are_taken_from_a_staging_folder() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = Directory::new(temporary.path().join("out"));
        fs::create_dir(directory.path()).unwrap();
        fs::write(temporary.path().join("secret"), "secret").unwrap();
        let staging = directory.create_folder(".staged").unwrap();
        staging.write("y.npy", b"new").unwrap();
        std::os::unix::fs::symlink(temporary.path().join("secret"), staging.file("link.npy")).unwrap();
        std::os::unix::fs::symlink("secret", directory.file("y.npy")).unwrap();
        for name in ["../../secret", "link.npy", "/etc/passwd", "none.npy"] {
            assert!(directory.take_from(&staging, name).is_err(), "{name}");
        }
        assert_eq!(fs::read(temporary.path().join("secret")).unwrap(), b"secret");
        directory.take_from(&staging, "y.npy").unwrap();
        assert_eq!(directory.read("y.npy", 10).unwrap(), b"new");
        assert_eq!(directory.names().unwrap().len(), 2);
    }

    #[test]
    fn folders_are_emptied_and_counted() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = Directory::new(temporary.path());
        directory.create_folder("a/b").unwrap().write("c", b"12345").unwrap();
        directory.write_whole("d", b"678").unwrap();
        assert_eq!(directory.size(), 8);
        directory.clear_except(&["d"]).unwrap();
        assert_eq!(directory.names().unwrap(), ["d"]);
        directory.create_empty_folder("d").unwrap();
        assert_eq!(directory.size(), 0);
        directory.remove("nothing").unwrap();
    }
}
