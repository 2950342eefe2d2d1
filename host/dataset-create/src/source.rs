//! Where images come from: a folder, a zip archive, or a tar archive with or without gzip around it. What a source is,
//! its content decides and not its name.

mod folder;
mod kind;
mod name;
mod tar;
mod zip;

use std::path::{Path, PathBuf};

use crate::error::CreateError;
use crate::language::Text;
use crate::options::Limits;
use crate::summary::LeftOut;

pub use kind::Kind;

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
    /// What is there but is no file that could be read.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Listing {
    /// Adds a file; of two with one path the later counts, as for a tool that unpacks them.
    fn add(&mut self, path: Vec<String>, place: usize) {
        self.has_folder |= path.len() > 1;
        self.entries.push(Entry { path, place });
    }

    /// Leaves earlier files out that a later one with the same path would overwrite.
    fn without_overwritten(mut self) -> Self {
        self.entries.sort_by(|a, b| (&a.path, b.place).cmp(&(&b.path, a.place)));
        let mut kept: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            if kept.last().is_some_and(|last| last.path == entry.path) {
                let reason = Text::Overwritten.with(&[]);
                self.left_out.push(LeftOut::new(entry.path.join("/"), "overwritten", reason));
            } else {
                kept.push(entry);
            }
        }
        self.entries = kept;
        self
    }
}

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum ReadProblem {
    /// The others may be fine.
    File(String),
    /// The whole source is unusable.
    Source(CreateError),
}

/// Delivers the files that are wanted, to any number of threads.
pub(crate) trait Supply: Sync {
    /// Reads the next file into `buffer` and says which of the wanted ones it is; none when all were delivered.
    fn next(&self, buffer: &mut Vec<u8>) -> Option<(usize, Result<(), ReadProblem>)>;
}

/// A source that was found readable.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    kind: Kind,
    limits: Limits,
}

impl Source {
    /// Looks at the first bytes of `path`.
    pub(crate) fn open(path: &Path, limits: Limits) -> Result<Source, CreateError> {
        Ok(Source { path: path.to_owned(), kind: Kind::of(path)?, limits })
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Every file in it. Limits and names are checked before any content is looked at.
    pub(crate) fn list(&self) -> Result<Listing, CreateError> {
        let listing = match self.kind {
            Kind::Folder => folder::list(&self.path, &self.limits)?,
            Kind::Zip => zip::list(&self.path, &self.limits)?,
            Kind::Tar | Kind::TarGz => tar::list(&self.path, self.kind, &self.limits)?,
        };
        Ok(listing.without_overwritten())
    }

    /// Delivers `wanted`.
    pub(crate) fn supply(&self, wanted: &[Entry]) -> Result<Box<dyn Supply>, CreateError> {
        Ok(match self.kind {
            Kind::Folder => Box::new(folder::FolderSupply::new(&self.path, wanted, &self.limits)),
            Kind::Zip => Box::new(zip::ZipSupply::open(&self.path, wanted, &self.limits)?),
            Kind::Tar | Kind::TarGz => Box::new(tar::TarSupply::open(&self.path, self.kind, wanted, &self.limits)?),
        })
    }
}
