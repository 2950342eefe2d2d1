//! Links the plugin so that it finds libtorch, and so that it stays loaded.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // torch-sys says `links = "tch"`, so Cargo names the variable after that; its own run-time path does not reach a
    // plugin.
    let torch = env::var("DEP_TCH_LIBTORCH_LIB")
        .expect("torch-sys passed no folder of libtorch; run `cargo xtask setup` and build again");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{torch}");
    // A plugin that was unloaded under running threads would take the process with it.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
