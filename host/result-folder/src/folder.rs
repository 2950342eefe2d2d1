//! The result folder itself: its lock, staging folders, publication and recovery.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use nnc_files::{is_temporary, open_folder};

use crate::checkpoint;
use crate::directory::Directory;
use crate::error::{Action, During, FolderError, Result};
use crate::journal::Journal;
use crate::names::{self, OF_EVALUATION, OF_REPORT, REPORT_STAGING};
use crate::names::{EVALUATE_LOG, EVALUATE_STATUS, TRAIN_STATUS};
use crate::phase::Phase;

/// A job's folder, locked against other jobs for as long as this value lives.
pub struct ResultFolder {
    directory: Directory,
    /// Holds the lock; the kernel drops it with the process.
    _lock: File,
}

impl ResultFolder {
    /// Opens `path` for a first job of kind `phase`, creating it if need be, and locks it. A publication that was cut off is
    /// ended.
    ///
    /// # Errors
    /// A folder in which another job runs, that cannot be created, or that holds files of others with the names of results.
    pub fn open(path: &Path, phase: Phase) -> Result<Self> {
        let path = std::path::absolute(path).during(Action::Find, path)?;
        if let Err(error) = fs::create_dir_all(&path) {
            return Err(FolderError::NotCreated { path, error });
        }
        let lock = open_folder(&path).during(Action::Open, &path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy { path }),
            Err(TryLockError::Error(error)) => return Err(error).during(Action::Open, &path),
        }
        let folder = Self { directory: Directory::new(path), _lock: lock };
        folder.recover()?;
        folder.refuse_unrelated(phase)?;
        Ok(folder)
    }

    /// Ends a publication that a power cut or a kill has cut off: what its journal names goes where it was going, so that
    /// old and new results never stand side by side.
    fn recover(&self) -> Result<()> {
        // Every journal is looked at before anything is touched.
        let journals = Phase::ALL.map(|phase| Journal::read(&self.directory, phase).map(|journal| (phase, journal)));
        for (phase, journal) in journals.into_iter().collect::<Result<Vec<_>>>()? {
            match journal {
                Some(journal) => journal.resume(&self.directory)?,
                None => self.take_back(phase)?,
            }
        }
        // Only now: a report that was being published is staged there.
        self.directory.remove(REPORT_STAGING)
    }

    /// Moves back what a failed publication could not.
    fn take_back(&self, phase: Phase) -> Result<()> {
        let old = self.directory.folder(phase.replaced());
        for name in old.names().unwrap_or_default() {
            if name.to_str().is_some_and(names::is_result) && !self.directory.has(&name) {
                old.move_to(&name, &self.directory)?;
            }
        }
        Ok(())
    }

    /// Refuses a folder in which files that are not of a job have the names of results: a job would replace them. A folder
    /// with a status file has held a job.
    fn refuse_unrelated(&self, phase: Phase) -> Result<()> {
        let names = self.replaced(phase);
        if names.is_empty() || [TRAIN_STATUS, EVALUATE_STATUS].iter().any(|name| self.directory.has(name)) {
            return Ok(());
        }
        Err(FolderError::NotOurs { path: self.path().to_owned(), names })
    }

    /// What lies in it.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.file(name)
    }

    /// Names of files that a successful job of this kind will replace or remove: results that depend on an old model
    /// go with it.
    pub fn replaced(&self, phase: Phase) -> Vec<&'static str> {
        let evaluation: &[&[&str]] = match phase {
            Phase::Train => &[OF_EVALUATION, &[EVALUATE_LOG, EVALUATE_STATUS]],
            Phase::Evaluate => &[],
        };
        let names = phase.results().iter().chain(evaluation.iter().copied().flatten()).copied();
        names.filter(|name| self.directory.has(name)).collect()
    }

    /// A folder beside the results for the worker. What an interrupted evaluation has left there stays if it is to be
    /// `kept`, so that the worker can resume it.
    ///
    /// # Errors
    /// That it cannot be emptied or created.
    pub fn staging(&self, phase: Phase, kept: bool) -> Result<Directory> {
        let staging = self.directory.folder(phase.staging());
        if kept && checkpoint::rows_in(&staging) > 0 {
            return Ok(staging);
        }
        self.directory.create_empty_folder(phase.staging())
    }

    /// An empty folder beside the results for a report that is rebuilt; not that of evaluations, which may hold an
    /// interrupted one.
    ///
    /// # Errors
    /// That it cannot be emptied or created.
    pub fn report_staging(&self) -> Result<Directory> {
        self.directory.create_empty_folder(REPORT_STAGING)
    }

    /// Fails unless what a worker staged under the names of results is files, and folders of files: no links, which lead
    /// elsewhere, and no pipes, which let whoever opens them wait.
    ///
    /// # Errors
    /// The first that is something else.
    pub fn ensure_plain(&self, phase: Phase, staging: &Directory) -> Result<()> {
        ensure_plain(staging, phase.results())
    }

    /// Moves what a worker staged to the final names and removes what it replaces. After an error everything is as it
    /// was before.
    ///
    /// # Errors
    /// The first thing that could not be done.
    pub fn publish(&self, phase: Phase, staging: &Directory) -> Result<()> {
        self.exchange(phase, staging, &self.replaced(phase), phase.results())?;
        match phase {
            // It was one of the old model.
            Phase::Train => self.directory.remove(Phase::Evaluate.staging()),
            Phase::Evaluate => Ok(()),
        }
    }

    /// Moves a rebuilt report from `staging` to its final names. The earlier one goes, the other results stay; after an
    /// error everything is as it was before.
    ///
    /// # Errors
    /// The first thing that could not be done.
    pub fn publish_report(&self, staging: &Directory) -> Result<()> {
        let replaced: Vec<&str> = OF_REPORT.iter().copied().filter(|name| self.directory.has(name)).collect();
        self.exchange(Phase::Evaluate, staging, &replaced, OF_REPORT)
    }

    /// Removes the staging folder of a report that could not be rebuilt.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn discard_report(&self) -> Result<()> {
        self.directory.remove(REPORT_STAGING)
    }

    fn exchange(&self, phase: Phase, staging: &Directory, replaced: &[&str], names: &[&str]) -> Result<()> {
        // Data first, names after: a power cut must not leave names without data.
        staging.sync_contents()?;
        // What a plugin has put into its staging folder is published as files, not as links or pipes.
        ensure_plain(staging, names)?;
        Journal::plan(phase, staging, replaced, names).publish(&self.directory)
    }

    /// What earlier jobs left and what could not be removed, as a plugin can make it: it is out of the way, and every job tries
    /// again.
    pub fn left_over(&self) -> Vec<PathBuf> {
        let names = self.directory.names().unwrap_or_default();
        names.iter().filter(|name| is_temporary(name)).map(|name| self.directory.file(name)).collect()
    }

    /// How many images an interrupted evaluation has finished here.
    pub fn finished_rows(&self) -> usize {
        finished_rows(self.path())
    }
}

fn ensure_plain(staging: &Directory, names: &[&str]) -> Result<()> {
    names.iter().filter(|name| staging.has(name)).try_for_each(|name| staging.check_plain(name))
}

/// How many images an interrupted evaluation in the folder `path` has finished.
pub fn finished_rows(path: &Path) -> usize {
    checkpoint::rows_in(&Directory::new(path).folder(Phase::Evaluate.staging()))
}

/// Whether a job is running in the folder `path`, as far as can be seen.
pub fn is_busy(path: &Path) -> bool {
    open_folder(path).is_ok_and(|lock| lock.try_lock_shared().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_a_training_takes_the_old_evaluation_away_and_leaves_other_files_alone() {
        let dir = tempfile::tempdir().unwrap();
        let out = ResultFolder::open(&dir.path().join("deep/out"), Phase::Train).unwrap();
        out.directory().create_folder("outputs").unwrap();
        for name in ["results.nnp", "outputs/0.csv", "report.html", "my notes.txt", "train_status.json"] {
            out.directory().write(name, b"old").unwrap();
        }
        assert_eq!(out.replaced(Phase::Train), ["results.nnp", "outputs", "report.html"]);
        let staging = out.staging(Phase::Train, false).unwrap();
        staging.write("results.nnp", b"new").unwrap();
        out.publish(Phase::Train, &staging).unwrap();
        assert_eq!(out.directory().read("results.nnp", 9).unwrap(), b"new");
        let mut left = out.directory().names().unwrap();
        left.sort();
        assert_eq!(left, ["my notes.txt", "results.nnp", "train_status.json"]);
    }

    #[test]
    fn files_that_no_job_made_are_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("outputs")).unwrap();
        fs::write(dir.path().join("report.html"), "my thesis").unwrap();
        let error = ResultFolder::open(dir.path(), Phase::Train).err().unwrap();
        assert!(matches!(error, FolderError::NotOurs { names, .. } if names == ["outputs", "report.html"]));
    }

    #[test]
    fn a_rebuilt_report_whose_publication_was_cut_off_is_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let out = ResultFolder::open(dir.path(), Phase::Evaluate).unwrap();
        out.directory().write("evaluate_status.json", b"{}").unwrap();
        out.directory().write("report.html", b"old").unwrap();
        let staging = out.report_staging().unwrap();
        staging.write("report.html", b"new").unwrap();
        let journal = Journal::plan(Phase::Evaluate, &staging, &["report.html"], OF_REPORT);
        out.directory().write(".evaluate.moves.json", &serde_json::to_vec(&journal).unwrap()).unwrap();
        // The power went after the first move.
        let replaced = out.directory().create_folder(".evaluate.replaced").unwrap();
        out.directory().move_to("report.html", &replaced).unwrap();
        drop(out);
        let out = ResultFolder::open(dir.path(), Phase::Evaluate).unwrap();
        assert_eq!(out.directory().read("report.html", 9).unwrap(), b"new");
        assert!(!out.directory().has(REPORT_STAGING) && !out.directory().has(".evaluate.moves.json"));
    }

    #[test]
    fn a_staged_link_or_pipe_is_not_published() {
        let dir = tempfile::tempdir().unwrap();
        let out = ResultFolder::open(&dir.path().join("out"), Phase::Train).unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        let staging = out.staging(Phase::Train, false).unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), staging.file("results.nnp")).unwrap();
        let error = out.publish(Phase::Train, &staging).unwrap_err();
        assert!(matches!(error, FolderError::File { action: Action::Read, .. }), "{error:?}");
        assert!(!out.directory().has("results.nnp"));
    }

    #[test]
    fn a_log_that_is_a_link_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let out = ResultFolder::open(&dir.path().join("out"), Phase::Train).unwrap();
        fs::write(dir.path().join("thesis"), "mine").unwrap();
        std::os::unix::fs::symlink(dir.path().join("thesis"), out.file("train_log.txt")).unwrap();
        out.directory().write("train_log.txt", b"log").unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("thesis")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(out.file("train_log.txt")).unwrap(), "log");
    }

    #[test]
    fn a_folder_serves_one_job_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_busy(dir.path()));
        let first = ResultFolder::open(dir.path(), Phase::Train).unwrap();
        assert!(is_busy(dir.path()));
        let error = ResultFolder::open(dir.path(), Phase::Train).err().unwrap();
        assert!(matches!(error, FolderError::Busy { .. }));
        drop(first);
        assert!(ResultFolder::open(dir.path(), Phase::Train).is_ok());
    }
}
