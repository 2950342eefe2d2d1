//! Random bytes, and a secret of the user's that is made when it is first asked for and kept in a file of this user alone.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::geteuid;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::temporary::private_file;
use crate::{beneath, read_all};

/// Bytes of a secret.
const BYTES: usize = 32;
/// Rights of group and others.
const NOT_ONLY_MINE: u32 = 0o077;

/// Bytes that nobody can guess.
///
/// # Errors
/// A system without random numbers.
pub fn random_bytes<const COUNT: usize>() -> io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    let mut filled = 0;
    while filled < COUNT {
        filled += getrandom(&mut bytes[filled..], GetRandomFlags::empty())?;
    }
    Ok(bytes)
}

/// The secret `name` in `folder`, which is made if need be. One that another user owns or may read is no secret: a new one takes
/// its place.
///
/// # Errors
/// Those of the system.
pub fn user_secret(folder: &Path, name: &str) -> io::Result<[u8; BYTES]> {
    let found = match read(folder, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found),
    };
    if let Some(Ok(secret)) = found {
        return Ok(secret);
    }
    std::fs::create_dir_all(folder)?;
    // Nobody else may read it from the beginning.
    let mut file = private_file(folder)?;
    let secret = random_bytes()?;
    file.write_all(&secret).and_then(|()| file.as_file().sync_all())?;
    let path = folder.join(name);
    if found.is_some() {
        file.persist(path)?;
        return Ok(secret);
    }
    match file.persist_noclobber(path) {
        Ok(_) => Ok(secret),
        // Another process was faster.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read(folder, name),
        Err(error) => Err(error.error),
    }
}

fn read(folder: &Path, name: &str) -> io::Result<[u8; BYTES]> {
    let file = beneath::open(folder, Path::new(name))?;
    let found = file.metadata()?;
    if found.uid() != geteuid().as_raw() || found.mode() & NOT_ONLY_MINE != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    read_all(file, BYTES as u64)?.try_into().map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_secret_stays_the_same_as_long_as_it_is_one() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("cache");
        let secret = || user_secret(&folder, "key").unwrap();
        let first = secret();
        assert_eq!(secret(), first);
        assert_eq!(fs::metadata(folder.join("key")).unwrap().mode() & 0o777, 0o600);
        let mut old = first;
        let mut is_new = || {
            let new = secret();
            assert_eq!(secret(), new);
            std::mem::replace(&mut old, new) != new
        };
        fs::set_permissions(folder.join("key"), Permissions::from_mode(0o640)).unwrap();
        assert!(is_new());
        fs::write(folder.join("key"), "short").unwrap();
        assert!(is_new());
        fs::write(place.path().join("other"), [7; BYTES]).unwrap();
        fs::set_permissions(place.path().join("other"), Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(folder.join("key")).unwrap();
        symlink(place.path().join("other"), folder.join("key")).unwrap();
        assert!(is_new());
        assert_eq!(fs::read(place.path().join("other")).unwrap(), [7; BYTES]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn many_at_once_get_the_same() {
        let place = tempfile::tempdir().unwrap();
        let secrets: Vec<_> = std::thread::scope(|scope| {
            let ask = || user_secret(&place.path().join("cache"), "key").unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(secrets.iter().all(|secret| secret == &secrets[0]));
    }
}
