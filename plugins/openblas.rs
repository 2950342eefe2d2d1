//! What the build scripts of the plugins that invert matrices share: OpenBLAS, linked statically.

use std::env;
use std::path::PathBuf;

/// libtorch exports BLAS names that would take over those of a shared OpenBLAS half-way, so OpenBLAS is linked statically and
/// none of its names leave the plugin.
pub(crate) fn link() {
    println!("cargo:rerun-if-env-changed=NNC_HOST_OPENBLAS");
    println!("cargo:rustc-link-search=native={}", folder().display());
    println!("cargo:rustc-link-lib=static=openblas");
    // Fortran's run-time library: needed to link LAPACK, dropped again where nothing of it is called.
    println!("cargo:rustc-link-arg=-l:libgfortran.so.5");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--exclude-libs,ALL");
}

/// The folder with `libopenblas.a`: `NNC_HOST_OPENBLAS`, or where Debian puts it.
fn folder() -> PathBuf {
    let given = env::var_os("NNC_HOST_OPENBLAS").map(PathBuf::from);
    let debian = PathBuf::from("/usr/lib/x86_64-linux-gnu/openblas-pthread");
    given
        .into_iter()
        .chain([debian])
        .find(|folder| folder.join("libopenblas.a").is_file())
        .expect("no libopenblas.a; run `cargo xtask setup` (Debian: libopenblas-dev) or set NNC_HOST_OPENBLAS")
}
