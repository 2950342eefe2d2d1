//! The folder that is made: it appears whole under its name or not at all.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nnc_files::{open_folder, open_regular, read_regular, remove_whole};

use crate::error::{CreateError, Obstacle, OptionError};
use crate::mark::{MARK, MAX_MARK};
use crate::shaping::Shaping;
use crate::summary::Note;

/// Lies in a folder in the making: what a killed call has left may be emptied, a folder of the user's may not.
const STAGED: &str = ".nnc-host-staged";

fn staging_beside(parent: &Path, name: &OsStr) -> PathBuf {
    parent.join(format!(".{}.partial", name.to_string_lossy()))
}

/// The folder in which a dataset that is to be `outdir`, an absolute path, is made. A caller may make it before; it has to be empty.
pub fn staging_of(outdir: &Path) -> Option<PathBuf> {
    Some(staging_beside(outdir.parent()?, outdir.file_name()?))
}

/// A folder in the making. What is in it goes with it unless it is published.
pub(crate) struct Output {
    path: PathBuf,
    staging: PathBuf,
    force: bool,
    published: bool,
    /// Held while the folder is written; the system drops it with the process.
    lock: File,
}

impl Output {
    /// Begins a folder that is to be `path`. An existing one is refused unless it is empty, or an earlier call made
    /// it, nothing was added to it and `force` is set.
    pub(crate) fn begin(path: &Path, force: bool) -> Result<Self, CreateError> {
        let path = std::path::absolute(path).map_err(|error| CreateError::unwritable(path, error))?;
        refuse_existing(&path, force)?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(CreateError::Option(OptionError::NoName(path)));
        };
        fs::create_dir_all(parent).map_err(|error| CreateError::unwritable(parent, error))?;
        let staging = staging_beside(parent, name);
        match fs::create_dir(&staging) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(CreateError::unwritable(&staging, error));
            }
            _ => refuse_link(&staging)?,
        }
        let lock = open_folder(&staging).map_err(|error| CreateError::unwritable(&staging, error))?;
        match lock.try_lock() {
            // Another call may have published or removed the folder between the two lines above.
            Ok(()) if is_at(&lock, &staging) => {}
            Ok(()) | Err(TryLockError::WouldBlock) => return Err(CreateError::Busy { path }),
            Err(TryLockError::Error(error)) => return Err(CreateError::unwritable(&staging, error)),
        }
        // Under the lock: what another call is making is neither looked at nor emptied.
        refuse_unknown(&staging)?;
        // What a killed call left there.
        let output = Self { path, staging, force, published: false, lock };
        empty(&output.staging).map_err(|error| CreateError::unwritable(&output.staging, error))?;
        output.write(STAGED, b"")?;
        Ok(output)
    }

    /// Where a file of the dataset is written for now.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// Makes a folder of the dataset, and those above it.
    pub(crate) fn folder(&self, name: &str) -> Result<(), CreateError> {
        let path = self.file(name);
        fs::create_dir_all(&path).map_err(|error| CreateError::unwritable(&path, error))
    }

    /// Writes a file of the dataset.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CreateError> {
        let path = self.file(name);
        fs::write(&path, bytes).map_err(|error| CreateError::unwritable(&path, error))
    }

    /// Gives the folder its name. `facts` and `shaping` say how it was made; its files are noted beside them.
    ///
    /// A folder that was replaced and could not be removed is no failure, for the new one is in place: a
    /// note says so.
    pub(crate) fn publish(self, facts: &serde_json::Value, shaping: &Shaping) -> Result<Option<Note>, CreateError> {
        self.publish_removing(facts, shaping, remove)
    }

    fn publish_removing(
        mut self,
        facts: &serde_json::Value,
        shaping: &Shaping,
        remove_old: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<Option<Note>, CreateError> {
        let unwritable = |error| CreateError::unwritable(&self.path, error);
        fs::remove_file(self.file(STAGED)).map_err(unwritable)?;
        let files = files_below(&self.staging).map_err(unwritable)?;
        let mark = serde_json::json!({ "made_by": "nnc-host dataset create", "summary": facts, "shaping": shaping, "files": files });
        self.write(MARK, &nnc_text::json::to_vec(&mark).map_err(|error| unwritable(error.into()))?)?;
        // Data first, names after: a power cut must not leave names without data.
        for file in &files {
            open_regular(&self.file(file)).and_then(|file| file.sync_all()).map_err(unwritable)?;
        }
        self.lock.sync_all().map_err(unwritable)?;
        refuse_existing(&self.path, self.force)?;
        let old = self.staging.with_extension("replaced");
        let replaces = self.path.exists();
        if replaces {
            refuse_existing(&old, true)?;
            remove(&old).and_then(|()| fs::rename(&self.path, &old)).map_err(unwritable)?;
        }
        if let Err(error) = fs::rename(&self.staging, &self.path) {
            if replaces {
                // Nothing more can be done about a disk that refuses even this.
                let _ = fs::rename(&old, &self.path);
            }
            return Err(unwritable(error));
        }
        self.published = true;
        if !replaces {
            return Ok(None);
        }
        Ok(remove_old(&old).err().map(|error| Note::OldRemains { reason: error.to_string(), path: old }))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.published {
            // The reason to stop is what the user hears, not this.
            let _ = remove(&self.staging);
        }
    }
}

/// A dataset inside its own source would be a class of it the next time.
pub(crate) fn refuse_nesting(source: &Path, outdir: &Path) -> Result<(), CreateError> {
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_default();
    let (source, outdir) = (real(source), real(outdir));
    if source == outdir {
        return Err(CreateError::SameFolder { path: source });
    }
    if outdir.starts_with(&source) {
        return Err(CreateError::Nested { inner: outdir, outer: source });
    }
    if source.starts_with(&outdir) {
        return Err(CreateError::Nested { inner: source, outer: outdir });
    }
    Ok(())
}

/// Refuses a link in the place of a folder in the making: it leads to other files of the user.
fn refuse_link(staging: &Path) -> Result<(), CreateError> {
    let found = fs::symlink_metadata(staging).map_err(|error| CreateError::unwritable(staging, error))?;
    if found.is_dir() {
        return Ok(());
    }
    Err(CreateError::Exists { path: staging.to_owned(), obstacle: Obstacle::NotAFolder })
}

/// Whether the folder that is open has this path.
fn is_at(folder: &File, path: &Path) -> bool {
    let opened = folder.metadata();
    let found = fs::symlink_metadata(path);
    opened.is_ok_and(|opened| found.is_ok_and(|found| (opened.dev(), opened.ino()) == (found.dev(), found.ino())))
}

/// Refuses a folder in the making that holds something and that no call has made.
fn refuse_unknown(staging: &Path) -> Result<(), CreateError> {
    let exists = |obstacle| Err(CreateError::Exists { path: staging.to_owned(), obstacle });
    let is_empty = fs::read_dir(staging).is_ok_and(|mut entries| entries.next().is_none());
    let is_ours = || fs::symlink_metadata(staging.join(STAGED)).is_ok_and(|found| found.is_file());
    if is_empty || is_ours() { Ok(()) } else { exists(Obstacle::NotMadeHere) }
}

fn refuse_existing(path: &Path, force: bool) -> Result<(), CreateError> {
    let exists = |obstacle: Obstacle| Err(CreateError::Exists { path: path.to_owned(), obstacle });
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CreateError::unwritable(path, error)),
        Ok(found) if !found.is_dir() => return exists(Obstacle::NotAFolder),
        Ok(_) => {}
    }
    let files = files_below(path).map_err(|error| CreateError::unreadable(path, error))?;
    if files.is_empty() && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(());
    }
    let mark: Option<serde_json::Value> =
        read_regular(&path.join(MARK), MAX_MARK).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(mark) = mark else {
        return exists(Obstacle::NotMadeHere);
    };
    let ours: HashSet<&str> =
        mark["files"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).chain([MARK]).collect();
    if let Some(other) = files.into_iter().find(|file| !ours.contains(file.as_str())) {
        return exists(Obstacle::OtherFile(other));
    }
    if !force {
        return exists(Obstacle::NotAsked);
    }
    Ok(())
}

/// Paths of all files below a folder, relative to it, with `/`.
fn files_below(root: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut waiting = vec![(root.to_owned(), String::new())];
    while let Some((folder, above)) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                waiting.push((entry.path(), name + "/"));
            } else {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        remove(&entry?.path())?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match remove_whole(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shaping::Mode;
    use nnc_dataset::AlphaPolicy;

    const SHAPING: Shaping = Shaping {
        width: 8,
        height: 8,
        channels: 3,
        mode: Mode::Resize,
        alpha: AlphaPolicy::Refuse,
        scale_sixteen_bit: false,
    };

    fn make(path: &Path, force: bool, content: &str) -> Result<(), CreateError> {
        let output = Output::begin(path, force)?;
        output.folder("0")?;
        output.write("0/a.png", content.as_bytes())?;
        assert!(output.publish(&serde_json::json!({}), &SHAPING)?.is_none());
        Ok(())
    }

    #[test]
    fn an_old_folder_that_stays_is_reported_and_does_not_undo_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        make(&path, false, "one").unwrap();
        let output = Output::begin(&path, true).unwrap();
        output.folder("0").unwrap();
        output.write("0/a.png", b"two").unwrap();
        let busy = |_: &Path| Err(io::Error::from(ErrorKind::ResourceBusy));
        let note = output.publish_removing(&serde_json::json!({}), &SHAPING, busy).unwrap();
        let reason = io::Error::from(ErrorKind::ResourceBusy).to_string();
        assert_eq!(note, Some(Note::OldRemains { reason, path: dir.path().join(".out.replaced") }));
        assert_eq!(fs::read_to_string(path.join("0/a.png")).unwrap(), "two");
        // The next call takes it away.
        make(&path, true, "three").unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_what_was_made_here_is_replaced_and_only_when_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/out");
        make(&path, false, "one").unwrap();
        let refused = |force, expected: Obstacle| match make(&path, force, "three") {
            Err(CreateError::Exists { obstacle, .. }) => assert_eq!(obstacle, expected),
            other => panic!("{other:?}"),
        };
        refused(false, Obstacle::NotAsked);
        make(&path, true, "two").unwrap();
        assert_eq!(fs::read_to_string(path.join("0/a.png")).unwrap(), "two");
        fs::write(path.join("my notes.txt"), "").unwrap();
        refused(true, Obstacle::OtherFile("my notes.txt".to_owned()));
        fs::remove_file(path.join("my notes.txt")).unwrap();
        fs::remove_file(path.join(MARK)).unwrap();
        refused(true, Obstacle::NotMadeHere);
        assert_eq!(fs::read_dir(dir.path().join("deep")).unwrap().count(), 1);
    }

    #[test]
    fn folders_of_others_are_not_emptied_whatever_they_are_called() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("thesis")).unwrap();
        fs::write(at("thesis/thesis.tex"), "precious").unwrap();
        std::os::unix::fs::symlink("thesis", at(".out.partial")).unwrap();
        let refused = || match make(&at("out"), true, "one") {
            Err(CreateError::Exists { obstacle, .. }) => obstacle,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(), Obstacle::NotAFolder);
        fs::remove_file(at(".out.partial")).unwrap();
        fs::rename(at("thesis"), at(".out.partial")).unwrap();
        assert_eq!(refused(), Obstacle::NotMadeHere);
        fs::rename(at(".out.partial"), at(".out.replaced")).unwrap();
        make(&at("out"), false, "one").unwrap();
        assert_eq!(refused(), Obstacle::NotMadeHere);
        assert_eq!(fs::read_to_string(at(".out.replaced/thesis.tex")).unwrap(), "precious");
        assert_eq!(fs::read_to_string(at("out/0/a.png")).unwrap(), "one");
    }

    #[test]
    fn nothing_is_left_of_a_folder_that_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        fs::create_dir(dir.path().join(".out.partial")).unwrap();
        fs::write(dir.path().join(".out.partial/left by a kill"), "").unwrap();
        fs::write(dir.path().join(".out.partial").join(STAGED), "").unwrap();
        let output = Output::begin(&path, false).unwrap();
        assert_eq!(files_below(&output.staging).unwrap(), [STAGED]);
        assert!(matches!(Output::begin(&path, false), Err(CreateError::Busy { .. })));
        drop(output);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        // An empty folder is as good as none.
        fs::create_dir(&path).unwrap();
        make(&path, false, "one").unwrap();
    }
}
