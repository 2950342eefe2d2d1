//! Whether a file is in the studio's folder: a table can name any picture of the user's.

use std::path::{Path, PathBuf};

use crate::refusal::{Problem, Refusal};

/// Where a file really is, if that is in the folder: a table can name any picture of the user's, and so can a link.
pub(crate) fn within(path: &Path, folder: &Path) -> Result<PathBuf, Refusal> {
    let name = || name_of(path);
    let real =
        std::fs::canonicalize(path).map_err(|error| Refusal::missing(Problem::NotRead { name: name(), error }))?;
    let inside = std::fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder));
    if inside { Ok(real) } else { Err(Refusal::missing(Problem::Outside { name: name() })) }
}

/// Whether a path leads out of a folder, whether or not something is there.
pub(crate) fn leaves(path: &Path, folder: &Path) -> bool {
    let real = path.ancestors().find_map(|ancestor| std::fs::canonicalize(ancestor).ok());
    let folder = std::fs::canonicalize(folder).ok();
    real.zip(folder).is_none_or(|(real, folder)| !real.starts_with(folder))
}

/// The name of a file as people know it.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
