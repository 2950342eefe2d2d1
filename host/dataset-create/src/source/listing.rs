//! What a source holds.

use crate::left_out::{LeftOut, Reason};

/// A file that may be an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Folders and name.
    pub(crate) path: Vec<String>,
    /// Which file of the source this is.
    pub(crate) place: usize,
}

/// What a source holds.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Files, in no particular order, no path twice.
    pub(crate) entries: Vec<Entry>,
    /// Whether there is any folder.
    pub(crate) has_folder: bool,
    /// Files that a link of the source brings in from elsewhere: how many, and the first.
    pub(crate) from_elsewhere: Option<(usize, String)>,
    /// What is there but is no file that could be read.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Listing {
    /// Adds a file; of two with one path the later counts, as for a tool that unpacks them.
    pub(super) fn add(&mut self, path: Vec<String>, place: usize) {
        self.has_folder |= path.len() > 1;
        self.entries.push(Entry { path, place });
    }

    /// Leaves earlier files out that a later one with the same path would overwrite.
    pub(super) fn without_overwritten(mut self) -> Self {
        self.entries.sort_by(|a, b| (&a.path, b.place).cmp(&(&b.path, a.place)));
        let mut kept: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            if kept.last().is_some_and(|last| last.path == entry.path) {
                self.left_out.push(LeftOut::new(entry.path.join("/"), Reason::Overwritten));
            } else {
                kept.push(entry);
            }
        }
        self.entries = kept;
        self
    }
}
