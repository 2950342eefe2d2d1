//! Small helpers for files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Replaces `path` by a file with these bytes: written beside, synced, renamed.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    // Temporary files are private; results are meant to be read by others.
    set_usual_mode(file.as_file())?;
    file.persist(path)?;
    Ok(())
}

/// Makes a temporary file readable for others.
pub(crate) fn set_usual_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Makes `to` a second name of `from`, or a copy where the file system has no links.
pub(crate) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(_) => fs::copy(from, to).map(drop),
    }
}

/// SHA-256 of a file as lower-case hex.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    sha256_with(path, &|_, _| {})
}

/// SHA-256 of a file as lower-case hex; `progress` hears how many of how many bytes are done.
pub(crate) fn sha256_with(path: &Path, progress: &dyn Fn(u64, u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let total = file.metadata()?.len();
    hash(&mut file, &|done| progress(done, total))
}

/// SHA-256 of the rest of an open file as lower-case hex.
pub(crate) fn sha256_of_open(file: &mut File) -> io::Result<String> {
    hash(file, &|_| {})
}

fn hash(file: &mut File, progress: &dyn Fn(u64)) -> io::Result<String> {
    let mut done = 0;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => {
                hash.update(buffer.get(..n).unwrap_or_default());
                done += n as u64;
                progress(done);
            }
        }
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What to start this program again with: the very file that is running, even if an update has replaced it meanwhile.
pub(crate) fn own_executable() -> io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

/// A folder of the user's: `variable` if set, else `fallback` below the home folder, each with `nnc-host` added.
pub(crate) fn user_folder(variable: &str, fallback: &str) -> Option<PathBuf> {
    let base = std::env::var_os(variable)
        .filter(|v| Path::new(v).is_absolute())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(fallback)))?;
    Some(base.join("nnc-host"))
}
