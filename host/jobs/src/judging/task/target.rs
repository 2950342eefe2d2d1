//! Files that the outputs of a regression should be: pictures, or matrices and arrays of the same shape.

use nnc_dataset::{Dataset, Element, SampleFormat, Variable, decode_into, split_extension};
use nnc_messages::{Exit, OrExit, Result};

use super::Label;

/// Endings of files that hold numbers as they are.
const NUMBERS: [&str; 2] = [".csv", ".npy"];

/// How the targets of a dataset are read.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    variable: Variable,
    format: SampleFormat,
    /// The largest value that a target can have; `None` of files that are no pictures.
    pub(crate) peak: Option<f64>,
}

impl Target {
    /// For outputs of this shape, if the first target has it. Pictures are normalised where the model's inputs are.
    pub(super) fn of(dataset: &Dataset, variable: &Variable, shape: &[usize], normalized: bool) -> Option<Self> {
        let [column] = variable.columns.as_slice() else { return None };
        let first = (0..dataset.len()).find(|&row| Label::of(dataset, variable, row) == Some(Label::File))?;
        if dataset.shape_of(first, variable).ok()? != shape {
            return None;
        }
        let ending = split_extension(dataset.text(first, *column)?).1.to_lowercase();
        let holds_numbers = NUMBERS.contains(&&*ending);
        let element = if normalized { Element::NormalizedF32 } else { Element::F32 };
        let peak = (!holds_numbers).then_some(if normalized { 1.0 } else { 255.0 });
        Some(Self { variable: variable.clone(), format: SampleFormat { shape: shape.to_vec(), element }, peak })
    }

    /// Values of a row.
    pub(crate) fn values(&self) -> usize {
        self.format.shape.iter().product()
    }

    /// Values in a line of them, at least 1.
    pub(crate) fn columns(&self) -> usize {
        self.format.shape.last().copied().unwrap_or(1).max(1)
    }

    /// Whether the row names a target.
    pub(crate) fn is_named(&self, dataset: &Dataset, row: usize) -> bool {
        Label::of(dataset, &self.variable, row) == Some(Label::File)
    }

    /// What `found` is too large by, value by value; NaN where the row names no target.
    pub(crate) fn differences(&self, dataset: &Dataset, row: usize, found: &[f32]) -> Result<Vec<f32>> {
        if !self.is_named(dataset, row) {
            return Ok(vec![f32::NAN; self.values()]);
        }
        let mut bytes = vec![0; self.format.sample_bytes().or_exit(Exit::Dataset)?];
        decode_into(dataset, &self.variable, row, &self.format, &mut bytes).or_exit(Exit::Dataset)?;
        let (due, _) = bytes.as_chunks();
        let due = due.iter().map(|bytes| f32::from_ne_bytes(*bytes));
        Ok(due.enumerate().map(|(at, due)| found.get(at).copied().unwrap_or(f32::NAN) - due).collect())
    }
}
