//! What a detector reads and what it gives: the names, shapes and types of its inputs and outputs.

use serde::{Deserialize, Serialize};

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
    /// How many samples every batch of `Detector::score` but the last has to hold, for models that were stored for
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

    /// Asks for batches of exactly `samples`, but for the last. Scoring begins with row 0 of a dataset; when it goes on
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

/// A variable of the dataset that a detector reads. Made with [`Input::image`] or [`Input::floats`], so that later
/// versions can add fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// Name of the variable in the dataset's header; NNC's detectors read `x`.
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
    /// Column of the result table; NNC's detectors call their anomaly map `x'`.
    pub name: String,
    /// Shape for one sample, any number of dimensions: `[56, 56]` for an anomaly map of 56 rows and columns, `[]` for a
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

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Interface {
        let more = vec![Input::floats("z", [2]).normalized(true)];
        Interface::new(Input::floats("x", [1, 3]), vec![OutputSpec::new("y", [4])]).with_more_inputs(more)
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
