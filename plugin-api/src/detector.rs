//! What an author implements: a [`Detector`], which scores, and a [`Training`], which makes one.

use std::path::Path;

use crate::batch::{Batch, Output};
use crate::error::Result;
use crate::host::Host;
use crate::interface::Interface;
use crate::manifest::Manifest;
use crate::parameters::Parameters;
use crate::source::BatchSource;

/// A detector that is ready to score images. There is no untrained one: what comes before is a [`Training`].
///
/// The host makes one instance per job and calls it from one thread at a time, though not always the same one.
/// [`export_detector!`](crate::export_detector) turns a type that implements this trait into a plugin.
pub trait Detector: Send + Sized + 'static {
    /// Describes the plugin. Called before anything else; must be cheap and must not fail.
    fn manifest() -> Manifest;

    /// Opens a model that [`Training::save`] wrote, perhaps days ago on another machine.
    ///
    /// # Errors
    /// A file that is damaged or was made by another plugin.
    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self>;

    /// What the detector reads and what it gives; constant for the life of an instance.
    fn interface(&self) -> Interface;

    /// Scores the samples of `batch`: fills one buffer for each output of [`Detector::interface`].
    ///
    /// # Errors
    /// Whatever stops the evaluation.
    fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()>;
}

/// A training that has been started: it knows its parameters and has seen no image yet.
///
/// Which calls are possible when follows from the types: [`Training::train`] uses the training up, what it returns can be
/// saved as often as the host likes, and scoring needs a [`Detector`].
pub trait Training: Send + Sized + 'static {
    /// What the trained model scores with.
    type Detector: Detector;

    /// What was learnt. The detector itself where that can be saved; a type of its own where a detector at work holds
    /// more, or less, than its file.
    type Model: Send + 'static;

    /// Starts a training. Check everything here that can be checked before images are read.
    ///
    /// # Errors
    /// Parameters that do not go together, missing weights, a job that would not fit into memory.
    fn start(parameters: &Parameters, host: Host) -> Result<Self>;

    /// What the training reads, and what the detector that it makes will read and give.
    fn interface(&self) -> Interface;

    /// Trains on every sample of `source`, in the order of the dataset.
    ///
    /// # Errors
    /// Unsuitable data, errors of the source passed on with `?`, or cancellation (see [`Host::checkpoint`]).
    fn train(self, source: &mut BatchSource<'_>) -> Result<Self::Model>;

    /// Writes the model to the new file `path` as a zip archive (NNC users expect an NNP, which is one).
    /// The host adds a member with the job's provenance and moves the file to its final name.
    ///
    /// # Errors
    /// Input and output errors; the host removes what was written.
    fn save(model: &Self::Model, path: &Path) -> Result<()>;

    /// Makes the detector of a model that was trained in this process, without a file in between. It scores as one that
    /// was saved and loaded.
    ///
    /// # Errors
    /// As [`Detector::load`], but for the file.
    fn into_detector(model: Self::Model) -> Result<Self::Detector>;
}
