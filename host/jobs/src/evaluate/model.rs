//! The model that is evaluated.

use std::path::{Path, PathBuf};

use nnc_messages::Result;
use nnc_report::{TimedPhase, Timing};
use nnc_result_folder::{Phase, elapsed_seconds};

use crate::provenance::{self, Provenance};

/// A model, and where it comes from.
pub(crate) struct Model {
    path: PathBuf,
    /// `None` for a model that was made elsewhere.
    provenance: Option<Provenance>,
}

impl Model {
    /// Reads what the model says about itself.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), provenance: provenance::read(path)? })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// How long its training took, if it was trained in the job's own folder.
    pub(super) fn training_time(&self, home: &Path) -> Option<Timing> {
        if self.path.parent() != Some(home) {
            return None;
        }
        let seconds = elapsed_seconds(&home.join(Phase::Train.status()))?;
        let images = self.provenance().map_or(0, |provenance| provenance.dataset.rows);
        Some(Timing { phase: TimedPhase::Training, seconds, images })
    }
}
