//! `cargo xtask report-check`: opens the report in a headless Chromium as its readers do.
//!
//! A step of `test`; whoever changes the report also looks at the screenshots.

use anyhow::Result;

use crate::browser::Browser;
use nnc_tools_support::Layout;
use nnc_tools_support::command;

const CHECK: &str = include_str!("report_check/check.mjs");
/// A report as most are, and the largest that shows every image.
const IMAGES: [u32; 2] = [30, 2000];
/// Reports of what is no anomaly map over a picture.
const TASKS: [&str; 6] = ["classification", "regression", "likeness", "segmentation", "reconstruction", "none"];

/// Draws sample reports and checks them; screenshots and a print are left in the build folder.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let browser = Browser::set_up(layout, "report-check")?;
    let folder = browser.folder();

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
    let mut check = browser.script(&[("check.mjs", CHECK)])?;
    command::run(layout, "checking the report in Chromium", check.arg(folder).args(pages))
}
