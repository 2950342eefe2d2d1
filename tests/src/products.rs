//! The programs under test, built once for each test process in the target folder that the tests themselves use.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program.
pub fn host() -> &'static Path {
    static HOST: OnceLock<PathBuf> = OnceLock::new();
    HOST.get_or_init(|| {
        build(&["nnc-host", "nnc-plugin-probe"]);
        plugin_folder().join("nnc-host")
    })
}

/// The PaDiM plugin, which needs libtorch.
pub fn padim() -> &'static Path {
    static PADIM: OnceLock<PathBuf> = OnceLock::new();
    PADIM.get_or_init(|| {
        build(&["nnc-plugin-padim"]);
        plugin_folder().join("libnnc_plugin_padim.so")
    })
}

/// Folder of the built programs and plugins.
pub fn plugin_folder() -> PathBuf {
    target_folder().join("release")
}

/// Root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A test runs as `TARGET/PROFILE/deps/NAME-HASH`.
fn target_folder() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

fn build(packages: &[&str]) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The product has one profile; a debug build of the tests tests the same program.
    cargo.current_dir(workspace()).args(["build", "--quiet", "--release", "--target-dir"]).arg(target_folder());
    for package in packages {
        cargo.args(["--package", package]);
    }
    let status = cargo.status().unwrap();
    assert!(status.success(), "{cargo:?} failed");
}
