//! A job as its file says: what it does, how far it came, and which process does it, so that a studio that is started again finds
//! it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::process::Mark;
use super::work::Work;
use crate::name::Id;
use crate::workspace::{JOBS, Workspace};

/// Far more than a record has.
const MOST: u64 = 1 << 20;

/// Files of a job in its folder.
pub(crate) const RECORD: &str = "job.json";
pub(crate) const LOG: &str = "log.txt";
pub(crate) const ANSWER: &str = "answer.json";
pub(crate) const PROGRESS: &str = "progress.json";

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Queued,
    Running,
    Stopping,
    Finished,
    Failed,
    Stopped,
    Interrupted,
}

impl State {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Stopped | Self::Interrupted)
    }

    pub(crate) fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: Id,
    pub(crate) work: Work,
    pub(crate) state: State,
    /// Seconds since 1970.
    pub(crate) created: f64,
    pub(crate) started: Option<f64>,
    pub(crate) ended: Option<f64>,
    /// Why it failed.
    pub(crate) message: Option<String>,
    /// In which language it speaks.
    pub(crate) language: String,
    /// Its process.
    pub(crate) process: Option<Mark>,
}

impl Record {
    pub(crate) fn folder(&self) -> PathBuf {
        PathBuf::from(JOBS).join(&self.id)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// The file with its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.file(LOG)
    }

    /// Writes it down; a studio that cannot goes on with what it knows.
    pub(crate) fn save(&self, workspace: &Workspace) {
        if let Ok(bytes) = serde_json::to_vec_pretty(self) {
            let _ = workspace.write(self.file(RECORD), &bytes);
        }
    }

    /// Every job that was written down, the oldest first.
    pub(crate) fn all(workspace: &Workspace) -> Vec<Self> {
        let names = workspace.names(JOBS).unwrap_or_default();
        let read = |name: &String| -> Option<Self> {
            let id = Id::new(name).ok()?;
            let bytes = workspace.read(PathBuf::from(JOBS).join(&id).join(RECORD), MOST).ok()?;
            serde_json::from_slice::<Self>(&bytes).ok().filter(|record| record.id == id)
        };
        let mut records: Vec<Self> = names.iter().filter_map(read).collect();
        records.sort_by(|a, b| a.created.total_cmp(&b.created));
        records
    }
}
