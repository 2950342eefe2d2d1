//! Links the plugin so that it lives beside other plugins and a host without libtorch: torch-sys's own run-time path
//! does not reach a plugin, so it is given here, and a plugin must never be unloaded.

use std::env;

fn main() {
    // torch-sys says `links = "tch"`, so Cargo names the variable after that.
    let torch = env::var("DEP_TCH_LIBTORCH_LIB")
        .expect("torch-sys passed no folder of libtorch; run `cargo xtask setup` and build again");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{torch}");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--exclude-libs,ALL");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
