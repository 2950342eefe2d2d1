//! Files that appear whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::regular::{open_folder, open_regular};
use crate::temporary::temporary_file;

/// Replaces `path` by a file with these bytes: written beside it, synced, renamed.
///
/// # Errors
/// Input and output errors; `path` is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_file(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Makes `to` a second name of `from`, or a copy where the file system has no links.
///
/// # Errors
/// Input and output errors.
pub fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(_) => {
            let mut source = open_regular(from)?;
            let mut copy = temporary_file(to.parent().unwrap_or(Path::new(".")))?;
            io::copy(&mut source, &mut copy)?;
            Ok(copy.persist_noclobber(to).map(drop)?)
        }
    }
}

/// Writes everything to the disk that waits to be written to the file system of `folder`.
///
/// # Errors
/// Input and output errors.
pub fn sync_file_system(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(open_folder(folder)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_others_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        // What the umask leaves of the usual mode.
        fs::write(folder.path().join("usual"), "").unwrap();
        let usual = fs::metadata(folder.path().join("usual")).unwrap().permissions();
        fs::remove_file(folder.path().join("usual")).unwrap();
        let path = folder.path().join("a.json");
        for text in ["first", "second"] {
            write_atomically(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions(), usual);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_atomically(&folder.path().join("missing/a.json"), b"").is_err());
        sync_file_system(folder.path()).unwrap();
    }
}
