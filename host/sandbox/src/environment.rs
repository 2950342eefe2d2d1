//! Which of the user's variables a child is given. Others hold what is no plugin's business: passwords, tokens, addresses.

use std::ffi::OsString;

/// By their names.
const NAMES: [&str; 19] = [
    // Language and time, for messages and log lines.
    "LANG",
    "LANGUAGE",
    "TZ",
    "TZDIR",
    // The user's folders: cache, trust file, libtorch.
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "LIBTORCH",
    // Of the system's loader. It has no beginning of its own: `LD_SDK_KEY` is a secret of something else.
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LD_BIND_NOW",
    "LD_DEBUG",
    "LD_DEBUG_OUTPUT",
    // Memory, devices, and how much is told about a panic. Others of NVIDIA's are keys.
    "GLIBC_TUNABLES",
    "NVIDIA_TF32_OVERRIDE",
    "NVIDIA_VISIBLE_DEVICES",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
];

/// By the beginnings of their names: categories of the locale, this program, and settings of libtorch and the libraries in it.
const FAMILIES: [&str; 17] = [
    "LC_",
    "NNC_HOST_",
    "OMP_",
    "GOMP_",
    "KMP_",
    "MKL_",
    "OPENBLAS_",
    "GOTO_",
    "DNNL_",
    "ONEDNN_",
    "ATEN_",
    "TORCH_",
    "PYTORCH_",
    "MALLOC_",
    "CUDA_",
    "CUBLAS_",
    "CUDNN_",
];

/// This program's own, but of no use to a child: an address that may hold a password, what lets into the studio or
/// a server, and the file of whoever
/// started a job.
const KEPT: [&str; 4] =
    ["NNC_HOST_WEIGHTS_MIRROR", "NNC_HOST_STUDIO_TOKEN", "NNC_HOST_INSPECT_TOKEN", "NNC_HOST_PROGRESS"];

/// The variables of this process that its children are given.
pub(crate) fn passed_on() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_passed_on))
}

fn is_passed_on(name: &str) -> bool {
    !KEPT.contains(&name) && (NAMES.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_here() {
        for name in ["HOME", "LC_ALL", "NNC_HOST_LIBTORCH", "OMP_PLACES", "MKL_CBWR", "CUDA_VISIBLE_DEVICES"] {
            assert!(is_passed_on(name), "{name}");
        }
        let others = ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "PATH", "HOMEBREW", "http_proxy"];
        for name in others.into_iter().chain(KEPT) {
            assert!(!is_passed_on(name), "{name}");
        }
    }
}
