//! `cargo xtask report-check`: opens the report in a headless Chromium as its readers do.
//!
//! A step of `test`; whoever changes the report also looks at the screenshots.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::debian;
use nnc_tools_support::Layout;
use nnc_tools_support::command;

const CHECK: &str = include_str!("report_check/check.mjs");
/// Drives the browser; installed into the build folder only.
const PLAYWRIGHT: &str = "playwright-core@1.65.1";
/// A report as most are, and the largest that shows every image.
const IMAGES: [u32; 2] = [30, 2000];
/// Reports of what is no anomaly map over a picture.
const TASKS: [&str; 6] = ["classification", "regression", "likeness", "segmentation", "reconstruction", "none"];

/// Draws sample reports and checks them; screenshots and a print are left in the build folder.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    debian::install_missing(layout, &debian::BROWSER)?;
    let [chromium, node, npm] = [program("chromium")?, program("node")?, program("npm")?];
    let folder = layout.release.with_file_name("report-check");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let mut pages = Vec::new();
    for images in IMAGES {
        let sample = folder.join(format!("images-{images}"));
        let mut draw = command::cargo(layout);
        // Without `--package`: the tests of the default members have built this example already.
        draw.args(["run", "--release", "--locked", "--quiet", "--example", "sample_report", "--"]);
        command::run(layout, "drawing a sample report", draw.arg(images.to_string()).arg(&sample))?;
        pages.push(sample.join("report.html"));
    }
    for task in TASKS {
        let sample = folder.join(format!("task-{task}"));
        let mut draw = command::cargo(layout);
        draw.args(["run", "--release", "--locked", "--quiet", "--example", "sample_outcomes", "--"]);
        command::run(layout, "drawing a sample report", draw.arg(task).arg(&sample))?;
        pages.push(sample.join("report.html"));
    }
    fs::write(folder.join("package.json"), "{\"private\": true}\n").context("cannot write package.json")?;
    let mut install = Command::new(npm);
    install.args(["install", "--no-audit", "--no-fund", PLAYWRIGHT]).current_dir(&folder);
    command::run(layout, "installing playwright-core", &mut install)?;
    let script = folder.join("check.mjs");
    fs::write(&script, CHECK).with_context(|| format!("cannot write {}", script.display()))?;
    let mut check = Command::new(node);
    check.arg(script).arg(chromium).arg(&folder).args(pages);
    command::run(layout, "checking the report in Chromium", &mut check)
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
