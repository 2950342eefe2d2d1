//! The crate against files that nnabla 1.39 wrote.
//!
//! They are those that every crate shares (`nnc-test-data`).
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "opens files of its own")]

mod files;
mod functions;
mod head;
mod parameters;
mod table;

use std::path::PathBuf;

use nnc_test_data::golden;

/// A small random ResNet with protobuf parameters.
fn backbone_file() -> PathBuf {
    golden("backbone_tiny_nchw_pb.nnp")
}

/// The network text of a PaDiM model that was trained on it.
fn head_text() -> String {
    std::fs::read_to_string(golden("expected/tiny_dense/results.nntxt")).unwrap()
}
