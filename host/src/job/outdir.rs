//! The folder a job writes into: one job at a time, nothing half-written under a final name, nothing of an older job
//! mixed with a newer one.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use nnc_files::sync_file_system;

use crate::job::Phase;
use crate::job::checkpoint;
use crate::job::moves::Moves;
use crate::job::results::CONFUSION_MATRIX;
use crate::language::Message;
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, Result};

/// What training leaves.
const TRAIN_FILES: &[&str] = &["results.nnp", "results.nntxt", "result_train_best.nnp", "result_train_last.nnp"];
/// What evaluation leaves.
const EVALUATE_FILES: &[&str] = &[
    "output_result.csv",
    "outputs",
    "output_result.zip",
    CONFUSION_MATRIX,
    "result_evaluate.nnp",
    "evaluation.json",
    "scores.csv",
    "heatmaps",
    "report.html",
];

/// Where what is made anew of an evaluation is staged.
const REPORT_STAGING: &str = ".report.partial";

/// A job's folder, locked against other jobs for as long as this value lives.
pub(crate) struct OutDir {
    path: PathBuf,
    /// Holds the lock; the kernel drops it with the process.
    _lock: File,
}

impl OutDir {
    /// Opens `path` for a first job of kind `phase`, making it if need be, and locks it.
    pub(crate) fn open(path: &Path, phase: Phase) -> Result<Self> {
        let path = std::path::absolute(path).at(Doing::Find, path)?;
        fs::create_dir_all(&path)
            .map_err(|e| Failure::new(Exit::Usage, Message::FolderCannotBeMade.with(&[&path.display(), &e])))?;
        let lock = File::open(&path).at(Doing::Open, &path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(Exit::Usage, Message::FolderIsBusy.with(&[&path.display()])));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let out = Self { path, _lock: lock };
        out.recover()?;
        out.refuse_strangers(phase)?;
        Ok(out)
    }

    /// Ends a publication that a power cut or a kill has cut off: what its journal names goes where it was going, so that
    /// old and new results never stand side by side.
    fn recover(&self) -> Result<()> {
        remove(&self.file(REPORT_STAGING))?;
        for phase in [Phase::Train, Phase::Evaluate] {
            if let Some(moves) = Moves::read(&self.path, phase)? {
                moves.resume(&self.path)?;
                continue;
            }
            // What a failed publication could not move back.
            let old = self.file(&format!(".{}.replaced", phase.name()));
            for entry in fs::read_dir(&old).into_iter().flatten() {
                let from = entry.at(Doing::Read, &old)?.path();
                let Some(home) = from.file_name().map(|name| self.path.join(name)) else { continue };
                if !home.exists() {
                    fs::rename(&from, &home).at(Doing::MoveResults, &home)?;
                }
            }
        }
        Ok(())
    }

    /// Refuses a folder in which somebody else's files have the names of results: a job would replace them. A folder
    /// with a status file has held a job.
    fn refuse_strangers(&self, phase: Phase) -> Result<()> {
        let names = self.replaced(phase);
        if names.is_empty() || ["train_status.json", "evaluate_status.json"].iter().any(|n| self.file(n).exists()) {
            return Ok(());
        }
        Err(Failure::new(Exit::Usage, Message::FolderIsForeign.with(&[&self.path.display(), &names.join(", ")])))
    }

    /// Path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of files that a successful job of this kind will replace or remove: results that depend on an old model
    /// go with it.
    pub(crate) fn replaced(&self, phase: Phase) -> Vec<&'static str> {
        let evaluation = EVALUATE_FILES.iter().chain(&["evaluate_log.txt", "evaluate_status.json"]);
        let names: Vec<&'static str> = match phase {
            Phase::Train => TRAIN_FILES.iter().chain(evaluation).copied().collect(),
            Phase::Evaluate => EVALUATE_FILES.to_vec(),
        };
        names.into_iter().filter(|name| self.file(name).exists()).collect()
    }

    /// A folder beside the results for the worker. What an interrupted evaluation has left there stays if it is to be
    /// `kept`, so that the worker can go on with it.
    pub(crate) fn staging(&self, phase: Phase, kept: bool) -> Result<PathBuf> {
        let path = staging(&self.path, phase);
        if kept && checkpoint::rows_kept(&path) > 0 { Ok(path) } else { emptied(path) }
    }

    /// An empty folder beside the results for what is made anew of a finished evaluation; not that of evaluations, which
    /// may hold an interrupted one.
    pub(crate) fn report_staging(&self) -> Result<PathBuf> {
        emptied(self.file(REPORT_STAGING))
    }

    /// Moves what a worker staged to the final names and removes what it replaces. After an error everything is as it
    /// was before.
    pub(crate) fn publish(&self, phase: Phase, staging: &Path) -> Result<()> {
        let names = match phase {
            Phase::Train => TRAIN_FILES,
            Phase::Evaluate => EVALUATE_FILES,
        };
        self.exchange(phase, staging, &self.replaced(phase), names)?;
        match phase {
            // It was one of the old model.
            Phase::Train => remove(&self::staging(&self.path, Phase::Evaluate)),
            Phase::Evaluate => Ok(()),
        }
    }

    /// Moves these files of an evaluation from `staging` to their final names. Earlier ones of these names go, all others
    /// stay; after an error everything is as it was before.
    pub(crate) fn publish_some(&self, staging: &Path, names: &[&'static str]) -> Result<()> {
        let replaced: Vec<&'static str> = names.iter().copied().filter(|name| self.file(name).exists()).collect();
        self.exchange(Phase::Evaluate, staging, &replaced, names)
    }

    fn exchange(&self, phase: Phase, staging: &Path, replaced: &[&str], names: &[&str]) -> Result<()> {
        // Data first, names after: a power cut must not leave names without data.
        sync_file_system(staging).at(Doing::WriteOut, staging)?;
        Moves::plan(&self.path, phase, staging, replaced, names).publish(&self.path)
    }
}

/// Makes a folder, without what may have been there.
fn emptied(path: PathBuf) -> Result<PathBuf> {
    remove(&path)?;
    fs::create_dir(&path).at(Doing::Make, &path)?;
    Ok(path)
}

/// Where the jobs of a folder leave what is not finished.
fn staging(out: &Path, phase: Phase) -> PathBuf {
    out.join(format!(".{}.partial", phase.name()))
}

/// How many images an interrupted evaluation in this folder has finished.
pub(crate) fn rows_kept(out: &Path) -> usize {
    checkpoint::rows_kept(&staging(out, Phase::Evaluate))
}

/// Whether a job is running in this folder, as far as can be seen.
pub(crate) fn is_busy(out: &Path) -> bool {
    File::open(out).is_ok_and(|lock| lock.try_lock_shared().is_err())
}

/// Removes a file or folder that may not be there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let result = match fs::symlink_metadata(path) {
        Ok(kind) if kind.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    };
    result.map_err(|e| Failure::new(Exit::Failed, format!("cannot remove {}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_a_training_takes_the_old_evaluation_away_and_leaves_strangers_alone() {
        let dir = tempfile::tempdir().unwrap();
        let out = OutDir::open(&dir.path().join("deep/out"), Phase::Train).unwrap();
        fs::create_dir(out.file("outputs")).unwrap();
        for name in ["results.nnp", "outputs/0.csv", "report.html", "my notes.txt", "train_status.json"] {
            fs::write(out.file(name), "old").unwrap();
        }
        assert_eq!(out.replaced(Phase::Train), ["results.nnp", "outputs", "report.html"]);
        let staging = out.staging(Phase::Train, false).unwrap();
        fs::write(staging.join("results.nnp"), "new").unwrap();
        out.publish(Phase::Train, &staging).unwrap();
        assert_eq!(fs::read_to_string(out.file("results.nnp")).unwrap(), "new");
        let mut left: Vec<_> = fs::read_dir(out.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["my notes.txt", "results.nnp", "train_status.json"]);
    }

    #[test]
    fn results_of_somebody_else_are_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("outputs")).unwrap();
        fs::write(dir.path().join("report.html"), "my thesis").unwrap();
        let error = OutDir::open(dir.path(), Phase::Train).err().unwrap();
        assert_eq!(error.exit, Exit::Usage);
        assert!(error.to_string().contains("outputs, report.html"), "{error}");
    }

    #[test]
    fn a_folder_serves_one_job_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = OutDir::open(dir.path(), Phase::Train).unwrap();
        let error = OutDir::open(dir.path(), Phase::Train).err().unwrap();
        assert_eq!(error.exit, Exit::Usage);
        assert!(error.to_string().contains("another job is running"), "{error}");
        drop(first);
        assert!(OutDir::open(dir.path(), Phase::Train).is_ok());
    }
}
