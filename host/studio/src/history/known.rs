//! What the command `jobs` said about folders, for as long as their files stay as they were then.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nnc_result_folder::names::{EVALUATE_STATUS, EVALUATION, MODEL, TRAIN_STATUS};
use serde_json::Value;

use crate::name::ResultId;
use crate::workspace::Workspace;

/// Looking for results walks through the whole folder, and every page asks for jobs every other second.
const AGE: Duration = Duration::from_secs(1);

/// What the command said about folders, with the state of the files at that time.
#[derive(Default)]
pub(crate) struct History {
    known: Mutex<HashMap<ResultId, (State, Value)>>,
    /// The results that were found last, and when.
    found: Mutex<Option<(Instant, Arc<Vec<ResultId>>)>>,
}

/// Sizes and times of the files that say what a folder holds.
pub(super) type State = Vec<Option<(u64, i64, i64)>>;

/// The state of the files of a folder now.
pub(super) fn state(workspace: &Workspace, result: &ResultId) -> State {
    let of = |name: &str| {
        let found = std::fs::symlink_metadata(workspace.at(result.path()).join(name)).ok()?;
        Some((found.len(), found.mtime(), found.mtime_nsec()))
    };
    [TRAIN_STATUS, EVALUATE_STATUS, EVALUATION, MODEL].into_iter().map(of).collect()
}

impl History {
    /// The results that there are, or were a moment ago.
    pub(crate) fn recent(&self, workspace: &Workspace) -> Arc<Vec<ResultId>> {
        // One looks, and the others wait for what it finds.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match &*found {
            Some((when, results)) if when.elapsed() < AGE => Arc::clone(results),
            _ => {
                let results = Arc::new(super::results(workspace));
                *found = Some((Instant::now(), Arc::clone(&results)));
                results
            }
        }
    }

    /// What is known and still true.
    pub(super) fn get(&self, workspace: &Workspace, id: &ResultId) -> Option<Value> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (then, value) = known.get(id)?;
        (*then == state(workspace, id)).then(|| value.clone())
    }

    /// Keeps what the command said about a folder when its files were as `state` says.
    pub(super) fn insert(&self, id: &ResultId, state: State, value: Value) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), (state, value));
    }
}
