//! The studio's folder: where what lies in it, and access to it. Nothing leads out of it, and no link in it is followed
//! ([`nnc_files::beneath`]); the folder itself is the user's choice.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nnc_files::{Exposure, beneath, exposure, open_own, read_all};
use nnc_messages::{At, Doing, Exit, Failure, messages};
use sha2::{Digest, Sha256};

use crate::why::Why;

/// Folders that a person sees.
pub(crate) const DATASETS: &str = "datasets";
pub(crate) const PROJECTS: &str = "projects";
pub(crate) const RESULTS: &str = "results";
/// Masks that were uploaded for results, which name them from then on.
pub(crate) const MASKS: &str = "masks";
/// What is the studio's own.
pub(crate) const OWN: &str = ".nnc-studio";
pub(crate) const JOBS: &str = ".nnc-studio/jobs";
pub(crate) const UPLOADS: &str = ".nnc-studio/uploads";
pub(crate) const TRASH: &str = ".nnc-studio/trash";
/// Locked by the studio that is open; holds its address.
const LOCK: &str = ".nnc-studio/lock";

messages! {
    /// Why a folder, or the file with a token, is not taken.
    pub enum Exposed {
        Foreign { path: PathBuf, owner: u32 } => "{path} belongs to user {owner}, who could change what the studio works on; use a folder and files of your own",
            "{path} の所有者はユーザー {owner} で、スタジオのデータを変更できるため使用しません。自分のフォルダーとファイルを使ってください";
        Root { path: PathBuf } => "{path} is no folder for a studio; name one of its own, such as `nnc-host studio parts`",
            "{path} はスタジオのフォルダーにできません。`nnc-host studio parts` のように専用のフォルダーを指定してください";
        OpenToAll { path: PathBuf } => "everybody may write to {path}; forbid that with `chmod o-w {path}`, or use a folder of your own",
            "{path} には誰でも書き込めるため使用しません。`chmod o-w {path}` で禁止するか、自分のフォルダーを使ってください";
        OpenToGroup { path: PathBuf } => "its group may write to {path}; forbid that with `chmod g-w {path}`, or use a folder of your own",
            "{path} にはグループの他のユーザーが書き込めるため使用しません。`chmod g-w {path}` で禁止するか、自分のフォルダーを使ってください";
    }
}

impl Exposed {
    /// In words.
    pub fn of(exposure: Exposure) -> Self {
        match exposure {
            Exposure::Foreign { path, owner, .. } => Self::Foreign { path, owner },
            Exposure::OpenToAll { path } => Self::OpenToAll { path },
            Exposure::OpenToGroup { path } => Self::OpenToGroup { path },
        }
    }
}

/// Whether a studio has had a folder open.
pub fn is_studio(folder: &Path) -> bool {
    folder.join(OWN).is_dir()
}

/// The folder of a studio, which no other studio has open.
pub(crate) struct Workspace {
    path: PathBuf,
    lock: File,
    secret: [u8; 32],
}

impl Workspace {
    /// Opens a folder and makes what it lacks.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).at(Doing::Make, folder)?;
        let path = fs::canonicalize(folder).at(Doing::Open, folder)?;
        // Everything on the computer is no studio's.
        if path.parent().is_none() {
            return Err(Failure::new(Exit::Usage, Exposed::Root { path }));
        }
        // Whoever may write there could have jobs read and write what the owner never chose.
        if let Some(exposure) = exposure(&path).at(Doing::Open, &path)? {
            return Err(Failure::new(Exit::Usage, Exposed::of(exposure)));
        }
        let made = [DATASETS, PROJECTS, RESULTS, JOBS, UPLOADS, TRASH];
        for name in made {
            beneath::create_folders(&path, Path::new(name)).at(Doing::Make, &path.join(name))?;
        }
        only_for_its_owner(&path.join(OWN))?;
        let lock = open_own(&path.join(LOCK)).at(Doing::Open, &path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut address = String::new();
                // Whoever holds it has written where it listens.
                let _ = (&lock).take(200).read_to_string(&mut address);
                return Err(Failure::new(Exit::Usage, Why::Taken { folder: path, address: address.trim().to_owned() }));
            }
            Err(TryLockError::Error(error)) => return Err(error).at(Doing::Open, &path.join(LOCK)),
        }
        Ok(Self { path, lock, secret: secret()? })
    }

    /// Tells whoever finds the folder taken where this studio is.
    pub(crate) fn write_address(&mut self, address: &str) -> io::Result<()> {
        self.lock.set_len(0)?;
        self.lock.seek(SeekFrom::Start(0))?;
        self.lock.write_all(address.as_bytes())
    }

    /// A mark on something that this user's studios have written down here. What came with a folder from elsewhere, or was changed
    /// since, has none.
    pub(crate) fn seal(&self, what: &[u8]) -> String {
        // As HMAC: nobody can go on from the inner digest.
        let inner = Sha256::new().chain_update(self.secret).chain_update(self.path.as_os_str().as_encoded_bytes());
        let inner = inner.chain_update([0]).chain_update(what).finalize();
        nnc_files::hex(&Sha256::new().chain_update(self.secret).chain_update(inner).finalize())
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of something in it, for programs that take paths.
    pub(crate) fn at(&self, inside: impl AsRef<Path>) -> PathBuf {
        self.path.join(inside)
    }

    pub(crate) fn open_file(&self, inside: impl AsRef<Path>) -> io::Result<File> {
        beneath::open(&self.path, inside.as_ref())
    }

    pub(crate) fn read(&self, inside: impl AsRef<Path>, limit: u64) -> io::Result<Vec<u8>> {
        read_all(self.open_file(inside)?, limit)
    }

    pub(crate) fn write(&self, inside: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        beneath::write_atomically(&self.path, inside.as_ref(), bytes)
    }

    pub(crate) fn make(&self, inside: impl AsRef<Path>) -> io::Result<()> {
        beneath::create_folders(&self.path, inside.as_ref())
    }

    pub(crate) fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
        beneath::rename(&self.path, from.as_ref(), to.as_ref())
    }

    pub(crate) fn remove(&self, inside: impl AsRef<Path>) -> io::Result<()> {
        beneath::remove(&self.path, inside.as_ref())
    }

    /// Whether something is there, whatever it is.
    pub(crate) fn has(&self, inside: impl AsRef<Path>) -> bool {
        beneath::kind(&self.path, inside.as_ref()).is_ok()
    }

    pub(crate) fn has_folder(&self, inside: impl AsRef<Path>) -> bool {
        beneath::kind(&self.path, inside.as_ref()).is_ok_and(|kind| kind.is_dir())
    }

    pub(crate) fn has_file(&self, inside: impl AsRef<Path>) -> bool {
        beneath::kind(&self.path, inside.as_ref()).is_ok_and(|kind| kind.is_file())
    }

    /// The names in a folder, sorted; those that are no text, or begin with a dot, are none of ours.
    pub(crate) fn names(&self, inside: impl AsRef<Path>) -> io::Result<Vec<String>> {
        let names = beneath::names(&self.path, inside.as_ref())?;
        let mut names: Vec<String> = names.into_iter().filter_map(|name| name.into_string().ok()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        Ok(names)
    }

    /// Size and time of modification of a regular file, in seconds since 1970.
    pub(crate) fn facts(&self, inside: impl AsRef<Path>) -> io::Result<(u64, f64)> {
        let found = self.open_file(inside)?.metadata()?;
        Ok((found.len(), seconds(&found)))
    }

    /// When a folder was changed.
    pub(crate) fn folder_time(&self, inside: impl AsRef<Path>) -> f64 {
        fs::symlink_metadata(self.at(inside)).map_or(0.0, |found| seconds(&found))
    }

    /// Bytes that are free on its disk for this user.
    pub(crate) fn free(&self) -> u64 {
        rustix::fs::statvfs(&self.path).map_or(u64::MAX, |found| found.f_bavail.saturating_mul(found.f_frsize))
    }
}

pub(crate) fn seconds(found: &fs::Metadata) -> f64 {
    let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
    found.modified().ok().and_then(since).map_or(0.0, |time| time.as_secs_f64())
}

/// Uploads and logs are nobody else's business.
fn only_for_its_owner(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).at(Doing::OpenUp, folder)
}

/// What only this user on this computer knows; something that nobody knows where there is no place to keep it.
fn secret() -> io::Result<[u8; 32]> {
    let kept = nnc_files::user_folder("XDG_CACHE_HOME", ".cache")
        .and_then(|folder| nnc_files::user_secret(&folder, "studio.key").ok());
    kept.map_or_else(nnc_files::random_bytes, Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_has_one_studio_and_nothing_behind_links() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new");
        let mut first = Workspace::open(&folder).unwrap();
        first.write_address("http://127.0.0.1:1").unwrap();
        let taken = Workspace::open(&folder).err().unwrap();
        assert!(taken.to_string().contains("http://127.0.0.1:1"), "{taken}");
        fs::write(place.path().join("secret"), "secret").unwrap();
        symlink(place.path(), folder.join("datasets/out")).unwrap();
        symlink(place.path().join("secret"), folder.join("projects/p.toml")).unwrap();
        assert!(first.open_file("datasets/out/secret").is_err());
        assert!(first.read("projects/p.toml", 100).is_err());
        assert!(first.open_file("../secret").is_err());
        assert!(!first.has_folder("datasets/out"));
        first.write("projects/p.toml", b"mine").unwrap();
        assert_eq!(fs::read(place.path().join("secret")).unwrap(), b"secret");
        let seal = first.seal(b"x");
        assert_ne!(seal, first.seal(b"y"));
    }

    #[test]
    fn a_folder_that_others_may_change_is_not_opened() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("open");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let refused = Workspace::open(&folder).err().unwrap().to_string();
        assert!(refused.contains("chmod o-w") && !refused.contains('\n'), "{refused}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is made there");
        if rustix::process::geteuid().is_root() {
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
            std::os::unix::fs::chown(&folder, Some(65_534), None).unwrap();
            assert!(Workspace::open(&folder).err().unwrap().to_string().contains("65534"));
        }
    }
}
