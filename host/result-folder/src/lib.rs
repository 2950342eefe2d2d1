//! The folder that a job writes into: one job at a time, nothing half-written under a final name, nothing of an older job
//! mixed with a newer one.
//!
//! * [`names`]: the names of all files that jobs leave.
//! * [`ResultFolder`]: the lock, the staging folders, publication, and recovery of a publication that was cut off.
//! * [`best_model`]: the model in such a folder, or in one of NNC.
//! * [`Directory`]: every access to what lies in such a folder.
//! * [`Checkpoint`]: what an evaluation has finished, from which a next one of the same user can go on ([`SealKey`]).
//! * [`Status`]: the state of a job for other programs.
//!
//! Does not know about plugins, datasets, what is in the results, processes or languages.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod checkpoint;
mod directory;
mod error;
mod folder;
mod journal;
mod model;
pub mod names;
mod phase;
mod seal;
mod status;

pub use checkpoint::{Batch, Checkpoint, Extent, Found, Identity, Row};
pub use directory::Directory;
pub use error::{Action, FolderError, Result};
pub use folder::{ResultFolder, finished_rows, is_busy};
pub use model::best_model;
pub use phase::Phase;
pub use seal::SealKey;
pub use status::{Status, elapsed_seconds, epoch_seconds, read_state};
