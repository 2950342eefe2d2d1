//! Opening a plugin, which runs its code. Only in a process that may die.

use std::path::Path;

use nnc_plugin_api::loader::Plugin;

use crate::error::OpenError;
use crate::trust::Trust;

/// Opens a plugin if that is allowed, whatever another process has found out earlier.
///
/// # Errors
/// Why it was not opened.
pub fn open_if_allowed(path: &Path) -> Result<Plugin, OpenError> {
    let checked = Trust::open()?.check(path)?;
    let plugin = Plugin::load(path)?;
    if let Some(checked) = checked {
        checked.ensure_unchanged()?;
    }
    Ok(plugin)
}
