//! How datasets were made: the summary that `dataset create` leaves in their folders. Those files name every picture, so they are
//! read once and only the summary is kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::workspace::Workspace;

/// What `dataset create` leaves in its folder.
const MARK: &str = ".dataset-create.json";
const MARK_BYTES: u64 = 64 << 20;

/// Summaries, with size and time of the files that they were read from.
#[derive(Default)]
pub(crate) struct Creations(Mutex<HashMap<PathBuf, ((u64, u64), Arc<Value>)>>);

impl Creations {
    /// The summary of the dataset in `folder`; null for one that was not made by the command.
    pub(crate) fn of(&self, workspace: &Workspace, folder: &Path) -> Arc<Value> {
        let mark = folder.join(MARK);
        let Ok((bytes, modified)) = workspace.facts(&mark) else { return Arc::default() };
        let state = (bytes, modified.to_bits());
        if let Some((_, summary)) = self.lock().get(folder).filter(|(known, _)| *known == state) {
            return Arc::clone(summary);
        }
        let read = || -> Option<Value> {
            let mut mark: Value = serde_json::from_slice(&workspace.read(&mark, MARK_BYTES).ok()?).ok()?;
            mark.get_mut("summary").map(Value::take)
        };
        let summary = Arc::new(read().unwrap_or_default());
        self.lock().insert(folder.to_owned(), (state, Arc::clone(&summary)));
        summary
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, ((u64, u64), Arc<Value>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
