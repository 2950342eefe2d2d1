//! Where ONNX Runtime lies, and whether a plugin in this process has opened it.
//!
//! As libtorch it is not copied or hashed, and found by the host alone: in a folder that nobody else can change, whose
//! library is told to the plugin by its path.

use std::fs;
use std::path::{Path, PathBuf};

use nnc_files::read_kernel;

use crate::error::NotAllowed;
use crate::torch;

/// A folder with the library, or with a `lib` that has it.
const VARIABLE: &str = "NNC_HOST_ONNXRUNTIME";
/// The folder of it beside others.
const FOLDER: &str = "onnxruntime";
/// How its library's name begins; its version may follow.
const NAME: &str = "libonnxruntime.so";

/// The library for `plugin`: that of `NNC_HOST_ONNXRUNTIME`, else in an `onnxruntime` in one of the places of libtorch.
/// `None` where there is none. A confined process cannot look for it: it lists no folders.
pub fn onnxruntime(plugin: &Path) -> Option<PathBuf> {
    folders(plugin).iter().find_map(|folder| library_in(folder))
}

/// Refuses a library that others could change.
///
/// # Errors
/// [`NotAllowed::Exposed`], and a file that is not there any more.
pub fn check_library(library: &Path) -> Result<(), NotAllowed> {
    NotAllowed::if_exposed(library)
}

/// Folders that may hold the library, best first.
pub(crate) fn folders(plugin: &Path) -> Vec<PathBuf> {
    let given = std::env::var_os(VARIABLE).map(PathBuf::from);
    let given = given.into_iter().flat_map(|folder| [folder.join("lib"), folder]);
    given.chain(torch::places(FOLDER, plugin)).collect()
}

fn library_in(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    // The longest name has the whole version.
    entries.filter(|path| is_library(path) && path.is_file()).max_by_key(|path| (path.as_os_str().len(), path.clone()))
}

fn is_library(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.strip_prefix(NAME).is_some_and(|version| version.is_empty() || version.starts_with('.'))
}

/// Which of the libraries that run networks this process has opened, for the record: `onnxruntime 1.32.0`, `libtorch`,
/// or nothing. A plugin opens ONNX Runtime only for a network that runs on it.
pub fn engine_in_use() -> String {
    read_kernel("/proc/self/maps").map(|maps| engine_in(&maps)).unwrap_or_default()
}

fn engine_in(maps: &str) -> String {
    let files = || maps.lines().filter_map(|line| line.find('/').and_then(|at| line.get(at..))).map(Path::new);
    if let Some(library) = files().find(|path| is_library(path)) {
        let name = library.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let version = name.strip_prefix(NAME).unwrap_or_default().trim_start_matches('.');
        return format!("{FOLDER} {version}").trim_end().to_owned();
    }
    let torch = files().any(|path| path.ends_with("libtorch_cpu.so"));
    if torch { "libtorch".to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_with_the_whole_version_is_taken_and_none_from_beside_any_plugin() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(library_in(folder.path()), None);
        let place = folder.path().join("onnxruntime/lib");
        fs::create_dir_all(&place).unwrap();
        for name in ["libonnxruntime.so.1.32.0", "libonnxruntime.so", "libonnxruntime_providers_shared.so"] {
            fs::write(place.join(name), "").unwrap();
        }
        assert_eq!(library_in(&place), Some(place.join("libonnxruntime.so.1.32.0")));
        let found = folders(&folder.path().join("plugin.so"));
        assert!(!found.is_empty() && found.iter().all(|found| !found.starts_with(folder.path())), "{found:?}");
    }

    #[test]
    fn what_runs_networks_is_seen_in_the_map_of_the_process() {
        let torch = "7f02-7f03 r-xp 00000000 08:01 13   /opt/a b/lib/libtorch_cpu.so\n";
        let onnx = "7f00-7f01 r--p 00000000 08:01 12   /opt/a b/lib/libonnxruntime.so.1.32.0\n";
        assert_eq!(engine_in(&format!("{torch}{onnx}")), "onnxruntime 1.32.0");
        assert_eq!(engine_in(torch), "libtorch");
        assert_eq!(engine_in("7f04-7f05 rw-p 00000000 00:00 0\n"), "");
    }
}
