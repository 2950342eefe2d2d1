//! Opening a plugin, which runs its code. Only in a process that may die.

use std::io;
use std::path::Path;

use nnc_plugin_api::loader::{LoadError, Plugin};

use crate::error::{NotAllowed, OpenError};
use crate::image::Image;
use crate::libraries::Libraries;
use crate::trust::Trust;

/// Opens a plugin if that is allowed, whatever another process has found out earlier. What is opened is a copy of what
/// was checked, which nobody can change in between; so are the libraries that came with the plugin.
///
/// # Errors
/// Why it was not opened.
pub fn open_if_allowed(path: &Path) -> Result<Plugin, OpenError> {
    let trust = Trust::open()?;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let image = match Image::sealed(&path) {
        Ok(image) => image,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => {
            return Err(LoadError::Missing { path }.into());
        }
        Err(error) => return Err(NotAllowed::NotCopied { path, error }.into()),
    };
    NotAllowed::if_exposed(&path)?;
    let libraries = Libraries::of(&image, Image::sealed)?;
    if trust.asks_for_bytes(&path) {
        trust.judge(&image, &libraries)?;
    }
    Ok(libraries.load(image, |address| Plugin::load_copy(&path, address))??)
}
