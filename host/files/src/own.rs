//! Files and folders that belong to this program and its user.

use std::io;
use std::path::{Path, PathBuf};

/// What to start this program again with: the very file that is running, even if an update has replaced it meanwhile.
///
/// # Errors
/// A system that cannot tell.
pub fn own_executable() -> io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

/// Whether a file or folder belongs to the user who runs this program; not, where that cannot be told.
pub fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|found| found.uid() == rustix::process::geteuid().as_raw())
}

/// A folder of the user's: `variable` if set, else `fallback` below the home folder, each with `nnc-host` added.
pub fn user_folder(variable: &str, fallback: &str) -> Option<PathBuf> {
    let base = std::env::var_os(variable)
        .filter(|v| Path::new(v).is_absolute())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(fallback)))?;
    Some(base.join("nnc-host"))
}
