//! `cargo xtask setup`: from a bare Debian 12 with Rust and pip to a machine that builds the whole workspace.
//!
//! Every step looks first and acts only where something is missing, so a broken-off run goes on where it stopped
//! and a second run ends at once.

pub(crate) mod debian;
mod library;
mod machine;
mod pip;
mod wheel;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

pub(crate) use debian::runs_as_root;
use library::{LIBTORCH, Library, ONNXRUNTIME};
use nnc_tools_support::Layout;
use nnc_tools_support::command;

/// What the build of the workspace writes, in bytes; counted so that the disk does not run full half-way.
const BUILD_BYTES: u64 = 1_400_000_000;

/// What is fetched, the smaller first.
const LIBRARIES: [&Library; 2] = [&ONNXRUNTIME, &LIBTORCH];

/// Options of `cargo xtask setup`.
#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// Keep the fetched wheels in .deps/wheels after unpacking
    #[arg(long)]
    keep_wheels: bool,
}

/// Brings the machine into the state that the build needs.
pub(crate) fn run(layout: &Layout, args: &Args) -> Result<()> {
    let start = Instant::now();
    machine::check_platform()?;
    fs::create_dir_all(&layout.deps).with_context(|| format!("{} could not be created", layout.deps.display()))?;
    let _lock = nnc_tools_support::lock(layout)?;

    debian::install_missing(layout, &debian::BUILD)?;
    let (finished, unfinished): (Vec<&Library>, Vec<&Library>) =
        LIBRARIES.into_iter().partition(|library| library.is_complete(&library.folder(layout)));
    for library in finished {
        println!("set-up: {} {} is in {}", library.name, library.version(), layout.show(&library.folder(layout)));
    }
    if unfinished.is_empty() {
        return Ok(());
    }

    let wheels = unfinished.iter().flat_map(|library| library.wheels());
    let missing: Vec<_> = wheels.filter(|wheel| !wheel.is_kept(layout)).collect();
    // pip keeps a second copy of a wheel until it is finished with it.
    let fetch: u64 = missing.iter().map(|wheel| 2 * wheel.bytes).sum();
    let unpacked: u64 = unfinished.iter().map(|library| library.bytes).sum();
    machine::check_space(&layout.deps, fetch + unpacked + BUILD_BYTES)?;
    if !missing.is_empty() {
        nnc_tools_support::pip::check()?;
        println!(
            "set-up: {} come as wheels, {} MB left to fetch",
            unfinished
                .iter()
                .map(|library| format!("{} {}", library.name, library.version()))
                .collect::<Vec<_>>()
                .join(" and "),
            missing.iter().map(|wheel| wheel.bytes).sum::<u64>() / 1_000_000
        );
    }
    for wheel in missing {
        pip::fetch(layout, wheel)?;
    }
    for library in unfinished {
        println!("set-up: unpacking {} into {}", library.name, layout.show(&library.folder(layout)));
        library.unpack(layout)?;
    }
    if !args.keep_wheels {
        fs::remove_dir_all(layout.wheels())
            .with_context(|| format!("{} could not be removed", layout.wheels().display()))?;
    }
    println!("set-up: done in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Tells that a folder of Python packages is finished, and which they are.
pub(crate) const STAMP: &str = ".made-of";

/// Installs the Python packages of `requirements` into the folder `packages` and nowhere else.
pub(crate) fn install_wheels(layout: &Layout, what: &str, requirements: &str, packages: &Path) -> Result<()> {
    nnc_tools_support::pip::check()?;
    if packages.exists() {
        fs::remove_dir_all(packages).with_context(|| format!("{} could not be removed", packages.display()))?;
    }
    let list = packages.with_file_name("requirements.txt");
    fs::write(&list, requirements).with_context(|| format!("{} could not be written", list.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-input", "--no-cache-dir", "--disable-pip-version-check"]);
    pip.args(["--only-binary", ":all:", "--target"]).arg(packages).arg("--requirement").arg(&list);
    command::run(layout, &format!("installing {what}"), &mut pip)?;
    let stamp = packages.join(STAMP);
    fs::write(&stamp, requirements).with_context(|| format!("{} could not be written", stamp.display()))
}

/// Fetches backbone weights with the product's own command, which checks what is there before it fetches.
pub(crate) fn fetch_weights(layout: &Layout, name: &str) -> Result<()> {
    let mut fetch = Command::new(layout.host());
    fetch.current_dir(&layout.root);
    fetch.args(["weights", "fetch", name, "--weights-dir"]).arg(layout.weights());
    command::run(layout, "fetching the weights", &mut fetch)
}
