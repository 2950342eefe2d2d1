//! The trust file: which plugins are known, whose signatures count, and what plugins were granted beyond the usual.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use nnc_files::{exposure, read_regular, sha256_of, user_folder, write_atomically};
use nnc_sandbox::Permissions;
use serde::{Deserialize, Serialize};

use crate::error::{KeyError, NotAllowed, TrustError};
use crate::image::Image;
use crate::libraries::Libraries;
use crate::signature;

/// No trust file is larger.
const LARGEST: u64 = 16 << 20;

/// The trust file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trust {
    /// Whether every other plugin is refused.
    pub only_known: bool,
    /// Known plugins by their SHA-256.
    pub known: BTreeMap<String, Known>,
    /// Public keys of minisign, with the names of their owners.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
}

/// A known plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Known {
    /// Where it was when it became known.
    #[serde(serialize_with = "nnc_text::path_text")]
    pub path: PathBuf,
    /// SHA-256 of the libraries that came with it, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub libraries: BTreeMap<String, String>,
    /// What it may use beyond the usual.
    #[serde(skip_serializing_if = "is_nothing")]
    pub permissions: Permissions,
}

fn is_nothing(permissions: &Permissions) -> bool {
    *permissions == Permissions::default()
}

/// A known plugin as trust files tell of it: early ones name the path alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Path(PathBuf),
    Known(WrittenKnown),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKnown {
    path: PathBuf,
    #[serde(default)]
    libraries: BTreeMap<String, String>,
    #[serde(default)]
    permissions: Permissions,
}

impl From<Written> for Known {
    fn from(written: Written) -> Self {
        match written {
            Written::Path(path) => Self { path, ..Self::default() },
            Written::Known(WrittenKnown { path, libraries, permissions }) => Self { path, libraries, permissions },
        }
    }
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
    /// A file that cannot be read, or that others could have written: a policy that nobody can read must not be ignored.
    pub fn open() -> Result<Self, TrustError> {
        let Ok(path) = Self::path() else { return Ok(Self::default()) };
        match read_regular(&path, LARGEST) {
            Ok(bytes) => match exposure(&path) {
                Ok(None) => serde_json::from_slice(&bytes).map_err(|error| TrustError::Damaged { path, error }),
                Ok(Some(exposure)) => Err(TrustError::Exposed { path, exposure }),
                Err(error) => Err(TrustError::Unreadable { path, error }),
            },
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
            write_atomically(&path, &nnc_text::json::to_vec_pretty(self)?)
        };
        write().map_err(|error| TrustError::NotSaved { path: path.clone(), error })
    }

    /// Makes a plugin known, with the libraries that came with it, and grants it `permissions`.
    ///
    /// # Errors
    /// A file that cannot be read, or that others could change.
    pub fn add(&mut self, path: PathBuf, permissions: Permissions) -> Result<(), NotAllowed> {
        NotAllowed::if_exposed(&path)?;
        let image = Image::read(&path).map_err(|error| NotAllowed::Unreadable { path: path.clone(), error })?;
        let libraries = Libraries::of(&image, Image::read)?;
        let libraries = libraries.beside().map(|(name, image)| (name.to_owned(), image.sha256())).collect();
        self.known.insert(image.sha256(), Known { path, libraries, permissions });
        Ok(())
    }

    /// Forgets a file: by its bytes, and by its path too, since it may have changed or be gone. Says whether it was known.
    pub fn forget(&mut self, path: &Path) -> bool {
        let hash = sha256_of(path).ok();
        let before = self.known.len();
        self.known.retain(|known, at| Some(known) != hash.as_ref() && at.path != path);
        self.known.len() < before
    }

    /// Trusts whatever is signed with a key, which is given itself or by its file. Its owner is called `name`, or after
    /// the file.
    ///
    /// # Errors
    /// What is no public key.
    pub fn add_key(&mut self, given: &str, name: Option<&str>) -> Result<(), KeyError> {
        let key = signature::key(given)?;
        let of_file =
            || Path::new(given).file_stem().filter(|_| key != given).map(|s| s.to_string_lossy().into_owned());
        let name = name.map(str::to_owned).or_else(of_file).unwrap_or_else(|| key.chars().take(8).collect());
        self.keys.insert(key, name);
        Ok(())
    }

    /// Trusts a key no longer, which is given itself, by its file or by the name of its owner.
    ///
    /// # Errors
    /// A key that is not trusted.
    pub fn forget_key(&mut self, given: &str) -> Result<(), KeyError> {
        let key = signature::key(given).ok();
        let before = self.keys.len();
        self.keys.retain(|known, name| Some(known) != key.as_ref() && name != given);
        if self.keys.len() < before { Ok(()) } else { Err(KeyError::NotKnown { key: given.to_owned() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_trust_files_are_read_and_keys_have_names() {
        let early: Trust = serde_json::from_str(r#"{"only_known": true, "known": {"ab": "/p.so"}}"#).unwrap();
        assert_eq!(early.known["ab"], Known { path: "/p.so".into(), ..Known::default() });
        let again: Trust = serde_json::from_value(serde_json::to_value(&early).unwrap()).unwrap();
        assert_eq!(again.known, early.known);

        // From the documentation of minisign.
        const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ann.pub");
        std::fs::write(&file, format!("untrusted comment: minisign public key\n{KEY}\n")).unwrap();
        let mut trust = early;
        trust.add_key(file.to_str().unwrap(), None).unwrap();
        assert_eq!(trust.keys[KEY], "ann");
        trust.add_key(KEY, Some("Ann")).unwrap();
        assert_eq!((trust.keys.len(), trust.keys[KEY].as_str()), (1, "Ann"));
        trust.forget_key("Ann").unwrap();
        assert!(matches!(trust.forget_key(KEY), Err(KeyError::NotKnown { .. })));
        assert!(matches!(trust.add_key("nonsense", None), Err(KeyError::Damaged { .. })));
    }
}
