//! What changes in the folder without the studio: a project edited by hand, a job of the command line, a dataset that somebody copied
//! there. Looked for every now and then, and only while a page listens.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nnc_result_folder::names::{EVALUATE_STATUS, EVALUATION, TRAIN_STATUS};

use crate::history;
use crate::studio::{Changed, Studio};
use crate::workspace::{DATASETS, PROJECTS, Workspace};

const PAUSE: Duration = Duration::from_secs(2);

/// Tells pages what has changed, for as long as the studio is open.
pub(crate) async fn watch(studio: Arc<Studio>) {
    let mut seen: HashMap<Changed, u64> = HashMap::new();
    loop {
        tokio::time::sleep(PAUSE).await;
        if !studio.is_watched() {
            seen.clear();
            continue;
        }
        let workspace = Arc::clone(&studio.workspace);
        let Ok(now) = tokio::task::spawn_blocking(move || look(&workspace)).await else { continue };
        for (what, state) in now {
            // The first look comes after the page has fetched what it shows, so there may be something new in it.
            if seen.insert(what, state).is_none_or(|before| before != state) {
                studio.changed(what);
                if what == Changed::Results {
                    studio.changed(Changed::Jobs);
                }
            }
        }
    }
}

fn look(workspace: &Workspace) -> [(Changed, u64); 3] {
    let folder = |inside: &str| {
        let names = workspace.names(inside).unwrap_or_default();
        let files = names.iter().map(|name| workspace.at(inside).join(name));
        state(files.map(|path| (path.display().to_string(), stamp(&path))))
    };
    let results = history::results(workspace).into_iter().flat_map(|result| {
        let path = workspace.at(result.path());
        [TRAIN_STATUS, EVALUATE_STATUS, EVALUATION].map(|name| (result.to_string(), stamp(&path.join(name))))
    });
    [(Changed::Datasets, folder(DATASETS)), (Changed::Projects, folder(PROJECTS)), (Changed::Results, state(results))]
}

fn state(of: impl Iterator<Item = (String, Option<(u64, i64, i64)>)>) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.for_each(|one| one.hash(&mut hasher));
    hasher.finish()
}

fn stamp(path: &Path) -> Option<(u64, i64, i64)> {
    let found = std::fs::symlink_metadata(path).ok()?;
    Some((found.len(), found.mtime(), found.mtime_nsec()))
}
