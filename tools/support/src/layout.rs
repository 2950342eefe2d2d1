//! Where things lie: the checkout, what set-up fetched, and what cargo built.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Absolute paths of one checkout.
pub struct Layout {
    /// Root of the repository.
    pub root: PathBuf,
    /// Everything that set-up fetched; ignored by git and safe to delete.
    pub deps: PathBuf,
    /// Folder with the release binaries and plugins.
    pub release: PathBuf,
}

impl Layout {
    /// Finds the checkout this binary was built from.
    pub fn of_this_checkout() -> Result<Self> {
        // Cargo sets the variable for `cargo run`; the compiled-in path serves a binary that is started by hand.
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
        let mut folders = Path::new(&manifest).ancestors();
        let root = folders.find(|folder| folder.join("Cargo.lock").is_file());
        let root = root.context("the checkout this program was built from is gone")?.to_path_buf();
        // This program lies in the folder that later builds use as well, whatever CARGO_TARGET_DIR or config files say.
        let own = env::current_exe().context("the path of the running program is unknown")?;
        let release = own
            .parent()
            .and_then(Path::parent)
            .context("the running program does not lie in a target folder")?
            .join("release");
        Ok(Self { deps: root.join(".deps"), root, release })
    }

    /// libtorch as `.cargo/config.toml` names it.
    pub fn libtorch(&self) -> PathBuf {
        self.deps.join("libtorch")
    }

    /// Wheels between download and unpacking.
    pub fn wheels(&self) -> PathBuf {
        self.deps.join("wheels")
    }

    /// Full output of the tools that set-up starts.
    pub fn logs(&self) -> PathBuf {
        self.deps.join("log")
    }

    /// Backbone weights for the demo and the tests.
    pub fn weights(&self) -> PathBuf {
        self.deps.join("weights")
    }

    /// Golden vectors of nnabla.
    pub fn golden(&self) -> PathBuf {
        self.root.join("tests/data/golden")
    }

    /// The product's command line program.
    pub fn host(&self) -> PathBuf {
        self.release.join("nnc-host")
    }

    /// `path` as short as it can be shown: relative to the root of the repository if it lies in there.
    pub fn show<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
