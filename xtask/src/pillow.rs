//! `cargo xtask pillow`: shows that images are read as Pillow reads them.
//!
//! Lets Pillow and, where they are installed, the tools of libjpeg-turbo, libtiff and ImageMagick write images in all their
//! options, and runs the test that compares pixels. Opt-in, since it takes minutes; a few such images belong to the tree.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup;
use crate::setup::debian;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

/// What writes the images and Pillow's pixels.
const MAKE: &str = include_str!("pillow/make.py");
const REQUIREMENTS: &str = include_str!("pillow/requirements.txt");

/// Installs the packages into a folder of their own, writes the images, and compares.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let _lock = nnc_tools_support::lock(layout)?;
    debian::install_missing(layout, &debian::BUILD)?;
    debian::install_missing(layout, &debian::IMAGES)?;
    let work = layout.deps.join("pillow");
    let (packages, data) = (work.join("packages"), work.join("data"));
    fs::create_dir_all(&data).with_context(|| format!("{} could not be created", data.display()))?;
    if fs::read_to_string(packages.join(setup::STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        println!("pillow: its packages are in {}", layout.show(&packages));
    } else {
        setup::install_wheels(layout, "pillow", REQUIREMENTS, &packages)?;
    }
    let script = work.join("make.py");
    fs::write(&script, MAKE).with_context(|| format!("{} could not be written", script.display()))?;
    let mut make = Command::new("python3");
    make.env("PYTHONPATH", &packages).arg(&script).arg(&data);
    command::run(layout, "writing the images", &mut make)?;

    let mut test = cargo(layout);
    test.args(["test", "--release", "--package", "nnc-picture", "--test", "pillow", "--", "--nocapture"]);
    test.env("NNC_HOST_PILLOW", &data);
    command::run(layout, "the comparison with Pillow", &mut test)
}
