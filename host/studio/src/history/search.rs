//! Which folders of the studio hold what a job leaves.

use std::path::{Path, PathBuf};

use nnc_result_folder::names::{EVALUATE_STATUS, EVALUATION, TRAIN_STATUS};

use crate::name::{Name, ResultId};
use crate::workspace::Workspace;

/// Folders below each other that are searched, as the command does.
const DEPTH: usize = 5;
/// Folders that are shown at most, and those that are looked into for them: the studio's folder may hold anything else.
const MOST: usize = 2_000;
const MOST_SEEN: usize = 20_000;

/// Every result in the studio's folder.
pub(crate) fn results(workspace: &Workspace) -> Vec<ResultId> {
    let mut found = Vec::new();
    search(workspace, &mut Vec::new(), &mut 0, &mut found);
    found
}

/// Whether a folder holds what a job leaves.
pub(crate) fn is_result(workspace: &Workspace, path: &Path) -> bool {
    [TRAIN_STATUS, EVALUATE_STATUS, EVALUATION].iter().any(|name| workspace.has_file(path.join(name)))
}

fn search(workspace: &Workspace, names: &mut Vec<String>, seen: &mut usize, found: &mut Vec<ResultId>) {
    let path: PathBuf = names.iter().collect();
    if !names.is_empty() && is_result(workspace, &path) {
        found.extend(ResultId::new(&names.join("~")).ok());
        return;
    }
    if names.len() >= DEPTH {
        return;
    }
    for name in workspace.names(&path).unwrap_or_default() {
        if found.len() >= MOST || *seen >= MOST_SEEN {
            return;
        }
        // Folders of pictures are large, and hold no jobs.
        let is_ours = names.is_empty() && matches!(name.as_str(), "datasets" | "projects" | "masks");
        if !is_ours && Name::new(&name).is_ok() && workspace.has_folder(path.join(&name)) {
            *seen += 1;
            names.push(name);
            search(workspace, names, seen, found);
            names.pop();
        }
    }
}
