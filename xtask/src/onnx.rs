//! `cargo xtask onnx`: runs what `nnp convert` writes in ONNX Runtime and OpenVINO.
//!
//! Every golden network is exported, checked by ONNX's own checker, run by both, and compared with what nnabla computed.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

const CHECK: &str = include_str!("onnx/check.py");
const REQUIREMENTS: &str = include_str!("onnx/requirements.txt");
/// Tells that the packages are complete, and which they are.
const STAMP: &str = ".made-of";

/// Installs the runtimes into a folder of their own, exports, and compares.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let _lock = nnc_tools_support::lock(layout)?;
    let work = layout.deps.join("onnx");
    let (packages, exported) = (work.join("packages"), work.join("exported"));
    fs::create_dir_all(&work).with_context(|| format!("{} could not be created", work.display()))?;
    if exported.exists() {
        fs::remove_dir_all(&exported).with_context(|| format!("{} could not be removed", exported.display()))?;
    }
    if !fs::read_to_string(packages.join(STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        install(layout)?;
    }
    let golden = layout.golden().join("functions");
    let mut export = cargo(layout);
    export.args(["run", "--release", "--locked", "--quiet", "--example", "export_all", "--"]);
    command::run(layout, "exporting the networks", export.arg(&golden).arg(&exported))?;
    let script = work.join("check.py");
    fs::write(&script, CHECK).with_context(|| format!("{} could not be written", script.display()))?;
    let mut check = Command::new("python3");
    check.env("PYTHONPATH", &packages).arg(&script).arg(&golden).arg(&exported);
    command::run(layout, "the comparison", &mut check)
}

fn install(layout: &Layout) -> Result<()> {
    nnc_tools_support::pip::check()?;
    let work = layout.deps.join("onnx");
    let packages = work.join("packages");
    if packages.exists() {
        fs::remove_dir_all(&packages).with_context(|| format!("{} could not be removed", packages.display()))?;
    }
    let requirements = work.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)
        .with_context(|| format!("{} could not be written", requirements.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]);
    pip.args(["--only-binary", ":all:", "--no-deps", "--target"])
        .arg(&packages)
        .arg("--requirement")
        .arg(&requirements);
    command::run(layout, "installing ONNX Runtime and OpenVINO", &mut pip)?;
    let stamp = packages.join(STAMP);
    fs::write(&stamp, REQUIREMENTS).with_context(|| format!("{} could not be written", stamp.display()))
}
