//! What was deleted, kept for a while so that it can be restored. Deleting is moving: nothing is copied, and nothing of a large
//! dataset is read.

use std::path::{Path, PathBuf};

use nnc_result_folder::epoch_seconds;
use serde::{Deserialize, Serialize};

use crate::name::{Id, Name, ResultId};
use crate::refusal::{Refusal, Result};
use crate::why::Why;
use crate::workspace::{DATASETS, PROJECTS, TRASH, Workspace};

/// What was deleted, in its folder, and what is known of it.
const CONTENT: &str = "content";
const ABOUT: &str = "item.json";
const ABOUT_BYTES: u64 = 1 << 16;
/// Seconds for which it is kept.
const KEPT: f64 = 7.0 * 86_400.0;

/// Something that was deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum What {
    Dataset {
        name: Name,
    },
    /// `file` has the ending.
    Project {
        name: Name,
        file: Name,
    },
    Result {
        name: ResultId,
    },
}

impl What {
    /// Where it was.
    fn path(&self) -> PathBuf {
        match self {
            Self::Dataset { name } => Path::new(DATASETS).join(name),
            Self::Project { file, .. } => Path::new(PROJECTS).join(file),
            Self::Result { name } => name.path(),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct About {
    #[serde(flatten)]
    what: What,
    deleted: f64,
}

/// What was deleted, as the API tells it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Trashed {
    id: Id,
    #[serde(flatten)]
    about: About,
}

pub(crate) fn dataset(workspace: &Workspace, name: Name) -> Result<Trashed> {
    delete(workspace, What::Dataset { name })
}

pub(crate) fn project(workspace: &Workspace, name: Name, file: Name) -> Result<Trashed> {
    delete(workspace, What::Project { name, file })
}

pub(crate) fn result(workspace: &Workspace, name: ResultId) -> Result<Trashed> {
    delete(workspace, What::Result { name })
}

fn delete(workspace: &Workspace, what: What) -> Result<Trashed> {
    let id = Id::fresh('t')?;
    let path = what.path();
    let about = About { what, deleted: epoch_seconds() };
    workspace.make(folder(&id))?;
    let text = serde_json::to_vec(&about).map_err(std::io::Error::from)?;
    let moved = workspace.write(folder(&id).join(ABOUT), &text);
    let moved = moved.and_then(|()| workspace.rename(&path, folder(&id).join(CONTENT)));
    if let Err(error) = moved {
        let _ = workspace.remove(folder(&id));
        return Err(Refusal::of_system(error, || Why::NoFile { name: path.display().to_string() }));
    }
    Ok(Trashed { id, about })
}

/// Everything that can be restored, the latest first.
pub(crate) fn list(workspace: &Workspace) -> Vec<Trashed> {
    let names = workspace.names(TRASH).unwrap_or_default();
    let ids = names.iter().filter_map(|name| Id::new(name).ok());
    let whole = ids.filter(|id| workspace.has(folder(id).join(CONTENT)));
    let mut items: Vec<Trashed> = whole.filter_map(|id| read(workspace, &id).ok()).collect();
    items.sort_by(|a, b| b.about.deleted.total_cmp(&a.about.deleted));
    items
}

/// Undoes a deletion.
pub(crate) fn restore(workspace: &Workspace, id: &Id) -> Result<Trashed> {
    let item = read(workspace, id)?;
    let path = item.about.what.path();
    if workspace.has(&path) {
        return Err(Refusal::exists(path.display()));
    }
    if let Some(parent) = path.parent() {
        workspace.make(parent)?;
    }
    workspace.rename(folder(id).join(CONTENT), &path)?;
    let _ = workspace.remove(folder(id));
    Ok(item)
}

/// Removes something for good.
pub(crate) fn purge(workspace: &Workspace, id: &Id) -> Result<()> {
    read(workspace, id)?;
    // First what makes it something that can be restored: of half a dataset nobody has any use.
    workspace.remove(folder(id).join(ABOUT))?;
    workspace.remove(folder(id)).map_err(Refusal::from)
}

/// Removes what is old, and what a studio has left that was killed: it had written down what it would move and had not moved it, it had
/// moved it back, or it had not removed all of it.
pub(crate) fn purge_old(workspace: &Workspace) {
    for id in workspace.names(TRASH).unwrap_or_default().iter().filter_map(|name| Id::new(name).ok()) {
        let is_whole = [CONTENT, ABOUT].iter().all(|name| workspace.has(folder(&id).join(name)));
        if !is_whole {
            let _ = workspace.remove(folder(&id));
        }
    }
    for item in list(workspace) {
        if epoch_seconds() - item.about.deleted > KEPT {
            let _ = workspace.remove(folder(&item.id));
        }
    }
}

fn read(workspace: &Workspace, id: &Id) -> Result<Trashed> {
    let unknown = || Why::NoItem { id: id.to_string() };
    let bytes = workspace.read(folder(id).join(ABOUT), ABOUT_BYTES).map_err(|e| Refusal::of_system(e, unknown))?;
    let about = serde_json::from_slice(&bytes).map_err(|_| Refusal::missing(unknown()))?;
    Ok(Trashed { id: id.clone(), about })
}

fn folder(id: &Id) -> PathBuf {
    Path::new(TRASH).join(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_studio_left_is_removed_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(place.path()).unwrap();
        for name in ["kept", "unmoved", "half"] {
            workspace.make(Path::new(DATASETS).join(name)).unwrap();
        }
        let [kept, unmoved, half] =
            ["kept", "unmoved", "half"].map(|name| dataset(&workspace, Name::new(name).unwrap()).unwrap());
        workspace.rename(folder(&unmoved.id).join(CONTENT), "datasets/unmoved").unwrap();
        workspace.remove(folder(&half.id).join(ABOUT)).unwrap();
        let ids = |workspace: &Workspace| list(workspace).into_iter().map(|item| item.id).collect::<Vec<_>>();
        assert_eq!(ids(&workspace), std::slice::from_ref(&kept.id), "what cannot be restored is not offered");
        purge_old(&workspace);
        assert_eq!(workspace.names(TRASH).unwrap(), [kept.id.to_string()]);
        restore(&workspace, &kept.id).unwrap();
        assert_eq!(workspace.names(DATASETS).unwrap(), ["kept", "unmoved"]);
    }

    #[test]
    fn what_is_deleted_comes_back() {
        let place = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(place.path()).unwrap();
        let name = Name::new("tiles").unwrap();
        assert_eq!(dataset(&workspace, name.clone()).unwrap_err().status, axum::http::StatusCode::NOT_FOUND);
        workspace.make("datasets/tiles").unwrap();
        workspace.write("datasets/tiles/t.csv", b"x\n1\n").unwrap();
        let item = dataset(&workspace, name.clone()).unwrap();
        assert!(!workspace.has("datasets/tiles") && list(&workspace).len() == 1);
        workspace.make("datasets/tiles").unwrap();
        restore(&workspace, &item.id).unwrap_err();
        workspace.remove("datasets/tiles").unwrap();
        restore(&workspace, &item.id).unwrap();
        assert_eq!(workspace.read("datasets/tiles/t.csv", 9).unwrap(), b"x\n1\n");
        assert!(list(&workspace).is_empty() && restore(&workspace, &item.id).is_err());
        let again = dataset(&workspace, name).unwrap();
        purge(&workspace, &again.id).unwrap();
        assert!(list(&workspace).is_empty());
    }
}
