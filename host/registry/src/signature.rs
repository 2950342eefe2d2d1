//! Signatures of plugins, as minisign makes them: `FILE.minisig` beside a file, checked on the bytes that are opened.

use std::io;
use std::path::{Path, PathBuf};

use minisign_verify::{Error, PublicKey, Signature};
use nnc_files::read_regular;

use crate::error::{KeyError, NotAllowed};
use crate::image::Image;

/// No signature and no key is larger.
const LARGEST: u64 = 16 << 10;

/// What a signature says about a file.
pub(crate) enum Signed {
    /// There is none.
    No,
    /// The key's name.
    By(String),
    /// By a key that nobody trusts.
    ByUnknown(PathBuf),
}

/// Where the signature of a file lies.
pub(crate) fn beside(file: &Path) -> PathBuf {
    file.with_added_extension("minisig")
}

/// Who signed a file, of those whose keys are given with their names.
///
/// # Errors
/// A signature that cannot be read, or is not that of these bytes.
pub(crate) fn signer<'a>(
    image: &Image,
    keys: impl Iterator<Item = (&'a String, &'a String)>,
) -> Result<Signed, NotAllowed> {
    let path = beside(&image.path);
    let bytes = match read_regular(&path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Signed::No),
        Err(error) => return Err(NotAllowed::SignatureUnreadable { signature: path, error }),
    };
    let text = String::from_utf8(bytes).ok();
    let Some(signature) = text.and_then(|text| Signature::decode(&text).ok()) else {
        return Err(NotAllowed::SignatureDamaged { signature: path });
    };
    for (key, name) in keys {
        let Ok(key) = PublicKey::from_base64(key) else { continue };
        match key.verify(&image.bytes, &signature, false) {
            Ok(()) => return Ok(Signed::By(name.clone())),
            // That of another key.
            Err(Error::UnexpectedKeyId) => {}
            Err(_) => {
                let (path, signer) = (image.path.clone(), name.clone());
                return Err(NotAllowed::SignatureWrong { path, signature: beside(&image.path), signer });
            }
        }
    }
    Ok(Signed::ByUnknown(path))
}

/// The public key that a user means: the key itself, or the file in which minisign keeps it.
///
/// # Errors
/// What is no key.
pub(crate) fn key(given: &str) -> Result<String, KeyError> {
    if PublicKey::from_base64(given).is_ok() {
        return Ok(given.to_owned());
    }
    let path = Path::new(given);
    if !path.exists() {
        return Err(KeyError::Damaged { key: given.to_owned() });
    }
    let bytes = read_regular(path, LARGEST).map_err(|error| KeyError::Unreadable { path: path.to_owned(), error })?;
    // A comment comes first.
    let text = String::from_utf8_lossy(&bytes);
    let found = text.lines().map(str::trim).find(|line| PublicKey::from_base64(line).is_ok());
    found.map(str::to_owned).ok_or_else(|| KeyError::Damaged { key: given.to_owned() })
}
