//! Data for the tests of every crate: the golden vectors that nnabla 1.39 computed (`golden/`, described in its README),
//! networks that it trained for other tasks than ours (`tasks/`, likewise), and what tests need that cannot be in the repository, such as downloaded weights.
//!
//! A test whose data is missing fails if the data is part of the repository. What depends on the machine is skipped
//! with [`skip`], which `cargo xtask test` counts; in CI (`CI` is set) it fails, because there everything is installed.
//!
//! Does not know about any other crate.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Path of a golden file or folder, for example `golden("functions/relu")`.
///
/// # Panics
/// When it does not exist: the checkout is incomplete, or the name is wrong.
#[track_caller]
pub fn golden(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    assert!(path.exists(), "{} is part of the repository but not here", path.display());
    path
}

/// Folder of one of the trained networks that are no detectors: `classifier`, `regression`, `autoencoder` or `segmentation`
/// (`tasks/README.md`).
///
/// # Panics
/// When it does not exist: the checkout is incomplete, or the name is wrong.
#[track_caller]
pub fn tasks(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tasks").join(name);
    assert!(path.exists(), "{} is part of the repository but not here", path.display());
    path
}

/// The weights of `efficientnet_lite0`, which `cargo xtask setup` downloads: in a folder of `NNC_HOST_WEIGHTS`, or in `.deps/weights`.
/// `None` where they are not, after a [`skip`].
#[track_caller]
pub fn efficientnet_lite0() -> Option<PathBuf> {
    let folders = std::env::var_os("NNC_HOST_WEIGHTS");
    let mut folders: Vec<PathBuf> = folders.iter().flat_map(std::env::split_paths).collect();
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps/weights"));
    let found = folders.into_iter().map(|folder| folder.join("efficientnet-lite0-57934424.pth")).find(|p| p.is_file());
    if found.is_none() {
        skip("the weights of efficientnet_lite0 are not on this machine");
    }
    found
}

/// The library of ONNX Runtime, which `cargo xtask setup` puts beside libtorch.
///
/// # Panics
/// When it is not there: what it is needed for needs libtorch as well, so `cargo xtask setup` has to run first.
#[track_caller]
pub fn onnxruntime() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.deps/onnxruntime/lib");
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let library = files.into_iter().find(|path| path.to_string_lossy().contains("libonnxruntime.so."));
    library.unwrap_or_else(|| panic!("ONNX Runtime is not in {}; run `cargo xtask setup`", folder.display()))
}

/// Notes that the running test is skipped, and why: on standard error, and in the file that `NNC_TESTS_SKIPPED` names.
///
/// # Panics
/// In CI, which has to run everything.
#[track_caller]
pub fn skip(reason: &str) {
    let place = std::panic::Location::caller();
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    assert!(std::env::var_os("CI").is_none(), "{test} would be skipped in CI: {reason}");
    let line = format!("skipped {test} ({}): {reason}", place.file());
    eprintln!("{line}");
    if let Some(path) = std::env::var_os("NNC_TESTS_SKIPPED") {
        let written =
            OpenOptions::new().create(true).append(true).open(&path).and_then(|mut file| writeln!(file, "{line}"));
        assert!(written.is_ok(), "cannot note the skipped test in {}", path.display());
    }
}
