//! `cargo xtask test`: everything CI checks, in the order that finds mistakes soonest.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::command::{self, cargo};
use crate::layout::Layout;
use crate::setup;

/// Backbone that the tests and the demo run on.
const BACKBONE: &str = "efficientnet_lite0";

/// Runs all steps and stops at the first that fails.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let mut steps = Steps::default();
    steps.run("set-up", || setup::run(layout, &setup::Args::default()))?;
    steps.run("format", || {
        component("rustfmt", "fmt")?;
        command::run(layout, "format", cargo(layout).args(["fmt", "--all", "--check"]))
    })?;
    steps.run("build", || command::run(layout, "build", cargo(layout).args(["build", "--release", "--workspace"])))?;
    steps.run("plugins of other times", || {
        let mut build = cargo(layout);
        build.args(["build", "--release", "--manifest-path", "tests/frozen/Cargo.toml", "--target-dir", "target"]);
        command::run(layout, "plugins of other times", build.args(["--workspace", "--lib", "--examples"]))
    })?;
    steps.run("weights", || setup::fetch_weights(layout, BACKBONE))?;
    steps.run("lints", || {
        component("clippy", "clippy")?;
        let mut clippy = cargo(layout);
        clippy.args(["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        command::run(layout, "lints", &mut clippy)
    })?;
    steps.run("tests", || {
        let mut tests = cargo(layout);
        tests.args(["test", "--release", "--workspace"]);
        tests.env("NNC_HOST_WEIGHTS", layout.weights());
        // The build step above made what the black-box tests would otherwise build themselves.
        tests.env("NNC_TESTS_PREBUILT", "1");
        command::run(layout, "tests", &mut tests)
    })?;
    steps.run("documentation", || {
        let mut doc = cargo(layout);
        doc.args(["doc", "--release", "--workspace", "--no-deps", "--lib"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        command::run(layout, "documentation", &mut doc)
    })?;
    steps.summary();
    Ok(())
}

/// Fails with what to install when a part of the Rust toolchain is missing.
fn component(component: &str, subcommand: &str) -> Result<()> {
    let found = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([subcommand, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        bail!("`cargo {subcommand}` is not installed; run `rustup component add {component}` and start this again");
    }
    Ok(())
}

/// The steps so far, with the time each took and whether it passed.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = step();
        let elapsed = start.elapsed();
        self.done.push((name, elapsed, result.is_ok()));
        match &result {
            Ok(()) => println!("==> {name}: ok after {:.1} s", elapsed.as_secs_f64()),
            Err(_) => self.summary(),
        }
        result
    }

    fn summary(&self) {
        println!();
        for (name, elapsed, passed) in &self.done {
            let mark = if *passed { "ok" } else { "FAILED" };
            println!("{name:>16}  {mark:6}  {:8.1} s", elapsed.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, elapsed, _)| *elapsed).sum();
        println!("{:>16}  {:6}  {:8.1} s", "together", "", total.as_secs_f64());
    }
}
