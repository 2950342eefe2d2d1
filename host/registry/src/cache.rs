//! What was found out about plugin files, so that nobody has to open them again as long as they stay the same: their
//! manifests, and which of them crashed when they were opened. The latter are in quarantine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nnc_files::{Stamp, exposure, read_regular, user_folder, write_atomically};
use nnc_plugin_api::Manifest;
use nnc_sandbox::Ending;
use serde::{Deserialize, Serialize};

/// Version of this program. It is that of the whole workspace.
const HOST: &str = concat!("nnc-host ", env!("CARGO_PKG_VERSION"));

/// No cache is larger.
const LARGEST: u64 = 64 << 20;

/// What is known about a plugin file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Known {
    Manifest(Manifest),
    /// How the process that opened it ended.
    Crashed(Ending),
}

#[derive(Serialize, Deserialize)]
struct Entry {
    stamp: Stamp,
    known: Known,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    /// The program that wrote this: another one may read manifests in another way.
    host: String,
    plugins: BTreeMap<PathBuf, Entry>,
}

/// The cache in the user's cache folder; without a home folder, one that forgets.
pub(crate) struct Cache {
    path: Option<PathBuf>,
    content: Content,
    changed: bool,
}

impl Cache {
    pub(crate) fn open() -> Self {
        let path = user_folder("XDG_CACHE_HOME", ".cache").map(|folder| folder.join("plugins.json"));
        // A cache that cannot be read, or that others could have written, is as good as none.
        let mut content: Content = path
            .as_ref()
            .filter(|path| matches!(exposure(path), Ok(None)))
            .and_then(|path| read_regular(path, LARGEST).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let host = this_program();
        if content.host != host {
            // A crash is no matter of how manifests are read.
            content.plugins.retain(|_, entry| matches!(entry.known, Known::Crashed(_)));
            content.host = host;
        }
        Self { path, content, changed: false }
    }

    /// What is known about the file, if it is still the same.
    pub(crate) fn get(&self, path: &Path) -> Option<&Known> {
        let entry = self.content.plugins.get(path)?;
        stamp_of(path)?.same_content(&entry.stamp).then_some(&entry.known)
    }

    /// Keeps what was found out about a file that had this stamp before it was opened. One whose path is no Unicode text is
    /// looked into again each time: JSON holds no such path, and what is known of the others would not be written.
    pub(crate) fn put(&mut self, path: &Path, stamp: Stamp, known: Known) {
        if path.to_str().is_none() {
            return;
        }
        self.content.plugins.insert(path.to_owned(), Entry { stamp, known });
        self.changed = true;
    }

    /// Forgets everything about the file.
    pub(crate) fn forget(&mut self, path: &Path) {
        self.changed |= self.content.plugins.remove(path).is_some();
    }

    /// Writes what is new. That this fails costs time at the next look, but no answer.
    pub(crate) fn save(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        self.content.plugins.retain(|path, _| path.exists());
        let Some(path) = &self.path else { return };
        let folder = path.parent().unwrap_or(Path::new("."));
        if std::fs::create_dir_all(folder).is_ok()
            && let Ok(bytes) = nnc_text::json::to_vec_pretty(&self.content)
        {
            let _ = write_atomically(path, &bytes);
        }
    }
}

/// The stamp of a file that is there.
pub(crate) fn stamp_of(path: &Path) -> Option<Stamp> {
    Some(Stamp::of(&std::fs::metadata(path).ok()?))
}

/// Version of this program and the time it was built, as far as its file tells.
fn this_program() -> String {
    let stamp = std::env::current_exe().ok().and_then(|path| stamp_of(&path));
    let (seconds, nanos) = stamp.map_or((0, 0), |stamp| stamp.modified());
    format!("{} {seconds}.{nanos}", HOST)
}
