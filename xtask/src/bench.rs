//! `cargo xtask bench`: set-up, and then the benchmark of `tools/benchmark`.

use std::ffi::OsString;

use anyhow::Result;
use nnc_tools_support::Layout;
use nnc_tools_support::command::{self, cargo};

use crate::setup;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// Options of the benchmark; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Sets up and runs the benchmark.
pub(crate) fn run(layout: &Layout, args: &Args) -> Result<()> {
    setup::run(layout, &setup::Args::default())?;
    let mut bench = cargo(layout);
    bench.args(["run", "--quiet", "--release", "--locked", "--package", "nnc-benchmark", "--"]).args(&args.options);
    command::run(layout, "the benchmark", &mut bench)
}
