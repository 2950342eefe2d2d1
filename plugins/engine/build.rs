//! Lets the test programs of this crate find libtorch at run time.
//!
//! torch-sys passes its library folder to direct dependents only, and what it tells the linker ends with it.
#![allow(clippy::disallowed_macros, reason = "this is how a build script talks to Cargo")]

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Named after `links = "tch"` in torch-sys.
    let Ok(folder) = env::var("DEP_TCH_LIBTORCH_LIB") else {
        println!("cargo::error=torch-sys did not say where libtorch is; run `cargo xtask setup`");
        return;
    };
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "unix") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
