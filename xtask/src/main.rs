//! Repository tasks that need more than cargo: set-up, demo and the full test run, all as `cargo xtask COMMAND`.
//!
//! Does not know about the crates of the product; it starts their binaries like any user would.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bench;
mod browser;
mod checkers;
mod demo;
mod interop;
mod onnx;
mod pillow;
mod report_check;
mod setup;
mod studio_api;
mod studio_check;
mod test;
mod torchvision;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use nnc_tools_support::Layout;

/// Tasks for working on nnc-host
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the build needs: Debian packages, libtorch and ONNX Runtime (570 MB to fetch, 0.6 GB kept in .deps)
    Setup(setup::Args),
    /// Set up, build, draw a sample dataset, train and evaluate on it
    Demo(demo::Args),
    /// Set up, then everything CI checks: format, build, lints, tests, the pages in a browser, docs
    Test,
    /// Compare anomaly maps with Sony's nnabla 1.39 in a Debian 11 tree (root and debootstrap; 0.6 GB kept in .deps)
    Interop,
    /// Measure speed and memory beside anomalib on the same images (3 GB to fetch, 6 GB kept in .deps)
    Bench(bench::Args),
    /// Open sample reports in headless Chromium and check them (chromium, node and npm; screenshots in target)
    ReportCheck,
    /// Do NNC's starter guide in the studio with headless Chromium and look at every screen (as above)
    StudioCheck,
    /// Run every exported golden network in ONNX Runtime and OpenVINO (0.5 GB kept in .deps)
    Onnx,
    /// Compare the pixels of 3,300 images with Pillow's (libjpeg-turbo-progs, libtiff-tools, imagemagick; 0.1 GB in .deps)
    Pillow,
    /// Compare every answer of a real studio with the description of its API (schemathesis, 0.1 GB in .deps)
    StudioApi,
    /// Compare the engine with torchvision, layer by layer (6 GB kept in .deps)
    Torchvision,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args.task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<()> {
    let layout = Layout::of_this_checkout()?;
    match task {
        Task::Setup(args) => setup::run(&layout, args),
        Task::Demo(args) => demo::run(&layout, args),
        Task::Test => test::run(&layout),
        Task::Interop => interop::run(&layout),
        Task::Bench(args) => bench::run(&layout, args),
        Task::ReportCheck => report_check::run(&layout),
        Task::StudioCheck => studio_check::run(&layout, studio_check::Ways::All),
        Task::Onnx => onnx::run(&layout),
        Task::Pillow => pillow::run(&layout),
        Task::StudioApi => studio_api::run(&layout),
        Task::Torchvision => torchvision::run(&layout),
    }
}
