//! Links the plugin so that it lives beside other plugins and a host without libtorch.
//!
//! * libtorch exports BLAS names that would take over those of a shared OpenBLAS half-way, so OpenBLAS is linked
//!   statically and none of its names leave the plugin.
//! * torch-sys's own run-time path does not reach a plugin, so it is given here.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=NNC_HOST_OPENBLAS");
    // torch-sys says `links = "tch"`, so Cargo names the variable after that.
    let torch = env::var("DEP_TCH_LIBTORCH_LIB")
        .expect("torch-sys passed no folder of libtorch; run `cargo xtask setup` and build again");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{torch}");

    let openblas = openblas_folder();
    println!("cargo:rustc-link-search=native={}", openblas.display());
    println!("cargo:rustc-link-lib=static=openblas");
    // Fortran's run-time library: needed to link LAPACK, dropped again where nothing of it is called.
    println!("cargo:rustc-link-arg=-l:libgfortran.so.5");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--exclude-libs,ALL");
    // A plugin that was unloaded under running threads would take the process with it.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}

/// The folder with `libopenblas.a`: `NNC_HOST_OPENBLAS`, or where Debian puts it.
fn openblas_folder() -> PathBuf {
    let given = env::var_os("NNC_HOST_OPENBLAS").map(PathBuf::from);
    let debian = PathBuf::from("/usr/lib/x86_64-linux-gnu/openblas-pthread");
    given
        .into_iter()
        .chain([debian])
        .find(|folder| Path::new(folder).join("libopenblas.a").is_file())
        .expect("no libopenblas.a; run `cargo xtask setup` (Debian: libopenblas-dev) or set NNC_HOST_OPENBLAS")
}
