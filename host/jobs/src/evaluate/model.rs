//! The model that is evaluated.

use std::path::{Path, PathBuf};

use nnc_messages::Result;

use crate::provenance::{self, Provenance};

/// A model, and where it comes from.
pub(super) struct Model {
    path: PathBuf,
    /// `None` for a model that was made elsewhere.
    provenance: Option<Provenance>,
}

impl Model {
    /// Reads what the model says about itself.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), provenance: provenance::read(path)? })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }
}
