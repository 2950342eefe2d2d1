//! The crate against files that nnabla 1.39 wrote.
//!
//! `testdata/backbone_tiny.nnp` is a small random ResNet with protobuf parameters; `testdata/tiny_dense.nntxt` is the network
//! text of a PaDiM model trained on it. The others are those that every crate
//! shares (`nnc-test-data`).
#![allow(clippy::unwrap_used)]

mod files;
mod functions;
mod head;
mod parameters;
mod table;

use std::path::{Path, PathBuf};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}
