//! A headless Chromium that a script of ours drives, for the checks of pages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nnc_tools_support::{Layout, command};

use crate::setup::debian;

/// Drives the browser; installed into the build folder only.
const PLAYWRIGHT: &str = "playwright-core@1.65.1";
/// Written once it is whole.
const INSTALLED: &str = ".installed-by-xtask";
/// What all scripts share.
const BROWSE: &str = include_str!("browser/browse.mjs");

/// What drives the browser, in a folder of its own, where screenshots are left as well.
pub(crate) struct Browser {
    folder: PathBuf,
    chromium: PathBuf,
    node: PathBuf,
}

impl Browser {
    /// Installs what is missing. The folder is called `name` and lies beside the build's.
    pub(crate) fn set_up(layout: &Layout, name: &str) -> Result<Self> {
        debian::install_missing(layout, &debian::BROWSER)?;
        let [chromium, node, npm] = [program("chromium")?, program("node")?, program("npm")?];
        let folder = layout.release.with_file_name(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        // Above the folders of all checks, where each of their scripts finds it.
        let above = layout.release.parent().context("the build folder has no parent")?;
        let installed = above.join("node_modules/playwright-core").join(INSTALLED);
        if fs::read_to_string(&installed).is_ok_and(|what| what == PLAYWRIGHT) {
            return Ok(Self { folder, chromium, node });
        }
        fs::write(above.join("package.json"), "{\"private\": true}\n").context("cannot write package.json")?;
        let mut install = Command::new(npm);
        install.args(["install", "--no-audit", "--no-fund", PLAYWRIGHT]).current_dir(above);
        command::run(layout, "installing playwright-core", &mut install)?;
        fs::write(&installed, PLAYWRIGHT).with_context(|| format!("cannot write {}", installed.display()))?;
        Ok(Self { folder, chromium, node })
    }

    /// Where the scripts run, and what they draw is left.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The command that runs the first of these modules. Its first argument is the browser; the caller adds the others.
    pub(crate) fn script(&self, modules: &[(&str, &str)]) -> Result<Command> {
        for (name, text) in modules.iter().chain(&[("browse.mjs", BROWSE)]) {
            let path = self.folder.join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let (main, _) = modules.first().context("there is no script to run")?;
        let mut command = Command::new(&self.node);
        command.arg(self.folder.join(main)).arg(&self.chromium);
        Ok(command)
    }
}

/// A program in one of the folders of `PATH`.
fn program(name: &str) -> Result<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).map(|folder| folder.join(name)).find(|path: &PathBuf| Path::is_file(path));
    match found {
        Some(path) => Ok(path),
        None => bail!("{name} was not found in PATH"),
    }
}
