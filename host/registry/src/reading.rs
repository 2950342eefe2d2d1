//! What a process reads to open a plugin: the file, what speaks for it, and the libraries that it may need. Of folders
//! that hold them only the libraries, so that a plugin in a home folder reads nothing else there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nnc_files::{Stamp, own_executable};
use nnc_sandbox::Permissions;

use crate::cache::stamp_of;
use crate::image::Image;
use crate::libraries::Libraries;
use crate::runtime;
use crate::torch;
use crate::trust::Trust;

/// Folders of a libtorch, or their parent.
const LIBTORCH: [&str; 2] = ["LIBTORCH", "NNC_HOST_LIBTORCH"];

/// What tells whether the group of a file is its owner alone.
const USERS: [&str; 2] = ["/etc/passwd", "/etc/group"];

/// What opening `plugin` takes, and what the plugin was granted beyond that.
pub fn reading(plugin: &Path) -> Permissions {
    let mut read = vec![plugin.to_owned()];
    read.extend(["sha256", "minisig"].map(|extension| plugin.with_added_extension(extension)));
    read.extend(Trust::path().ok());
    let mut folders: Vec<PathBuf> = LIBTORCH.iter().filter_map(std::env::var_os).map(PathBuf::from).collect();
    folders.extend(torch::places("libtorch", plugin));
    if let Ok(program) = own_executable().and_then(fs::canonicalize) {
        folders.extend(program.parent().map(Path::to_owned));
    }
    let libraries = folders.iter().flat_map(|folder| [folder.join("lib"), folder.clone()]);
    for folder in libraries.chain(plugin.parent().map(Path::to_owned)).chain(runtime::folders(plugin)) {
        read.extend(libraries_in(&folder));
    }
    read.extend(USERS.map(PathBuf::from));
    let (beside, granted) = of_file(plugin);
    read.extend(beside);
    Permissions { read, ..Permissions::default() }.and(granted)
}

/// The libraries that came with `plugin` and what speaks for them, and what it was granted. Its whole file is read for that, so it is
/// done once for each state of file and trust in the life of this process.
fn of_file(plugin: &Path) -> (Vec<PathBuf>, Permissions) {
    type State = [Option<Stamp>; 3];
    type Found = (State, Vec<PathBuf>, Permissions);
    static KNOWN: Mutex<BTreeMap<PathBuf, Found>> = Mutex::new(BTreeMap::new());
    let trust = Trust::path().ok();
    let state = [Some(plugin), plugin.parent(), trust.as_deref()].map(|path| path.and_then(stamp_of));
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((then, beside, granted)) = known().get(plugin)
        && *then == state
    {
        return (beside.clone(), granted.clone());
    }
    let (beside, granted) = look_into(plugin);
    known().insert(plugin.to_owned(), (state, beside.clone(), granted.clone()));
    (beside, granted)
}

fn look_into(plugin: &Path) -> (Vec<PathBuf>, Permissions) {
    let mut read = Vec::new();
    let mut granted = Permissions::default();
    // Whatever is wrong with the plugin is told by the process that opens it.
    if let Ok(image) = Image::read(plugin)
        && let Ok(libraries) = Libraries::of(&image, Image::read)
    {
        for (_, library) in libraries.beside() {
            read.extend(["sha256", "minisig"].map(|extension| library.path.with_added_extension(extension)));
            read.push(library.path.clone());
        }
        if let Ok(trust) = Trust::open()
            && trust.asks_for_bytes(plugin)
        {
            granted = trust.judge(&image, &libraries).map(|allowed| allowed.permissions).unwrap_or_default();
        }
    }
    (read, granted)
}

/// The shared libraries directly in a folder, `libx.so` and `libx.so.1`.
fn libraries_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| {
        path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.ends_with(".so") || name.contains(".so.")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_folder_of_a_plugin_only_libraries_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["libmine.so", "libx.so.1", "secrets.txt", "resort.sound"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let read = reading(&folder.path().join("libmine.so")).read;
        let reads = |name: &str| read.contains(&folder.path().join(name));
        assert!(reads("libmine.so") && reads("libx.so.1"));
        assert!(!reads("secrets.txt") && !reads("resort.sound") && !read.contains(&folder.path().to_owned()));
    }
}
