//! How an evaluation knows that a checkpoint is its user's own, and not made by whoever sent the folder: each line carries a code
//! (HMAC-SHA256) of a key that only this user has.
//!
//! The key lies in the user's cache folder. A worker, which shares its process with a plugin, gets another one that is made
//! from it for the bytes of this plugin's file: a plugin that finds it in its process can forge nothing but the scores that it
//! computes anyway.

use std::fmt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use nnc_files::{hex, random_bytes, sha256_of, user_folder, user_secret};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The file of the user's key.
const NAME: &str = "checkpoints.key";

/// A key for the checkpoints of one plugin's evaluations.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// The user's, for the plugin of this file. Where there is none to be had it is a new one: nothing is resumed then.
    pub fn of_user(plugin: &Path) -> Self {
        let secret = user_folder("XDG_CACHE_HOME", ".cache").and_then(|folder| user_secret(&folder, NAME).ok());
        let made = secret.zip(sha256_of(plugin).ok()).map(|(secret, file)| Self::for_file(&secret, &file));
        made.unwrap_or_else(Self::unknown)
    }

    fn for_file(secret: &[u8; 32], file: &str) -> Self {
        Self(keyed(secret).chain_update(file).finalize().into_bytes().into())
    }

    /// One that nobody has.
    pub fn unknown() -> Self {
        // A system without random numbers starts no worker either.
        Self(random_bytes().unwrap_or_default())
    }
}

/// It gets into no log.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

/// Makes the codes of one evaluation's lines.
pub(crate) struct Seal(Hmac<Sha256>);

impl Seal {
    /// That of an evaluation which depends on what `identity` says: lines of another one have other codes.
    pub(crate) fn new(key: &SealKey, identity: &[u8]) -> Self {
        Self(keyed(&key.0).chain_update((identity.len() as u64).to_le_bytes()).chain_update(identity))
    }

    /// The code of line `number`, in hex.
    pub(crate) fn code(&self, number: usize, text: &str) -> String {
        let code = self.0.clone().chain_update((number as u64).to_le_bytes()).chain_update(text);
        hex(&code.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_serves_one_plugin_and_is_not_shown() {
        let code = |secret: u8, file: &str| Seal::new(&SealKey::for_file(&[secret; 32], file), b"{}").code(0, "line");
        assert_eq!(code(1, "ab"), code(1, "ab"));
        assert_ne!(code(1, "ab"), code(2, "ab"));
        assert_ne!(code(1, "ab"), code(1, "cd"));
        assert_eq!(format!("{:?}", SealKey([7; 32])), "SealKey");
        let sent: SealKey = serde_json::from_str(&serde_json::to_string(&SealKey([7; 32])).unwrap()).unwrap();
        assert_eq!(sent.0, [7; 32]);
    }
}
