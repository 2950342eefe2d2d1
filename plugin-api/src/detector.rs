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

    /// Trains on every sample of `source`, in the order of the data set. A detector whose manifest says
    /// `trains: false` leaves this and [`Detector::save`] as they are.
    ///
    /// # Errors
    /// Unsuitable data, errors of the source passed on with `?`, or cancellation (see [`Host::checkpoint`]).
    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        let _ = source;
        Err(Error::parameter(format!("plugin {} cannot be trained, it only evaluates models", Self::manifest().id)))
    }

    /// Writes the trained detector to the new file `path` as a zip archive (NNC users expect an NNP, which is one).
    /// The host adds a member with the job's provenance and moves the file to its final name.
    ///
    /// # Errors
    /// Input and output errors; the host removes what was written.
    fn save(&self, path: &Path) -> Result<()> {
        let _ = path;
        Err(Error::parameter(format!("plugin {} cannot be trained, it has no model to save", Self::manifest().id)))
    }

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
    /// 32-bit floats: images as 0.0 to 255.0 (or 0.0 to 1.0, see [`Input::normalized`]), matrices and numbers as
    /// they are.
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

/// What a detector reads and what it gives. Made with [`Interface::new`], so that later versions can add fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interface {
    /// The first input, for most detectors the only one.
    pub input: Input,
    /// Further variables of the same row; their values follow those of `input` within each sample.
    #[serde(default)]
    pub more_inputs: Vec<Input>,
    /// The outputs, at least one.
    pub outputs: Vec<OutputSpec>,
    /// How many samples every batch of [`Detector::infer`] but the last has to hold, for models that were stored for
    /// a fixed number; `None` leaves it to the host.
    #[serde(default)]
    pub exact_batch: Option<usize>,
}

impl Interface {
    /// A detector that reads one variable.
    pub fn new(input: Input, outputs: Vec<OutputSpec>) -> Self {
        Self { input, more_inputs: Vec::new(), outputs, exact_batch: None }
    }

    /// Adds variables; every input then has to be [`Element::F32`].
    pub fn with_more_inputs(self, more_inputs: Vec<Input>) -> Self {
        Self { more_inputs, ..self }
    }

    /// Asks for batches of exactly `samples`, but for the last. Scoring begins with row 0 of a data set; when it goes on
    /// after a break, the next batch is that of a later row.
    pub fn with_exact_batch(self, samples: usize) -> Self {
        Self { exact_batch: Some(samples), ..self }
    }

    /// Every input, in the order of their values within a sample.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        std::iter::once(&self.input).chain(&self.more_inputs)
    }

    /// Bytes of one sample with all its inputs, or `None` when that does not fit into the address space.
    pub fn sample_bytes(&self) -> Option<usize> {
        self.inputs().try_fold(0, |sum: usize, input| sum.checked_add(input.sample_bytes()?))
    }

    /// Checks what the types do not say.
    ///
    /// # Errors
    /// One sentence naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.outputs.is_empty() {
            return Err("the detector declares no output".to_owned());
        }
        if self.exact_batch == Some(0) {
            return Err("the detector asks for batches of no sample".to_owned());
        }
        for input in self.inputs().filter(|i| i.element == Element::U8) {
            if !self.more_inputs.is_empty() {
                return Err(format!(
                    "input `{}` is u8; a detector with several inputs reads them as f32",
                    input.variable
                ));
            }
            if input.normalize {
                return Err(format!("input `{}` is u8; only f32 can be normalised", input.variable));
            }
        }
        Ok(())
    }
}

/// A variable of the data set that a detector reads. Made with [`Input::image`] or [`Input::floats`], so that later
/// versions can add fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// Name of the variable in the data set's header; NNC's detectors read `x`.
    pub variable: String,
    /// Shape of one sample, channels first: `[3, 224, 224]`.
    pub shape: Vec<usize>,
    /// Type of the elements.
    pub element: Element,
    /// Whether images arrive divided by 255 (16-bit ones by 65535); other sources are never changed (NNC contract
    /// 1.6). Only with [`Element::F32`].
    #[serde(default)]
    pub normalize: bool,
}

impl Input {
    /// Images as raw bytes 0 to 255.
    pub fn image(variable: impl Into<String>, shape: impl Into<Vec<usize>>) -> Self {
        Self { variable: variable.into(), shape: shape.into(), element: Element::U8, normalize: false }
    }

    /// Images, matrices or numbers as floats; images as 0.0 to 255.0.
    pub fn floats(variable: impl Into<String>, shape: impl Into<Vec<usize>>) -> Self {
        Self { element: Element::F32, ..Self::image(variable, shape) }
    }

    /// Floats of which images arrive as 0.0 to 1.0 if `normalize` is set.
    pub fn normalized(self, normalize: bool) -> Self {
        Self { normalize, ..self }
    }

    /// Bytes of one sample of this input, or `None` when that does not fit into the address space.
    pub fn sample_bytes(&self) -> Option<usize> {
        self.shape.iter().try_fold(self.element.size(), |n, &d| n.checked_mul(d))
    }
}

/// One output of a detector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Column of the result table; NNC's detectors call their score map `x'`.
    pub name: String,
    /// Shape for one sample, any number of dimensions: `[56, 56]` for a score map of 56 rows and columns, `[]` for a
    /// single number. It decides how the host stores the output (NNC contract 8.2): two dimensions become a CSV file,
    /// three become images (values 0.0 to 1.0), anything else columns of numbers.
    pub shape: Vec<usize>,
}

impl OutputSpec {
    /// An output of this name and shape.
    pub fn new(name: impl Into<String>, shape: impl Into<Vec<usize>>) -> Self {
        Self { name: name.into(), shape: shape.into() }
    }

    /// Values for one sample.
    pub fn sample_len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Samples in the host's memory, one after the other, each with the shape that the interface asked for.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) interface: &'a Interface,
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
        match self.interface.input.element {
            Element::U8 => Ok(self.bytes),
            Element::F32 => Err(Error::data("the batch holds f32 elements, u8 was asked for")),
        }
    }

    /// All values of all samples, without a copy; of a detector with several inputs those of one sample follow each
    /// other.
    ///
    /// # Errors
    /// When the interface asked for another element type, or the host's memory is not aligned.
    pub fn as_f32(&self) -> Result<&'a [f32]> {
        if self.interface.input.element != Element::F32 {
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

    /// The values of input `index` (0 for [`Interface::input`], 1 for the first of [`Interface::more_inputs`]), one
    /// slice for each sample.
    ///
    /// # Errors
    /// As [`Batch::as_f32`], and when there is no such input.
    pub fn input_f32(&self, index: usize) -> Result<impl ExactSizeIterator<Item = &'a [f32]> + use<'a>> {
        let values = self.as_f32()?;
        let lengths = || self.interface.inputs().map(|input| input.shape.iter().product::<usize>());
        let length =
            lengths().nth(index).ok_or_else(|| Error::data(format!("the interface declares no input {index}")))?;
        let start: usize = lengths().take(index).sum();
        let sample: usize = lengths().sum();
        // An input without values has empty slices, of a sample that may be empty as a whole.
        let len = self.len;
        Ok((0..len).map(move |row| values.get(row * sample + start..row * sample + start + length).unwrap_or_default()))
    }
}

/// One output buffer in the host's memory: values of all samples of the batch, sample after sample.
#[derive(Debug)]
pub struct Output<'a> {
    /// The values to fill in; NaN where nothing was written yet.
    pub values: &'a mut [f32],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Interface {
        let more = vec![Input::floats("z", [2]).normalized(true)];
        Interface::new(Input::floats("x", [1, 3]), vec![OutputSpec::new("y", [4])]).with_more_inputs(more)
    }

    #[test]
    fn inputs_of_a_sample_follow_each_other() {
        let values: Vec<f32> = (0..10).map(|v| v as f32).collect();
        // SAFETY: four bytes for every f32.
        let bytes = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), 40) };
        let interface = two();
        assert_eq!(interface.sample_bytes(), Some(20));
        let batch = Batch { bytes, interface: &interface, first: 0, len: 2 };
        let part = |index| batch.input_f32(index).unwrap().collect::<Vec<_>>();
        assert_eq!(part(0), [[0.0, 1.0, 2.0], [5.0, 6.0, 7.0]]);
        assert_eq!(part(1), [[3.0, 4.0], [8.0, 9.0]]);
        assert!(batch.input_f32(2).is_err());
        assert!(batch.as_u8().is_err());
    }

    #[test]
    fn interfaces_of_earlier_plugins_can_be_read() {
        let text = r#"{"input":{"variable":"x","shape":[3],"element":"u8"},"outputs":[{"name":"y","shape":[]}]}"#;
        let interface: Interface = serde_json::from_str(text).unwrap();
        assert_eq!(interface, Interface::new(Input::image("x", [3]), vec![OutputSpec::new("y", [])]));
        interface.check().unwrap();
    }

    #[test]
    fn impossible_interfaces_are_named() {
        two().check().unwrap();
        let message = |interface: Interface| interface.check().unwrap_err();
        assert!(message(Interface { outputs: vec![], ..two() }).contains("no output"));
        assert!(message(two().with_exact_batch(0)).contains("no sample"));
        assert!(message(Interface { input: Input::image("x", [3]), ..two() }).contains("several inputs"));
        let normalized = Interface { input: Input::image("x", [3]).normalized(true), more_inputs: vec![], ..two() };
        assert!(message(normalized).contains("only f32"));
    }
}
