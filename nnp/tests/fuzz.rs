//! What the fuzz targets of `fuzz/` check, on their seeds and on everything they have found so far.
#![allow(missing_docs, clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

#[path = "../fuzz/properties.rs"]
#[allow(dead_code, unreachable_pub)]
mod properties;

use std::{fs, path::Path};

/// Checks every file of `folders`, which are relative to the folder of this crate.
fn replay(check: fn(&[u8]), folders: &[&str]) {
    let mut count = 0;
    for folder in folders {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                println!("{}", path.display());
                check(&fs::read(path).unwrap());
                count += 1;
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn nntxt() {
    replay(properties::nntxt, &["fuzz/seeds/nntxt"]);
}

#[test]
fn protobuf() {
    replay(properties::protobuf, &["fuzz/seeds/protobuf"]);
}

#[test]
fn h5() {
    replay(properties::h5, &["testdata/h5"]);
}

#[test]
fn zip() {
    replay(properties::zip, &["fuzz/seeds/zip", "../tests/data/golden"]);
}
