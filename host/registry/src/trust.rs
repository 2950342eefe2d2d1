//! Which plugin files may be opened at all. Opening one runs its code, so the answer is needed before that.
//!
//! Two mechanisms, both off until somebody uses them: a pin, `FILE.sha256` beside a plugin, holds it to exactly these
//! bytes; and a trust file can say that only plugins with a known hash are allowed, for production lines where
//! nobody may add one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use nnc_files::note::{self, Note, NoteError};
use nnc_files::{Stamp, sha256_of, sha256_of_open, user_folder, write_atomically};
use serde::{Deserialize, Serialize};

use crate::error::{NotAllowed, TrustError};

/// The trust file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trust {
    /// Whether every other plugin is refused.
    pub only_known: bool,
    /// SHA-256 of known plugins, with the path they had when they became known.
    pub known: BTreeMap<String, PathBuf>,
}

impl Trust {
    /// Names another trust file than the user's, which an administrator can keep where users cannot write.
    pub const VARIABLE: &str = "NNC_HOST_TRUST";

    /// Where the trust file lies.
    ///
    /// # Errors
    /// When there is no home folder and no variable says otherwise.
    pub fn path() -> Result<PathBuf, TrustError> {
        std::env::var_os(Self::VARIABLE)
            .map(PathBuf::from)
            .or_else(|| user_folder("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("trust.json")))
            .ok_or(TrustError::NoHome { variable: Self::VARIABLE })
    }

    /// Reads the trust file; one that is not there trusts everybody, unless the variable names it.
    ///
    /// # Errors
    /// A file that cannot be read: a policy that nobody can read must not be ignored.
    pub fn open() -> Result<Self, TrustError> {
        let Ok(path) = Self::path() else { return Ok(Self::default()) };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| TrustError::Damaged { path, error }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && std::env::var_os(Self::VARIABLE).is_none() => {
                Ok(Self::default())
            }
            Err(error) => Err(TrustError::Unreadable { path, error }),
        }
    }

    /// Writes the trust file.
    ///
    /// # Errors
    /// Input and output errors.
    pub fn save(&self) -> Result<(), TrustError> {
        let path = Self::path()?;
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            write_atomically(&path, &serde_json::to_vec_pretty(self)?)
        };
        write().map_err(|error| TrustError::NotSaved { path: path.clone(), error })
    }

    /// Makes a file known.
    ///
    /// # Errors
    /// Input and output errors.
    pub fn add(&mut self, path: PathBuf) -> io::Result<()> {
        self.known.insert(sha256_of(&path)?, path);
        Ok(())
    }

    /// Forgets a file: by its bytes, and by its path too, since it may have changed or be gone. Says whether it was known.
    pub fn forget(&mut self, path: &Path) -> bool {
        let hash = sha256_of(path).ok();
        let before = self.known.len();
        self.known.retain(|known, at| Some(known) != hash.as_ref() && *at != path);
        self.known.len() < before
    }

    /// Checks a plugin file against its pin and the policy. `None` when there is neither, and the file was not read.
    ///
    /// # Errors
    /// Why it must not be opened.
    pub fn check(&self, path: &Path) -> Result<Option<Checked>, NotAllowed> {
        let pin = pin_of(path)?;
        if pin.is_none() && !self.only_known {
            return Ok(None);
        }
        let (stamp, sha256) = hashed(path).map_err(|error| NotAllowed::Unreadable { path: path.to_owned(), error })?;
        if let Some(pin) = pin.filter(|pin| pin.sha256 != sha256) {
            return Err(NotAllowed::Pinned {
                path: path.to_owned(),
                pin: pin.path,
                found: sha256,
                expected: pin.sha256,
            });
        }
        if self.only_known && !self.known.contains_key(&sha256) {
            return Err(NotAllowed::NotKnown { path: path.to_owned(), sha256 });
        }
        Ok(Some(Checked { path: path.to_owned(), stamp }))
    }

    /// Checks a file that a project names by its path. Whoever opens a project of somebody else has not asked for its code
    /// to run, so the file has to be known, whatever the policy is.
    ///
    /// # Errors
    /// [`NotAllowed::NamedByProject`], or that it cannot be read.
    pub fn check_named_by_project(&self, path: &Path) -> Result<(), NotAllowed> {
        let (_, sha256) = hashed(path).map_err(|error| NotAllowed::Unreadable { path: path.to_owned(), error })?;
        match self.known.contains_key(&sha256) {
            true => Ok(()),
            false => Err(NotAllowed::NamedByProject { path: path.to_owned(), sha256 }),
        }
    }
}

/// The stamp of a file before it was hashed, and its SHA-256.
fn hashed(path: &Path) -> io::Result<(Stamp, String)> {
    let mut file = File::open(path)?;
    let stamp = Stamp::of(&file.metadata()?);
    Ok((stamp, sha256_of_open(&mut file)?))
}

/// The pin beside a plugin with the hash it holds.
fn pin_of(path: &Path) -> Result<Option<Note>, NotAllowed> {
    note::read(path).map_err(|error| match error {
        NoteError::Unreadable { note, error } => NotAllowed::PinUnreadable { pin: note, error },
        NoteError::NoHash { note } => NotAllowed::PinDamaged { path: path.to_owned(), pin: note },
    })
}

/// A file as it was when it was hashed.
#[derive(Debug)]
pub struct Checked {
    path: PathBuf,
    stamp: Stamp,
}

impl Checked {
    /// Makes sure that the file which was opened meanwhile is the one that was hashed: nobody replaced it or wrote
    /// into it in between. (The system's loader opens files by name, so its own bytes cannot be hashed.)
    ///
    /// # Errors
    /// [`NotAllowed::Changed`].
    pub fn ensure_unchanged(&self) -> Result<(), NotAllowed> {
        match std::fs::metadata(&self.path) {
            Ok(meta) if Stamp::of(&meta) == self.stamp => Ok(()),
            _ => Err(NotAllowed::Changed { path: self.path.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_and_policies_hold_files_to_their_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("libx.so");
        std::fs::write(&file, "plugin").unwrap();
        let hash = sha256_of(&file).unwrap();
        let pin = dir.path().join("libx.so.sha256");
        let mut trust = Trust::default();
        assert!(trust.check(&file).unwrap().is_none());

        std::fs::write(&pin, format!("{}  libx.so\n", hash.to_uppercase())).unwrap();
        let checked = trust.check(&file).unwrap().unwrap();
        checked.ensure_unchanged().unwrap();
        std::fs::write(&file, "other!").unwrap();
        assert!(matches!(checked.ensure_unchanged(), Err(NotAllowed::Changed { path }) if path == file));
        assert!(matches!(trust.check(&file), Err(NotAllowed::Pinned { expected, .. }) if expected == hash));
        std::fs::write(&pin, "nonsense").unwrap();
        assert!(matches!(trust.check(&file), Err(NotAllowed::PinDamaged { .. })));
        std::fs::remove_file(&pin).unwrap();

        trust.only_known = true;
        assert!(matches!(trust.check(&file), Err(NotAllowed::NotKnown { .. })));
        trust.add(file.clone()).unwrap();
        assert!(trust.check(&file).unwrap().is_some());
        // By its path, when its bytes have changed.
        std::fs::write(&file, "third").unwrap();
        assert!(trust.forget(&file) && !trust.forget(&file));
    }
}
