//! Where backbones are.

use std::path::{Path, PathBuf};

use nnc_files::user_folder;

use crate::error::WeightsError;
use crate::known::{Weights, named};

/// Folders to search: those of the command line, `NNC_HOST_WEIGHTS`, the user's cache, and where NNC's own plugin keeps
/// what it has fetched.
pub fn folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = given.to_vec();
    if let Some(list) = std::env::var_os("NNC_HOST_WEIGHTS") {
        folders.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    folders.extend(user_folder("XDG_CACHE_HOME", ".cache").map(|cache| cache.join("weights")));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    folders.extend(home.map(|home| home.join("nnabla_data/nnp_models/c1_models")));
    folders
}

/// The file of a known backbone, if one of the folders has it.
pub fn in_folders(weights: &Weights, folders: &[PathBuf]) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(weights.file)).find(|path| path.is_file())
}

/// The file for what a project calls `model`: a path relative to `base`, or the name of a known backbone.
///
/// # Errors
/// No such file, or no such backbone.
pub fn find(model: &str, base: &Path, folders: &[PathBuf]) -> Result<PathBuf, WeightsError> {
    let path = base.join(model.replace('\\', "/"));
    if path.is_file() {
        return Ok(path);
    }
    match named(model) {
        Ok(weights) => {
            in_folders(weights, folders).ok_or_else(|| WeightsError::Missing { weights, folders: folders.to_vec() })
        }
        Err(_) if model.contains(['/', '\\', '.']) => Err(WeightsError::NoFile { path }),
        Err(unknown) => Err(WeightsError::Unknown { unknown }),
    }
}

#[cfg(test)]
mod tests {
    use crate::known::KNOWN;

    use super::*;

    #[test]
    fn names_and_paths_are_found_and_mistakes_explained() {
        let dir = tempfile::tempdir().unwrap();
        let folders = vec![dir.path().join("none"), dir.path().to_owned()];
        let find = |model: &str| find(model, dir.path(), &folders);
        let missing = |error| matches!(error, WeightsError::Missing { weights, .. } if weights.name == "resnet50");
        assert!(missing(find("resnet50").unwrap_err()));
        let nearest = |model: &str| match find(model).unwrap_err() {
            WeightsError::Unknown { unknown } => unknown.nearest,
            error => panic!("{error:?}"),
        };
        assert_eq!(nearest("efficientnet_lite"), Some("efficientnet_lite0"));
        assert_eq!(nearest("vgg"), None);
        let no_file = find("sub\\mine.nnp").unwrap_err();
        assert!(matches!(&no_file, WeightsError::NoFile { path } if path.ends_with("sub/mine.nnp")), "{no_file:?}");

        let file = dir.path().join(KNOWN[0].file);
        std::fs::write(&file, "not it").unwrap();
        assert_eq!(find(KNOWN[0].name).unwrap(), file);
        std::fs::write(dir.path().join("mine.nnp"), "x").unwrap();
        assert!(find("mine.nnp").is_ok());
    }
}
