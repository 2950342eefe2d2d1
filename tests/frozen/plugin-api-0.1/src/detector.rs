//! What an author implements: the [`Detector`] trait, and the plain types its methods use.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::host::Host;
use crate::manifest::Manifest;
use crate::parameters::Parameters;
use crate::source::BatchSource;

/// An anomaly detector.
///
/// The host makes one instance per job and calls it from one thread at a time, though not always the same one.
/// [`export_detector!`](crate::export_detector) turns a type that implements this trait into a plugin.
pub trait Detector: Send + Sized + 'static {
    /// Describes the plugin. Called before anything else; has to be cheap and must not fail.
    fn manifest() -> Manifest;

    /// Makes an untrained detector. Check everything here that can be checked before images are read.
    ///
    /// # Errors
    /// Parameters that do not go together, missing weights, a job that would not fit into memory.
    fn create(parameters: &Parameters, host: Host) -> Result<Self>;

    /// Opens a model that [`Detector::save`] wrote, perhaps days ago on another machine.
    ///
    /// # Errors
    /// A file that is damaged or was made by another plugin.
    fn load(model: &Path, parameters: &Parameters, host: Host) -> Result<Self>;

    /// What the detector reads and what it gives; constant for the life of an instance.
    fn interface(&self) -> Interface;

    /// Trains on every sample of `source`, in the order of the data set.
    ///
    /// # Errors
    /// Unsuitable data, errors of the source passed on with `?`, or cancellation (see [`Host::checkpoint`]).
    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()>;

    /// Writes the trained detector to the new file `path` as a zip archive (NNC users expect an NNP, which is one).
    /// The host adds a member with the job's provenance and moves the file to its final name.
    ///
    /// # Errors
    /// Input and output errors; the host removes what was written.
    fn save(&self, path: &Path) -> Result<()>;

    /// Scores the samples of `batch`: fills one buffer for each output of [`Detector::interface`].
    ///
    /// # Errors
    /// Whatever stops the evaluation.
    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()>;
}

/// Type of one element of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// Raw image values 0 to 255.
    U8,
    /// 32-bit floats: images as 0.0 to 255.0, matrices and numbers as they are.
    F32,
}

impl Element {
    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::F32 => 4,
        }
    }
}

/// What a detector reads and what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// The one input.
    pub input: Input,
    /// The outputs, at least one.
    pub outputs: Vec<OutputSpec>,
}

/// The variable of the data set that a detector reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Name of the variable in the data set's header; NNC's detectors read `x`.
    pub variable: String,
    /// Shape of one sample, channels first: `[3, 224, 224]`.
    pub shape: Vec<usize>,
    /// Type of the elements.
    pub element: Element,
}

impl Input {
    /// Bytes of one sample, or `None` when that does not fit into the address space.
    pub fn sample_bytes(&self) -> Option<usize> {
        self.shape.iter().try_fold(self.element.size(), |n, &d| n.checked_mul(d))
    }
}

/// One output of a detector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Column of the result table; NNC's detectors call their score map `x'`.
    pub name: String,
    /// Shape for one sample: `[56, 56]` for a score map of 56 rows and columns, `[]` for a single number.
    pub shape: Vec<usize>,
}

impl OutputSpec {
    /// Values for one sample.
    pub fn sample_len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Samples in the host's memory, one after the other, each with the shape that the interface asked for.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) element: Element,
    pub(crate) first: usize,
    pub(crate) len: usize,
}

impl<'a> Batch<'a> {
    /// Number of samples, at least 1.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never true; here because a `len` calls for it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Row of the first sample in the data set.
    pub fn first_row(&self) -> usize {
        self.first
    }

    /// All values of all samples, without a copy.
    ///
    /// # Errors
    /// When the interface asked for another element type.
    pub fn as_u8(&self) -> Result<&'a [u8]> {
        match self.element {
            Element::U8 => Ok(self.bytes),
            Element::F32 => Err(Error::data("the batch holds f32 elements, u8 was asked for")),
        }
    }

    /// All values of all samples, without a copy.
    ///
    /// # Errors
    /// When the interface asked for another element type, or the host's memory is not aligned.
    pub fn as_f32(&self) -> Result<&'a [f32]> {
        if self.element != Element::F32 {
            return Err(Error::data("the batch holds u8 elements, f32 was asked for"));
        }
        // SAFETY: every bit pattern is an f32; `align_to` itself takes care of alignment.
        let (before, values, after) = unsafe { self.bytes.align_to::<f32>() };
        if before.is_empty() && after.is_empty() {
            Ok(values)
        } else {
            Err(Error::data("the host's batch is not aligned for f32"))
        }
    }
}

/// One output buffer in the host's memory: values of all samples of the batch, sample after sample.
#[derive(Debug)]
pub struct Output<'a> {
    /// The values to fill in; NaN where nothing was written yet.
    pub values: &'a mut [f32],
}
