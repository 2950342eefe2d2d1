//! anomalib and PyTorch, the other side of the comparison: installed from the package index into a folder of their own,
//! fixed to the byte, and run by `peer.py`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::figures::Figures;
use crate::meter;
use nnc_tools_support::Layout;
use nnc_tools_support::command;

const SCRIPT: &str = include_str!("peer.py");
/// anomalib 2.6.2 and everything that it resolves to, for one version of Python.
const REQUIREMENTS: &str = include_str!("requirements.txt");
/// The Python of Debian 12.
const PYTHON: &str = "Python 3.11.";
/// The one package that comes as source only.
const SOURCE_ONLY: &str = "freia";
/// Tells that a folder of packages is finished, and which they are.
const STAMP: &str = ".made-of";

/// The installed packages and what both sides share.
pub(crate) struct Peer<'a> {
    pub(crate) packages: &'a Path,
    pub(crate) weights: &'a Path,
    pub(crate) threads: usize,
    /// Place for everything that it writes.
    pub(crate) folder: PathBuf,
}

/// What PyTorch alone took.
#[derive(Deserialize)]
struct Eager {
    features_seconds: f64,
    images: usize,
}

/// Installs the packages unless they are there.
pub(crate) fn install(layout: &Layout, packages: &Path) -> Result<()> {
    if fs::read_to_string(packages.join(STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        println!("bench: anomalib is in {}", layout.show(packages));
        return Ok(());
    }
    nnc_tools_support::pip::check()?;
    let output = Command::new("python3").arg("--version").output().context("python3 could not be started")?;
    let version = String::from_utf8_lossy(&output.stdout);
    if !version.starts_with(PYTHON) {
        bail!("the pinned packages are for {PYTHON}x, but python3 is {}; put such a one first in PATH", version.trim());
    }
    // Something else may lie in a folder that the user names.
    if packages.is_dir() && !packages.join(STAMP).is_file() && fs::read_dir(packages)?.next().is_some() {
        bail!("{} holds something else than packages; name another folder, or remove it", packages.display());
    }
    if packages.exists() {
        fs::remove_dir_all(packages).with_context(|| format!("{} could not be removed", packages.display()))?;
    }
    fs::create_dir_all(packages).with_context(|| format!("{} could not be created", packages.display()))?;
    let stamp = packages.join(STAMP);
    // Marks the folder as ours before pip fills it.
    fs::write(&stamp, "").with_context(|| format!("{} could not be written", stamp.display()))?;
    let requirements = layout.deps.join("anomalib-requirements.txt");
    fs::write(&requirements, REQUIREMENTS)
        .with_context(|| format!("{} could not be written", requirements.display()))?;
    println!("bench: installing anomalib (3 GB to fetch, 6 GB kept; some minutes)");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-input", "--no-cache-dir", "--progress-bar", "off"]);
    pip.args(["--disable-pip-version-check", "--no-deps", "--require-hashes"]);
    pip.args(["--only-binary", ":all:", "--no-binary", SOURCE_ONLY, "--target"]).arg(packages);
    // pip unpacks everything before it moves it, so both lie on one disk.
    let temporary = packages.with_extension("partial");
    fs::create_dir_all(&temporary).with_context(|| format!("{} could not be created", temporary.display()))?;
    pip.arg("--requirement").arg(&requirements).env("TMPDIR", &temporary);
    fs::create_dir_all(layout.logs()).with_context(|| format!("{} could not be created", layout.logs().display()))?;
    let log = layout.logs().join("anomalib-pip.log");
    let output = File::create(&log).with_context(|| format!("{} could not be created", log.display()))?;
    let errors = output.try_clone().with_context(|| format!("{} could not be opened", log.display()))?;
    pip.stdin(Stdio::null()).stdout(output).stderr(errors);
    command::run(layout, "installing anomalib", &mut pip)
        .with_context(|| format!("the reason is in {}", layout.show(&log)))?;
    fs::remove_dir_all(&temporary).with_context(|| format!("{} could not be removed", temporary.display()))?;
    fs::write(&stamp, REQUIREMENTS).with_context(|| format!("{} could not be written", stamp.display()))
}

/// Version of a pinned package.
pub(crate) fn version(package: &str) -> &'static str {
    let line = REQUIREMENTS.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    line.and_then(|rest| rest.split_whitespace().next()).unwrap_or("?")
}

impl Peer<'_> {
    /// Trains and evaluates anomalib's detector of that name.
    pub(crate) fn run(&self, layout: &Layout, detector: &str, training: &Path, test: &Path) -> Result<Figures> {
        let (text, usage) = self.script(layout, detector, training, test)?;
        let figures: Figures = serde_json::from_str(&text).context("anomalib's figures are unreadable")?;
        Ok(Figures { process_seconds: usage.seconds, peak_bytes: usage.peak_bytes, ..figures })
    }

    /// Images per second through the network in eager PyTorch, without reading and decoding.
    pub(crate) fn eager(&self, layout: &Layout, training: &Path) -> Result<f64> {
        let (text, _) = self.script(layout, "eager", training, training)?;
        let eager: Eager = serde_json::from_str(&text).context("PyTorch's figures are unreadable")?;
        Ok(eager.images as f64 / eager.features_seconds)
    }

    fn script(&self, layout: &Layout, what: &str, training: &Path, test: &Path) -> Result<(String, meter::Usage)> {
        fs::create_dir_all(&self.folder).with_context(|| format!("{} could not be created", self.folder.display()))?;
        let (script, figures) = (self.folder.join("peer.py"), self.folder.join("figures.json"));
        fs::write(&script, SCRIPT).with_context(|| format!("{} could not be written", script.display()))?;
        if figures.exists() {
            fs::remove_file(&figures).with_context(|| format!("{} could not be removed", figures.display()))?;
        }
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", self.packages).env("OMP_NUM_THREADS", self.threads.to_string());
        python.arg(&script).arg(what).arg(self.weights).arg(training).arg(test).arg(&self.folder);
        python.arg(self.threads.to_string()).current_dir(&self.folder);
        let log = self.folder.join(format!("{what}.log"));
        let usage = meter::run(layout, what, &mut python, &log)?;
        let text = fs::read_to_string(&figures).with_context(|| format!("{} could not be read", figures.display()))?;
        Ok((text, usage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_pinned_with_a_hash() {
        for line in REQUIREMENTS.lines() {
            let (pin, hash) = line.split_once(" --hash=sha256:").unwrap();
            assert!(pin.contains("==") && hash.len() == 64, "{line}");
        }
        assert_eq!((version("anomalib"), version("no-such-package")), ("2.6.2", "?"));
    }

    #[test]
    fn a_folder_with_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let layout =
            Layout { root: folder.path().into(), deps: folder.path().join("deps"), release: folder.path().into() };
        fs::write(folder.path().join("mine"), "").unwrap();
        assert!(install(&layout, folder.path()).is_err());
        assert!(folder.path().join("mine").is_file());
    }
}
