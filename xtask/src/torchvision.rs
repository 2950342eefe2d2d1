//! `cargo xtask torchvision`: shows that the engine builds torchvision's ResNets as torchvision does.
//!
//! Lets torchvision make random models, their state dicts in every format and the output of each layer, and runs the
//! engine's test that compares with them. Opt-in, since torch with all that it needs is several gigabytes.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

/// What makes the models and their outputs.
const MAKE: &str = include_str!("torchvision/make.py");
const REQUIREMENTS: &str = include_str!("torchvision/requirements.txt");
/// Name of the test in the engine.
const TEST: &str = "torchvisions_resnets_agree_layer_by_layer";

/// Installs the packages into a folder of their own, makes the models, and compares.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    setup::run(layout, &setup::Args::default())?;
    let _lock = nnc_tools_support::lock(layout)?;
    let work = layout.deps.join("torchvision");
    let (packages, data) = (work.join("packages"), work.join("data"));
    fs::create_dir_all(&data).with_context(|| format!("{} could not be created", data.display()))?;
    if fs::read_to_string(packages.join(setup::STAMP)).is_ok_and(|made_of| made_of == REQUIREMENTS) {
        println!("torchvision: its packages are in {}", layout.show(&packages));
    } else {
        setup::install_wheels(layout, "torchvision", REQUIREMENTS, &packages)?;
    }

    let script = work.join("make.py");
    fs::write(&script, MAKE).with_context(|| format!("{} could not be written", script.display()))?;
    let mut make = Command::new("python3");
    make.env("PYTHONPATH", &packages).arg(&script).arg(&data);
    command::run(layout, "making the models", &mut make)?;

    let mut test = cargo(layout);
    test.args(["test", "--release", "--package", "nnc-engine", "--lib", TEST, "--", "--nocapture"]);
    test.env("NNC_HOST_TORCHVISION", &data);
    command::run(layout, "the comparison with torchvision", &mut test)
}
