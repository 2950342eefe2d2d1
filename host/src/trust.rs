//! Which plugin files may be opened at all. Opening one runs its code, so the answer is needed before that.
//!
//! Two mechanisms, both off until somebody uses them: a pin, `FILE.sha256` beside a plugin, holds it to exactly these
//! bytes; and a trust file can say that only plugins with a known hash are allowed, for lines where nobody may add
//! one.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::language::PluginText;
use nnc_files::note::{self, Note, NoteError};
use nnc_files::{Stamp, sha256_of_open, user_folder, write_atomically};
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, Result};

/// The trust file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Trust {
    /// Whether every other plugin is refused.
    pub(crate) only_known: bool,
    /// SHA-256 of known plugins, with the path they had when they became known.
    pub(crate) known: BTreeMap<String, PathBuf>,
}

impl Trust {
    /// Names another trust file than the user's, which an administrator can keep where users cannot write.
    pub(crate) const VARIABLE: &str = "NNC_HOST_TRUST";

    /// Where the trust file lies.
    ///
    /// # Errors
    /// When there is no home folder and no variable says otherwise.
    pub(crate) fn path() -> Result<PathBuf> {
        std::env::var_os(Self::VARIABLE)
            .map(PathBuf::from)
            .or_else(|| user_folder("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("trust.json")))
            .ok_or_else(|| Failure::new(Exit::Usage, PluginText::NoTrustHome.with(&[&Self::VARIABLE])))
    }

    /// Reads the trust file; one that is not there trusts everybody, unless the variable names it.
    ///
    /// # Errors
    /// A file that cannot be read: a policy nobody can read must not be ignored.
    pub(crate) fn open() -> Result<Self> {
        let Ok(path) = Self::path() else { return Ok(Self::default()) };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| Failure::new(Exit::Usage, PluginText::TrustDamaged.with(&[&path.display(), &e]))),
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os(Self::VARIABLE).is_none() =>
            {
                Ok(Self::default())
            }
            Err(error) => Err(Failure::new(Exit::Usage, PluginText::TrustUnreadable.with(&[&path.display(), &error]))),
        }
    }

    /// Writes the trust file.
    ///
    /// # Errors
    /// Input and output errors.
    pub(crate) fn save(&self) -> Result<()> {
        let path = Self::path()?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).at(Doing::Make, folder)?;
        }
        write_atomically(&path, &serde_json::to_vec_pretty(self)?).at(Doing::Write, &path)
    }

    /// Checks a plugin file against its pin and the policy. `None` when there is neither, and the file was not read.
    ///
    /// # Errors
    /// One sentence with both hashes, or what to do to trust the file.
    pub(crate) fn check(&self, path: &Path) -> Result<Option<Checked>, String> {
        let pin = pin_of(path)?;
        if pin.is_none() && !self.only_known {
            return Ok(None);
        }
        let cannot = |e: std::io::Error| PluginText::CannotRead.with(&[&path.display(), &e]);
        let mut file = File::open(path).map_err(cannot)?;
        let stamp = Stamp::of(&file.metadata().map_err(cannot)?);
        let found = sha256_of_open(&mut file).map_err(cannot)?;
        if let Some(pin) = pin.filter(|pin| pin.sha256 != found) {
            return Err(PluginText::Pinned.with(&[&path.display(), &pin.path.display(), &found, &pin.sha256]));
        }
        if self.only_known && !self.known.contains_key(&found) {
            return Err(PluginText::NotTrusted.with(&[&path.display(), &found]));
        }
        Ok(Some(Checked { path: path.to_owned(), stamp }))
    }
}

/// The pin beside a plugin with the hash it holds.
fn pin_of(path: &Path) -> Result<Option<Note>, String> {
    note::read(path).map_err(|error| match error {
        NoteError::Unreadable { note, error } => PluginText::PinUnreadable.with(&[&note.display(), &error]),
        NoteError::NoHash { note } => PluginText::PinDamaged.with(&[&note.display(), &path.display()]),
    })
}

/// A file as it was when it was hashed.
#[derive(Debug)]
pub(crate) struct Checked {
    path: PathBuf,
    stamp: Stamp,
}

impl Checked {
    /// Makes sure that the file which was opened meanwhile is the one that was hashed: nobody replaced it or wrote
    /// into it in between. (The system's loader opens files by name, so its own bytes cannot be hashed.)
    ///
    /// # Errors
    /// One sentence.
    pub(crate) fn still(&self) -> Result<(), String> {
        match std::fs::metadata(&self.path) {
            Ok(meta) if Stamp::of(&meta) == self.stamp => Ok(()),
            _ => Err(PluginText::Changed.with(&[&self.path.display()])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_files::sha256_of;

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
        checked.still().unwrap();
        std::fs::write(&file, "other!").unwrap();
        assert!(checked.still().unwrap_err().contains("changed while it was opened"));
        assert!(trust.check(&file).unwrap_err().contains("pins"));
        std::fs::write(&pin, "nonsense").unwrap();
        assert!(trust.check(&file).unwrap_err().contains("holds no SHA-256"));
        std::fs::remove_file(&pin).unwrap();

        trust.only_known = true;
        assert!(trust.check(&file).unwrap_err().contains("nnc-host plugin trust"));
        trust.known.insert(sha256_of(&file).unwrap(), file.clone());
        assert!(trust.check(&file).unwrap().is_some());
    }
}
