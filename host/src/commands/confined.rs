//! Commands that read files of others themselves confine this process before they do: nothing is written but their outputs, no
//! program is started, and nothing is connected to. Commands that start plugins cannot; their workers are confined instead.

use std::fs;
use std::path::{Path, PathBuf};

use nnc_files::open_folder;
use nnc_messages::Result;
use nnc_sandbox::Outputs;

/// From now on nothing is written.
pub(crate) fn to_reading() -> Result<()> {
    Ok(Outputs::default().confine()?)
}

/// From now on writes happen beneath `folder` alone.
pub(crate) fn to_folder(folder: &Path) -> Result<()> {
    Ok(Outputs::default().writing(folder).confine()?)
}

/// From now on writes happen in the folder of `file` alone, where it gets its name.
pub(crate) fn to_file(file: &Path) -> Result<()> {
    Ok(file_outputs(file)?.confine()?)
}

/// What a command writes that makes `file`: in its folder, where it gets its name.
pub(crate) fn file_outputs(file: &Path) -> Result<Outputs> {
    let file = std::path::absolute(file)?;
    Ok(file.parent().map_or_else(Outputs::default, |folder| Outputs::default().writing(folder)))
}

/// What a command writes that makes a folder: beneath `staging`, which gets its final name in `within` or beneath, and beneath what
/// it may replace.
pub(crate) fn folder_outputs(staging: &Path, within: &Path, replaced: &Path) -> Outputs {
    let mut outputs = Outputs::default().naming(within);
    for folder in [staging, replaced] {
        // Not where a link leads.
        if folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            outputs = outputs.writing(folder);
        }
    }
    outputs
}

/// Folders that were made for something that may yet fail: those that are empty in the end go again.
pub(crate) struct NewFolders {
    /// The deepest that was there before.
    pub(crate) within: PathBuf,
    made: Vec<PathBuf>,
}

impl NewFolders {
    /// Makes `path`, which is absolute, and the folders above it, as far as possible: what cannot be made is told by whoever needs it.
    pub(crate) fn make(path: &Path) -> Self {
        let within = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        let missing: Vec<&Path> = path.ancestors().take_while(|folder| *folder != within).collect();
        let made = missing.into_iter().rev().filter(|folder| fs::create_dir(folder).is_ok()).map(Path::to_owned);
        Self { made: made.collect(), within: within.to_owned() }
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // Another call may have taken the empty folder for its own, and locked it.
            let lock = open_folder(folder);
            if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_stay_empty_go_again() {
        let place = tempfile::tempdir().unwrap();
        let deep = place.path().join("a/b/c");
        let folders = NewFolders::make(&deep);
        assert!(deep.is_dir() && folders.within == place.path());
        drop(folders);
        assert!(!place.path().join("a").exists() && place.path().exists());
        // Not what another call has taken meanwhile.
        let folders = NewFolders::make(&deep);
        let lock = open_folder(&deep).unwrap();
        lock.try_lock().unwrap();
        drop(folders);
        assert!(deep.is_dir());
        drop(lock);
        fs::remove_dir_all(place.path().join("a")).unwrap();
        let folders = NewFolders::make(&deep);
        fs::write(place.path().join("a/kept"), "").unwrap();
        drop(folders);
        assert!(place.path().join("a/kept").exists() && !place.path().join("a/b").exists());
    }
}
