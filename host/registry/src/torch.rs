//! Where libtorch lies. Plugins do not say that themselves: a folder written into them when they were built would be
//! searched on every machine, whoever makes it there.
//!
//! It is not copied or hashed, since it has half a gigabyte; nobody but this user and the administrator may be able to
//! change it.

use std::path::{Path, PathBuf};

use nnc_files::{own_executable, user_folder};

/// The folder of a libtorch with its `lib` inside, as for its bindings.
const VARIABLE: &str = "LIBTORCH";

/// Whether a library of this name is a part of libtorch.
pub(crate) fn is_part(name: &str) -> bool {
    ["libtorch", "libc10"]
        .iter()
        .any(|part| name.strip_prefix(part).is_some_and(|rest| rest.starts_with('_') || rest.starts_with(".so")))
}

/// The part `name`: that of [`VARIABLE`], else what lies with a plugin that is installed (`beside`, which its own search path
/// leads to, or in a `libtorch` beside it), else that in the user's folder, with this program, or where set-up puts it
/// (`.deps` above this program).
///
/// Nothing that lies with a plugin elsewhere: a file with the bytes of a trusted plugin can be put anywhere, and another
/// libtorch beside it.
pub(crate) fn find(name: &str, plugin: &Path, beside: Option<&Path>) -> Option<PathBuf> {
    let given = std::env::var_os(VARIABLE).map(|folder| Path::new(&folder).join("lib").join(name));
    let beside = is_installed(plugin).then(|| beside.map(Path::to_owned).into_iter().chain(near(name, plugin)));
    given
        .into_iter()
        .chain(beside.into_iter().flatten())
        .chain(places("libtorch", plugin).into_iter().map(|folder| folder.join(name)))
        .chain(program().and_then(|program| near(name, &program)))
        .find(|path| path.is_file())
}

/// The folders of a library that set-up puts into `.deps/LIBRARY/lib`: with the plugin, if it is installed, in the user's
/// folder, with this program and above it.
pub(crate) fn places(library: &str, plugin: &Path) -> Vec<PathBuf> {
    let within = |folder: &Path| folder.join(library).join("lib");
    let near = plugin.parent().filter(|_| is_installed(plugin)).map(within);
    let own = user_folder("XDG_DATA_HOME", ".local/share").map(|folder| within(&folder));
    let program = program();
    let folders = program.iter().flat_map(|program| program.ancestors().skip(1));
    let with_program = program.as_deref().and_then(Path::parent).map(within);
    let above = folders.map(|folder| within(&folder.join(".deps")));
    near.into_iter().chain(own).chain(with_program).chain(above).collect()
}

/// Whether a plugin lies where the user has put programs and plugins: beside this program, or in his own folder for plugins.
fn is_installed(plugin: &Path) -> bool {
    let Some(folder) = plugin.parent() else { return false };
    let is_beside = program().is_some_and(|program| program.parent() == Some(folder));
    is_beside || user_folder("XDG_DATA_HOME", ".local/share").is_some_and(|own| folder.starts_with(own))
}

/// This program, wherever links to it lie.
fn program() -> Option<PathBuf> {
    own_executable().and_then(std::fs::canonicalize).ok()
}

fn near(name: &str, file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtorch_is_not_taken_from_beside_any_plugin() {
        for name in ["libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10.so", "libc10_cuda.so"] {
            assert!(is_part(name), "{name}");
        }
        assert!(!is_part("libtorchlight.so") && !is_part("libc.so.6"));
        let folder = tempfile::tempdir().unwrap();
        let place = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        // No libtorch has this part, so none of the machine's is found.
        let name = "libtorch_none.so";
        let plugin = place("a/b/plugin.so");
        let beside = place("a/b/libtorch_none.so");
        for path in [".deps/libtorch/lib/libtorch_none.so", "a/b/libtorch/lib/libtorch_none.so"] {
            place(path);
            assert_eq!(find(name, &plugin, Some(&beside)), None, "{path}");
        }
        // A plugin that lies with this program brings its own.
        let installed = program().unwrap().with_file_name("plugin.so");
        assert_eq!(find(name, &installed, Some(&beside)), Some(beside));
    }
}
