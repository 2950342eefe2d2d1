//! Where images come from: a folder, a zip archive, or a tar archive with or without gzip around it. What a source is,
//! its content decides and not its name.

mod folder;
mod kind;
mod listing;
mod name;
mod supply;
mod tar;
mod zip;

use std::path::{Path, PathBuf};

use crate::error::CreateError;
use crate::options::Limits;

pub use kind::Kind;
pub(crate) use listing::{Entry, Listing};
pub(crate) use supply::{ReadProblem, Supply};

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
