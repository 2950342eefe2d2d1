//! `cargo xtask onnx`: runs what `nnp convert` writes and reads in ONNX Runtime and OpenVINO.
//!
//! Every golden network is exported, checked by ONNX's own checker, run by both, and compared with what nnabla computed; so is
//! what comes of it when it is read and written again. Networks of single operators as other programs write them are read,
//! written again and compared in ONNX Runtime with what they were.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

const CHECK: &str = include_str!("onnx/check.py");
const OPERATORS: &str = include_str!("onnx/operators.py");
const REQUIREMENTS: &str = include_str!("onnx/requirements.txt");
/// Tells that the packages are complete, and which they are.
const STAMP: &str = ".made-of";

/// Installs the runtimes into a folder of their own, exports, and compares.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let _lock = nnc_tools_support::lock(layout)?;
    let work = layout.deps.join("onnx");
    let packages = work.join("packages");
    let folders = ["exported", "back", "operators", "operators-back"].map(|name| work.join(name));
    fs::create_dir_all(&work).with_context(|| format!("{} could not be created", work.display()))?;
    for folder in folders.iter().filter(|folder| folder.exists()) {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    let [exported, back, operators, operators_back] = &folders;
    if !fs::read_to_string(packages.join(STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        install(layout)?;
    }
    let golden = layout.golden().join("functions");
    let convert = |example: &str, from: &Path, to: &Path| {
        let mut convert = cargo(layout);
        convert.args(["run", "--release", "--locked", "--quiet", "--example", example, "--"]);
        command::run(layout, example, convert.arg(from).arg(to))
    };
    let python = |name: &str, script: &str, arguments: &[&OsStr]| {
        let path = work.join(name);
        fs::write(&path, script).with_context(|| format!("{} could not be written", path.display()))?;
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", &packages).arg(&path).args(arguments);
        command::run(layout, name, &mut python)
    };
    convert("export_all", &golden, exported)?;
    python("check.py", CHECK, &[golden.as_ref(), exported.as_ref()])?;
    convert("round_trip", &golden, back)?;
    python("check.py", CHECK, &[golden.as_ref(), back.as_ref()])?;
    python("operators.py", OPERATORS, &["make".as_ref(), operators.as_ref()])?;
    convert("round_trip", operators, operators_back)?;
    python("operators.py", OPERATORS, &["check".as_ref(), operators.as_ref(), operators_back.as_ref()])
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
