//! Pretrained backbones: what there is, where it lies, how to get it, whether it is intact.

mod client;
mod download;
mod fetch;
mod known;
mod note;
mod package;
mod zenodo;

pub(crate) use fetch::{Options, fetch};
pub(crate) use known::{Hash, KNOWN, Size, Weights, known};

use std::path::{Path, PathBuf};

use nnc_plugin_api::nearest;

use crate::language::{FetchText, Listed, Message};
use nnc_files::{sha256_with, user_folder};
use nnc_messages::Doing;
use nnc_messages::Say;

/// Folders to search: those of the command line, `NNC_HOST_WEIGHTS`, the user's cache, and where NNC's own plugin keeps
/// what it has fetched.
pub(crate) fn folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = given.to_vec();
    if let Some(list) = std::env::var_os("NNC_HOST_WEIGHTS") {
        folders.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    folders.extend(user_folder("XDG_CACHE_HOME", ".cache").map(|cache| cache.join("weights")));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    folders.extend(home.map(|home| home.join("nnabla_data/nnp_models/c1_models")));
    folders
}

/// The file for what a project calls `model`: a path relative to `base`, or the name of a known backbone.
///
/// # Errors
/// One sentence that says what there is, or how to get it.
pub(crate) fn find(model: &str, base: &Path, folders: &[PathBuf]) -> Result<PathBuf, String> {
    let as_path = base.join(model.replace('\\', "/"));
    if as_path.is_file() {
        return Ok(as_path);
    }
    let Some(weights) = known(model) else {
        let names = || KNOWN.iter().map(|w| w.name);
        let looks_like_path = model.contains(['/', '\\', '.']);
        return Err(match nearest(model, names()) {
            _ if looks_like_path => FetchText::NoModelFile.with(&[&as_path.display()]),
            Some(near) => Listed::NoModel.with(&[&model, &Message::DidYouMean.with(&[&near])]),
            None => {
                let known = FetchText::KnownAndPaths.with(&[&names().collect::<Vec<_>>().join(", ")]);
                Listed::NoModel.with(&[&model, &known])
            }
        });
    };
    folders.iter().map(|folder| folder.join(weights.file)).find(|path| path.is_file()).ok_or_else(|| {
        let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        Message::WeightsAreMissing.with(&[&model, &weights.size, &weights.file, &folders.join(", ")])
    })
}

/// A file that nothing speaks against.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) sha256: String,
    /// Whether there was a whole hash to compare with, published or noted beside the file.
    pub(crate) is_known: bool,
}

/// Checks that the file is what it should be; `progress` hears of bytes done of all bytes.
///
/// # Errors
/// One sentence with both hashes.
pub(crate) fn verify(weights: &Weights, path: &Path, progress: &dyn Fn(u64, u64)) -> Result<Verified, String> {
    let sha256 = sha256_with(path, progress).map_err(|e| Doing::Read(path.to_path_buf(), e.to_string()).said())?;
    let noted = note::read(path)?;
    let due = match (weights.hash, noted) {
        (hash, _) if !hash.admits(&sha256) => hash.to_string(),
        (Hash::Start(_) | Hash::Unknown, Some(noted)) if noted != sha256 => noted,
        (Hash::Full(_), _) | (_, Some(_)) => return Ok(Verified { sha256, is_known: true }),
        (_, None) => return Ok(Verified { sha256, is_known: false }),
    };
    Err(FetchText::Damaged.with(&[&path.display(), &weights.name, &sha256, &due]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_found_and_mistakes_explained() {
        let dir = tempfile::tempdir().unwrap();
        let folders = vec![dir.path().join("none"), dir.path().to_owned()];
        let find = |model: &str| find(model, dir.path(), &folders);
        assert!(find("efficientnet_lite0").unwrap_err().contains("nnc-host weights fetch efficientnet_lite0"));
        assert!(find("efficientnet_lite").unwrap_err().contains("did you mean `efficientnet_lite0`"));
        assert!(find("resnet50").unwrap_err().contains("(about 102 MB), or put resnet50_c1.nnp into one of"));
        assert!(find("vgg").unwrap_err().contains("known are efficientnet_lite0"));
        assert!(find("sub\\mine.nnp").unwrap_err().contains("sub/mine.nnp"));

        let file = dir.path().join(KNOWN[0].file);
        std::fs::write(&file, "not it").unwrap();
        assert_eq!(find("efficientnet_lite0").unwrap(), file);
        assert!(verify(&KNOWN[0], &file, &|_, _| {}).unwrap_err().contains("is damaged or not efficientnet_lite0"));
        std::fs::write(dir.path().join("mine.nnp"), "x").unwrap();
        assert!(find("mine.nnp").is_ok());
    }

    #[test]
    fn what_is_known_of_a_hash_decides_and_a_note_makes_it_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "abc").unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let verify = |of: Hash| {
            let model = known("resnet50").unwrap();
            let weights = Weights { hash: of, source: known::Source::Zenodo(1), ..*model };
            super::verify(&weights, &file, &|_, _| {}).map(|verified| verified.is_known)
        };
        assert_eq!(verify(Hash::Full(hash)), Ok(true));
        assert_eq!(verify(Hash::Start("ba7816bf")), Ok(false));
        assert_eq!(verify(Hash::Unknown), Ok(false));
        assert!(verify(Hash::Start("00")).unwrap_err().contains("expected 00…; delete it"));
        note::write(&file, hash).unwrap();
        assert_eq!(verify(Hash::Start("ba7816bf")), Ok(true));
        assert_eq!(verify(Hash::Unknown), Ok(true));
        std::fs::write(&file, "abd").unwrap();
        for of in [Hash::Full(hash), Hash::Start("ba7816bf"), Hash::Unknown] {
            assert!(verify(of).unwrap_err().contains("is damaged or not resnet50: its SHA-256 is a52d159f"));
        }
    }
}
