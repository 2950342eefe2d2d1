//! `cargo xtask setup`: from a bare Debian 12 with Rust and pip to a machine that builds the whole workspace.
//!
//! Every step looks first and acts only where something is missing, so a broken-off run goes on where it stopped
//! and a second run ends at once.

pub(crate) mod debian;
mod libtorch;
mod machine;
mod pip;
mod wheel;

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

pub(crate) use debian::runs_as_root;
use nnc_tools_support::Layout;
use nnc_tools_support::command;
use wheel::{CUDA_PROFILER, CUDA_RUNTIME, TORCH};

/// What the build of the workspace writes, in bytes; counted so that the disk does not run full half-way.
const BUILD_BYTES: u64 = 1_400_000_000;

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
    let libtorch = layout.libtorch();
    if libtorch::is_complete(&libtorch) {
        println!("set-up: libtorch {} is in {}", TORCH.version, layout.show(&libtorch));
        return Ok(());
    }

    let wheels = [&CUDA_RUNTIME, &CUDA_PROFILER, &TORCH];
    let missing: Vec<_> = wheels.into_iter().filter(|wheel| !wheel.is_kept(layout)).collect();
    // pip keeps a second copy of a wheel until it is finished with it.
    let fetch: u64 = missing.iter().map(|wheel| 2 * wheel.bytes).sum();
    machine::check_space(&layout.deps, fetch + libtorch::UNPACKED_BYTES + BUILD_BYTES)?;
    if !missing.is_empty() {
        nnc_tools_support::pip::check()?;
        println!(
            "set-up: libtorch {} comes as {} wheels, {} MB left to fetch",
            TORCH.version,
            wheels.len(),
            missing.iter().map(|wheel| wheel.bytes).sum::<u64>() / 1_000_000
        );
    }
    for wheel in missing {
        pip::fetch(layout, wheel)?;
    }
    println!("set-up: unpacking libtorch into {}", layout.show(&libtorch));
    libtorch::unpack(layout)?;
    if !args.keep_wheels {
        fs::remove_dir_all(layout.wheels())
            .with_context(|| format!("{} could not be removed", layout.wheels().display()))?;
    }
    println!("set-up: done in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Fetches backbone weights with the product's own command, which checks what is there before it fetches.
pub(crate) fn fetch_weights(layout: &Layout, name: &str) -> Result<()> {
    let mut fetch = Command::new(layout.host());
    fetch.current_dir(&layout.root);
    fetch.args(["weights", "fetch", name, "--weights-dir"]).arg(layout.weights());
    command::run(layout, "fetching the weights", &mut fetch)
}
