//! What the build scripts of the plugins that need libtorch share.

use std::env;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

/// Links a plugin so that it names no folder of this machine, and so that it stays loaded.
///
/// The host finds libtorch for plugins. A folder of this machine written into a plugin would be searched on others, for
/// whoever makes it there; so only what lies beside the plugin is named. The tests of its crate find libtorch through a
/// link in Cargo's own folder, which Cargo names to the programs that it runs.
pub(crate) fn plugin() {
    // torch-sys says `links = "tch"`, so Cargo names the variable after that.
    let torch = env::var("DEP_TCH_LIBTORCH_LIB")
        .expect("torch-sys passed no folder of libtorch; run `cargo xtask setup` and build again");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-rpath,$ORIGIN");
    let link = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo names a folder")).join("libtorch");
    // One of an earlier build may lead elsewhere.
    let _ = std::fs::remove_file(&link);
    symlink(torch, &link).expect("Cargo's own folder can be written");
    println!("cargo::rustc-link-search=native={}", link.display());
    // A plugin that was unloaded under running threads would take the process with it.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    // Tables of lines are three quarters of a plugin, which every process that opens it copies and hashes. Panics name file and
    // line without them, and backtraces their functions.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,--strip-debug");
    }
}
