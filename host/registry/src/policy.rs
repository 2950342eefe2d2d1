//! Whether a plugin may be opened. Opening one runs its code, so the answer is needed before that.
//!
//! Nobody else may be able to change the file or what it needs. Beyond that there are four mechanisms, all off until
//! they are used: a pin, `FILE.sha256` beside a plugin or one of its libraries, holds it to exactly these bytes; a
//! signature, `FILE.minisig`, is checked if it is by a trusted key; a known plugin is held to the libraries that came
//! with it; and the trust file can say that only known or signed plugins are allowed, for production lines where nobody
//! may add one.

use std::path::Path;

use nnc_files::note::{self, Note, NoteError};
use nnc_sandbox::Permissions;

use crate::error::NotAllowed;
use crate::image::Image;
use crate::libraries::Libraries;
use crate::signature::{self, Signed};
use crate::trust::{Known, Trust};

/// What is known about a plugin that may be opened.
#[derive(Debug, Default)]
pub struct Allowed {
    /// Whether it is a known one, or signed by a trusted key.
    pub known: bool,
    /// Whose trusted key signed it.
    pub signer: Option<String>,
    /// What it was granted beyond the usual.
    pub permissions: Permissions,
}

impl Trust {
    /// Checks a plugin's file without opening it. A file that is not there is left to whoever opens it.
    ///
    /// # Errors
    /// Why it must not be opened.
    pub fn check(&self, path: &Path) -> Result<Allowed, NotAllowed> {
        if !path.exists() {
            return Ok(Allowed::default());
        }
        NotAllowed::if_exposed(path)?;
        if !self.asks_for_bytes(path) {
            return Ok(Allowed::default());
        }
        let image = Image::read(path).map_err(|error| NotAllowed::Unreadable { path: path.to_owned(), error })?;
        let libraries = Libraries::of(&image, Image::read)?;
        self.judge(&image, &libraries)
    }

    /// Checks a file that a project names by its path. Whoever opens a project of another person has not asked for its code
    /// to run, so the file has to be known or signed, whatever the policy is.
    ///
    /// # Errors
    /// [`NotAllowed::NamedByProject`], or that it cannot be read.
    pub fn check_named_by_project(&self, path: &Path) -> Result<(), NotAllowed> {
        let image = Image::read(path).map_err(|error| NotAllowed::Unreadable { path: path.to_owned(), error })?;
        match self.check(path)?.known {
            true => Ok(()),
            false => Err(NotAllowed::NamedByProject { path: path.to_owned(), sha256: image.sha256() }),
        }
    }

    /// Whether anything depends on what is in a plugin's file.
    pub(crate) fn asks_for_bytes(&self, path: &Path) -> bool {
        let beside =
            || note::beside(path).symlink_metadata().is_ok() || signature::beside(path).symlink_metadata().is_ok();
        self.only_known || !self.known.is_empty() || beside()
    }

    /// Judges what was read of a plugin and the libraries that came with it.
    pub(crate) fn judge(&self, plugin: &Image, libraries: &Libraries) -> Result<Allowed, NotAllowed> {
        let sha256 = plugin.sha256();
        pinned(plugin, &sha256)?;
        let signed = signature::signer(plugin, self.keys.iter())?;
        let known = self.known.get(&sha256);
        let mut all_covered = true;
        for (name, library) in libraries.beside() {
            let found = library.sha256();
            pinned(library, &found)?;
            let covered = known.is_some_and(|known| known.libraries.get(name) == Some(&found))
                || matches!(signature::signer(library, self.keys.iter())?, Signed::By(_));
            all_covered &= covered;
            if !covered && (known.is_some() || (self.only_known && matches!(signed, Signed::By(_)))) {
                let (path, library) = (plugin.path.clone(), library.path.clone());
                return Err(NotAllowed::OtherLibrary { path, library, found });
            }
        }
        let path = plugin.path.clone();
        let permissions = known.map(|Known { permissions, .. }| permissions.clone()).unwrap_or_default();
        match signed {
            Signed::By(signer) => Ok(Allowed { known: all_covered, signer: Some(signer), permissions }),
            _ if known.is_some() => Ok(Allowed { known: true, signer: None, permissions }),
            Signed::ByUnknown(signature) if self.only_known => Err(NotAllowed::UnknownKey { path, signature, sha256 }),
            Signed::No if self.only_known => Err(NotAllowed::NotKnown { path, sha256 }),
            Signed::ByUnknown(_) | Signed::No => Ok(Allowed::default()),
        }
    }
}

/// Holds a file to the pin beside it.
fn pinned(image: &Image, sha256: &str) -> Result<(), NotAllowed> {
    match pin_of(&image.path)? {
        Some(pin) if pin.sha256 != sha256 => Err(NotAllowed::Pinned {
            path: image.path.clone(),
            pin: pin.path,
            found: sha256.to_owned(),
            expected: pin.sha256,
        }),
        _ => Ok(()),
    }
}

/// The pin beside a file with the hash it holds.
fn pin_of(path: &Path) -> Result<Option<Note>, NotAllowed> {
    note::read(path).map_err(|error| match error {
        NoteError::Unreadable { note, error } => NotAllowed::PinUnreadable { pin: note, error },
        NoteError::NoHash { note } => NotAllowed::PinDamaged { path: path.to_owned(), pin: note },
    })
}

#[cfg(test)]
mod tests {
    use nnc_files::sha256_of;

    use super::*;

    #[test]
    fn pins_and_policies_hold_files_to_their_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("libx.so");
        std::fs::write(&file, "plugin").unwrap();
        let hash = sha256_of(&file).unwrap();
        let pin = dir.path().join("libx.so.sha256");
        let mut trust = Trust::default();
        assert!(!trust.check(&file).unwrap().known);

        std::fs::write(&pin, format!("{}  libx.so\n", hash.to_uppercase())).unwrap();
        trust.check(&file).unwrap();
        std::fs::write(&file, "other!").unwrap();
        assert!(matches!(trust.check(&file), Err(NotAllowed::Pinned { expected, .. }) if expected == hash));
        std::fs::write(&pin, "nonsense").unwrap();
        assert!(matches!(trust.check(&file), Err(NotAllowed::PinDamaged { .. })));
        std::fs::remove_file(&pin).unwrap();

        trust.only_known = true;
        assert!(matches!(trust.check(&file), Err(NotAllowed::NotKnown { .. })));
        trust.add(file.clone(), Permissions { network: true, ..Permissions::default() }).unwrap();
        let allowed = trust.check(&file).unwrap();
        assert!(allowed.known && allowed.permissions.network && allowed.signer.is_none());
        // By its path, when its bytes have changed.
        std::fs::write(&file, "third").unwrap();
        assert!(trust.forget(&file) && !trust.forget(&file));
    }
}
