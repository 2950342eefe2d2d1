//! Finding plugins: where they are searched, which one a name means, and which files are in each other's way.

use std::path::{Path, PathBuf};

use nnc_files::user_folder;
use nnc_plugin_api::{Manifest, nearest};
use nnc_project_types::PluginReference;

use crate::error::{FindError, Hidden, Hint, Refusal, TrustError};
use crate::scan::Scanner;

/// What became of one plugin file.
#[derive(Debug)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Its manifest, or why it cannot be used.
    pub manifest: Result<Manifest, Refusal>,
    /// The file with the same id that is used instead of this one.
    pub hidden_by: Option<PathBuf>,
}

impl Found {
    /// Why this file is not used although nothing is wrong with it.
    pub fn hidden(&self) -> Option<Hidden> {
        let by = self.hidden_by.clone()?;
        let same_folder = by.parent() == self.path.parent();
        Some(if same_folder { Hidden::Conflict { by } } else { Hidden::Shadowed { by } })
    }
}

/// Folders that are searched, in this order: the command line's, `NNC_HOST_PLUGINS`, the user's, the executable's.
pub fn folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = given.to_vec();
    if let Some(list) = std::env::var_os("NNC_HOST_PLUGINS") {
        folders.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    folders.extend(user_folder("XDG_DATA_HOME", ".local/share").map(|data| data.join("plugins")));
    if let Ok(executable) = std::env::current_exe()
        && let Some(folder) = executable.parent()
    {
        folders.push(folder.to_owned());
    }
    // What is remembered about a file must not depend on where the program was started.
    let absolute = |folder: PathBuf| std::path::absolute(&folder).unwrap_or(folder);
    folders = folders.into_iter().map(absolute).collect();
    // One folder may be named in several ways.
    let mut seen = std::collections::HashSet::new();
    folders.retain(|folder| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
    folders
}

/// Every shared library in the folders, sorted within each.
fn candidates(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == std::env::consts::DLL_EXTENSION) && path.is_file())
            .collect();
        files.sort();
        all.append(&mut files);
    }
    all
}

/// Looks into every plugin file there is; `rescan` also into those about which something is known already.
///
/// # Errors
/// A trust file that cannot be read.
pub fn list(given: &[PathBuf], rescan: bool) -> Result<Vec<Found>, TrustError> {
    let scanner = Scanner::open()?;
    let folders = folders(given);
    let paths = candidates(&folders);
    if rescan {
        scanner.forget(&paths);
    }
    let manifests = scanner.inspect_all(&paths);
    let ids: Vec<Option<String>> = manifests.iter().map(|m| m.as_ref().ok().map(|m| m.id.clone())).collect();
    // The order in which `find` looks: folder after folder, in each the file named after the id first.
    let used = |id: &str| {
        let same = paths.iter().zip(&ids).filter(|(_, other)| other.as_deref() == Some(id)).map(|(path, _)| path);
        same.min_by_key(|path| {
            (folders.iter().position(|f| Some(f.as_path()) == path.parent()), !named_after(path, id))
        })
    };
    let hidden: Vec<Option<PathBuf>> = paths
        .iter()
        .zip(&ids)
        .map(|(path, id)| id.as_deref().and_then(used).filter(|used| *used != path).cloned())
        .collect();
    let all = paths.iter().zip(manifests).zip(hidden);
    Ok(all.map(|((path, manifest), hidden_by)| Found { path: path.clone(), manifest, hidden_by }).collect())
}

/// Whether the file has the name that Cargo gives a plugin with this id: `libnnc_plugin_ID.so`.
fn named_after(path: &Path, id: &str) -> bool {
    let ending = format!("_{}", id.replace('-', "_"));
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(&ending))
}

/// The plugin that a project means: a path, or the id of the first plugin in search order that has it.
///
/// # Errors
/// Why it cannot be used, or what was found instead.
pub fn find(plugin: &PluginReference, given: &[PathBuf]) -> Result<(PathBuf, Manifest), FindError> {
    let scanner = Scanner::open()?;
    let plugin = match plugin {
        PluginReference::Id(id) => id.as_str(),
        PluginReference::File(path) => {
            return match scanner.inspect(path) {
                Ok(manifest) => Ok((path.clone(), manifest)),
                Err(refusal) => Err(FindError::Refused { path: path.clone(), refusal }),
            };
        }
    };
    let folders = folders(given);
    let named = |path: &Path| named_after(path, plugin);
    let files = folders.iter().flat_map(|folder| {
        let mut files = candidates(std::slice::from_ref(folder));
        // A file named after the id is most likely the one; looking into it first spares loading its neighbours.
        files.sort_by_key(|path| !named(path));
        files
    });
    let mut ids = Vec::new();
    let mut broken = Vec::new();
    for path in files {
        match scanner.inspect(&path) {
            Ok(manifest) if manifest.id == plugin => return Ok((path, manifest)),
            Ok(manifest) => ids.push(manifest.id),
            Err(refusal) => broken.push((path, refusal)),
        }
    }
    // A file with the right name that cannot be used is what the user wants to hear about.
    if let Some((path, refusal)) = broken.into_iter().find(|(path, _)| named(path)) {
        return Err(FindError::Refused { path, refusal });
    }
    let hint = match nearest(plugin, ids.iter().map(String::as_str)) {
        Some(near) => Hint::Near(near.to_owned()),
        None if ids.is_empty() => Hint::Nothing,
        None => Hint::Others(ids),
    };
    Err(FindError::Unknown { plugin: plugin.to_owned(), hint, searched: folders })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_ids_and_hidden_by_their_folder() {
        assert!(named_after(Path::new("/a/libnnc_plugin_my_own.so"), "my-own"));
        assert!(!named_after(Path::new("/a/libnnc_plugin_my_own.so"), "other"));
        let found = |path: &str, by: &str| Found {
            path: path.into(),
            manifest: Err(Refusal::Refused(String::new())),
            hidden_by: Some(by.into()),
        };
        assert!(matches!(found("/a/x.so", "/a/y.so").hidden(), Some(Hidden::Conflict { .. })));
        assert!(matches!(found("/a/x.so", "/b/y.so").hidden(), Some(Hidden::Shadowed { .. })));
    }

    #[test]
    fn candidates_are_shared_libraries_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.so", "a.so", "a.so.sha256", "readme.txt"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        std::fs::create_dir(dir.path().join("folder.so")).unwrap();
        let folders = [dir.path().to_owned(), dir.path().join("missing")];
        assert_eq!(candidates(&folders), [dir.path().join("a.so"), dir.path().join("b.so")]);
    }
}
