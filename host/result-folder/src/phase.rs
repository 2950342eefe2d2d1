//! The two kinds of job that leave results.

use serde::{Deserialize, Serialize};

use crate::names;

/// A kind of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Makes the trained model.
    Train,
    /// Makes the evaluated model, tables and the report.
    Evaluate,
}

impl Phase {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Train, Self::Evaluate];

    /// NNC's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Evaluate => "evaluate",
        }
    }

    /// The file with its log.
    pub fn log(self) -> &'static str {
        match self {
            Self::Train => names::TRAIN_LOG,
            Self::Evaluate => names::EVALUATE_LOG,
        }
    }

    /// The file with its state.
    pub fn status(self) -> &'static str {
        match self {
            Self::Train => names::TRAIN_STATUS,
            Self::Evaluate => names::EVALUATE_STATUS,
        }
    }

    /// The model that it makes.
    pub fn model(self) -> &'static str {
        match self {
            Self::Train => names::MODEL,
            Self::Evaluate => names::EVALUATED_MODEL,
        }
    }

    /// What it always makes; the rest of its results depends on model and data.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::Train => &[names::MODEL, names::BEST_MODEL, names::LAST_MODEL],
            Self::Evaluate => &[
                names::TABLE,
                names::PACKED_TABLE,
                names::EVALUATED_MODEL,
                names::EVALUATION,
                names::SCORES,
                names::REPORT,
            ],
        }
    }

    /// What it publishes.
    pub(crate) fn results(self) -> &'static [&'static str] {
        match self {
            Self::Train => names::OF_TRAINING,
            Self::Evaluate => names::OF_EVALUATION,
        }
    }

    /// The folder where it is staged.
    pub(crate) fn staging(self) -> String {
        format!(".{}.partial", self.name())
    }

    /// The folder where old results go until the new ones are all there.
    pub(crate) fn replaced(self) -> String {
        format!(".{}.replaced", self.name())
    }

    /// The journal of its publication.
    pub(crate) fn journal(self) -> String {
        format!(".{}.moves.json", self.name())
    }
}
