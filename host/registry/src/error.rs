//! Why a plugin cannot be used, as data.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use nnc_files::Exposure;
use nnc_plugin_api::loader::LoadError;
use nnc_sandbox::{Ending, SandboxError};

/// What is wrong with the trust file itself.
#[derive(Debug)]
pub enum TrustError {
    /// There is no home folder for it.
    NoHome {
        /// The variable of the environment that can name another file.
        variable: &'static str,
    },
    /// It is no trust file.
    Damaged {
        /// The trust file.
        path: PathBuf,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// It is not given by the system.
    Unreadable {
        /// The trust file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// Others could change it.
    Exposed {
        /// The trust file.
        path: PathBuf,
        /// How.
        exposure: Exposure,
    },
    /// It cannot be written.
    NotSaved {
        /// The trust file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
}

/// Why a file must not be opened.
#[derive(Debug)]
pub enum NotAllowed {
    /// It cannot be hashed.
    Unreadable {
        /// The plugin's file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// A pin holds it to other bytes.
    Pinned {
        /// The plugin's file.
        path: PathBuf,
        /// The pin beside it.
        pin: PathBuf,
        /// SHA-256 of the file.
        found: String,
        /// SHA-256 in the pin.
        expected: String,
    },
    /// Only known plugins are allowed, and this is none.
    NotKnown {
        /// The plugin's file.
        path: PathBuf,
        /// SHA-256 of the file.
        sha256: String,
    },
    /// A project names it by its path, and it is not known.
    NamedByProject {
        /// The plugin's file.
        path: PathBuf,
        /// SHA-256 of the file.
        sha256: String,
    },
    /// Its pin is not given by the system.
    PinUnreadable {
        /// The pin.
        pin: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// Its pin holds no hash.
    PinDamaged {
        /// The plugin's file.
        path: PathBuf,
        /// The pin.
        pin: PathBuf,
    },
    /// Others could change it, a library that it needs, or a folder where it looks for one.
    Exposed {
        /// The plugin's file.
        path: PathBuf,
        /// How.
        exposure: Exposure,
    },
    /// A library that came with a known plugin is not the one that was there when it became known.
    OtherLibrary {
        /// The plugin's file.
        path: PathBuf,
        /// The library.
        library: PathBuf,
        /// SHA-256 of the library.
        found: String,
    },
    /// It looks for a library where that depends on the folder the program was started in, or it needs too many.
    SearchPath {
        /// The plugin's file or a library that came with it.
        path: PathBuf,
        /// The name or folder.
        what: String,
    },
    /// The system gave no memory for a copy that nobody can change.
    NotCopied {
        /// The plugin's file or a library that came with it.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// Its signature is not given by the system.
    SignatureUnreadable {
        /// The signature.
        signature: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// What lies beside it is no signature.
    SignatureDamaged {
        /// The signature.
        signature: PathBuf,
    },
    /// It is not what the owner of a trusted key signed.
    SignatureWrong {
        /// The plugin's file.
        path: PathBuf,
        /// The signature.
        signature: PathBuf,
        /// Name of the key.
        signer: String,
    },
    /// Only known plugins are allowed, and this one is signed with a key that nobody trusts.
    UnknownKey {
        /// The plugin's file.
        path: PathBuf,
        /// The signature.
        signature: PathBuf,
        /// SHA-256 of the file.
        sha256: String,
    },
}

/// Why a process that wanted to open a plugin did not.
#[derive(Debug)]
pub enum OpenError {
    /// The trust file cannot be used.
    Trust(TrustError),
    /// The file must not be opened.
    NotAllowed(NotAllowed),
    /// The file is no plugin for this host.
    Load(LoadError),
}

/// Why a file cannot be used as a plugin.
#[derive(Debug)]
pub enum Refusal {
    /// It must not be opened.
    NotAllowed(NotAllowed),
    /// The child process that was to look into it did not start.
    NotInspected(SandboxError),
    /// What the child process said about it, in the language of this process.
    Refused(String),
    /// The child process ended without an answer, which was not the plugin's fault as far as anybody can tell.
    Ended(Ending),
    /// The child process ended without an answer; the file is in quarantine from now on.
    Crashed(Ending),
    /// An earlier child process ended without an answer.
    InQuarantine(Ending),
}

impl Refusal {
    /// Whether the file will not be opened again until it changes or is asked for.
    pub fn is_quarantined(&self) -> bool {
        matches!(self, Self::Crashed(_) | Self::InQuarantine(_))
    }
}

/// Why a key was not added to the trusted ones.
#[derive(Debug)]
pub enum KeyError {
    /// It is no public key of minisign.
    Damaged {
        /// What was given.
        key: String,
    },
    /// Its file is not given by the system.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Words of the system.
        error: io::Error,
    },
    /// It is not among the trusted ones.
    NotKnown {
        /// The key.
        key: String,
    },
}

/// Why no plugin was found.
#[derive(Debug)]
pub enum FindError {
    /// The trust file cannot be used.
    Trust(TrustError),
    /// The file that was meant cannot be used.
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        refusal: Refusal,
    },
    /// No file has this id.
    Unknown {
        /// The id.
        plugin: String,
        /// What there is instead.
        hint: Hint,
        /// The folders that were searched.
        searched: Vec<PathBuf>,
    },
}

/// What there is instead of something unknown.
#[derive(Debug)]
pub enum Hint {
    /// One with nearly the same name.
    Near(String),
    /// Others.
    Others(Vec<String>),
    /// Nothing.
    Nothing,
}

/// Why a file is not used although nothing is wrong with it: another one has its id.
#[derive(Debug)]
pub enum Hidden {
    /// One in the same folder.
    Conflict {
        /// The file that is used.
        by: PathBuf,
    },
    /// One in a folder that is searched earlier.
    Shadowed {
        /// The file that is used.
        by: PathBuf,
    },
}

macro_rules! errors {
    ($($error:ident),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }

        impl std::error::Error for $error {}
    )*};
}

errors!(TrustError, NotAllowed, OpenError, Refusal, KeyError, FindError);

impl NotAllowed {
    /// Refuses a file that others could change.
    pub(crate) fn if_exposed(path: &Path) -> Result<(), Self> {
        match nnc_files::exposure(path) {
            Ok(None) => Ok(()),
            Ok(Some(exposure)) => Err(Self::Exposed { path: path.to_owned(), exposure }),
            Err(error) => Err(Self::Unreadable { path: path.to_owned(), error }),
        }
    }
}

impl From<TrustError> for OpenError {
    fn from(error: TrustError) -> Self {
        Self::Trust(error)
    }
}

impl From<NotAllowed> for OpenError {
    fn from(error: NotAllowed) -> Self {
        Self::NotAllowed(error)
    }
}

impl From<LoadError> for OpenError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<NotAllowed> for Refusal {
    fn from(error: NotAllowed) -> Self {
        Self::NotAllowed(error)
    }
}

impl From<TrustError> for FindError {
    fn from(error: TrustError) -> Self {
        Self::Trust(error)
    }
}
