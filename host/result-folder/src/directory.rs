//! Access to what lies in a folder, by names relative to it. Whatever jobs read or write in a result folder goes through
//! here, so this is the one place that decides how such a path is opened.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use nnc_files::{sync_file_system, write_atomically};

use crate::error::{Action, During, Result};

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory(PathBuf);

impl Directory {
    /// The folder `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Path of a file in it, for messages and for those who need a path.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// A folder in it, which need not exist yet.
    #[must_use]
    pub fn folder(&self, name: impl AsRef<Path>) -> Self {
        Self(self.0.join(name))
    }

    /// Whether there is such a file or folder.
    pub fn has(&self, name: impl AsRef<Path>) -> bool {
        self.file(name).exists()
    }

    /// Names of everything that lies directly in it.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn names(&self) -> Result<Vec<OsString>> {
        let entries = fs::read_dir(&self.0).during(Action::Read, &self.0)?;
        entries.map(|entry| entry.map(|entry| entry.file_name()).during(Action::Read, &self.0)).collect()
    }

    /// Opens a file to read.
    ///
    /// # Errors
    /// That it cannot be opened.
    pub fn open(&self, name: impl AsRef<Path>) -> Result<File> {
        let path = self.file(name);
        File::open(&path).during(Action::Open, &path)
    }

    /// What is in a file.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn read(&self, name: impl AsRef<Path>) -> Result<Vec<u8>> {
        let path = self.file(name);
        let mut bytes = Vec::new();
        File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).during(Action::Read, &path)?;
        Ok(bytes)
    }

    /// Creates a file to write, or empties it.
    ///
    /// # Errors
    /// That it cannot be created.
    pub fn create(&self, name: impl AsRef<Path>) -> Result<File> {
        let path = self.file(name);
        File::create(&path).during(Action::Write, &path)
    }

    /// Opens a file to write behind its end.
    ///
    /// # Errors
    /// That it cannot be opened.
    pub fn append(&self, name: impl AsRef<Path>) -> Result<File> {
        let path = self.file(name);
        OpenOptions::new().append(true).open(&path).during(Action::Open, &path)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let path = self.file(name);
        fs::write(&path, bytes).during(Action::Write, &path)
    }

    /// Writes a file that appears whole or not at all.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn write_whole(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let path = self.file(name);
        write_atomically(&path, bytes).during(Action::Write, &path)
    }

    /// Creates a folder in it, and those between.
    ///
    /// # Errors
    /// That it cannot be created.
    pub fn create_folder(&self, name: impl AsRef<Path>) -> Result<Self> {
        let path = self.file(name);
        fs::create_dir_all(&path).during(Action::Create, &path)?;
        Ok(Self(path))
    }

    /// Creates an empty folder in it, without what may have been there.
    ///
    /// # Errors
    /// That the old one cannot be removed, or the new one not be created.
    pub fn create_empty_folder(&self, name: impl AsRef<Path>) -> Result<Self> {
        self.remove(&name)?;
        let path = self.file(name);
        fs::create_dir(&path).during(Action::Create, &path)?;
        Ok(Self(path))
    }

    /// Removes a file or folder that may not be there.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<()> {
        let path = self.file(name);
        let removed = match fs::symlink_metadata(&path) {
            Ok(kind) if kind.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        removed.during(Action::Remove, &path)
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

    /// Moves a file or folder into another folder.
    ///
    /// # Errors
    /// That it cannot be moved.
    pub(crate) fn move_to(&self, name: impl AsRef<Path>, to: &Self) -> Result<()> {
        let target = to.file(&name);
        fs::rename(self.file(name), &target).during(Action::Move, &target)
    }

    /// Removes the folder itself if it is empty; says whether it is gone.
    pub(crate) fn remove_if_empty(&self) -> bool {
        fs::remove_dir(&self.0).is_ok()
    }

    /// Makes the names in it outlast a power cut.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    /// Makes what is in its files outlast a power cut.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync_contents(&self) -> Result<()> {
        sync_file_system(&self.0).during(Action::Flush, &self.0)
    }

    /// Bytes in it and in everything below it.
    pub fn size(&self) -> u64 {
        size(&self.0)
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
