//! Makes the tables of a later minor version out of today's: the same, with another number.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let source = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../../plugin-api/src");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    println!("cargo:rerun-if-changed={}", source.join("ffi.rs").display());
    let today = fs::read_to_string(source.join("ffi.rs")).unwrap();
    let number = "ABI_VERSION: &str = \"1.0.0\"";
    assert!(today.contains(number), "the version of the interface is not where it was");
    let later = today.replace(number, "ABI_VERSION: &str = \"1.7.0\"");
    // An included file cannot have inner comments.
    let later: Vec<&str> = later.lines().filter(|line| !line.starts_with("//!")).collect();
    fs::write(out.join("ffi.rs"), later.join("\n")).unwrap();
}
