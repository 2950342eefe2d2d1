//! The host's samples, and what generators give, as tensors of the networks' inputs.

use std::ops::Range;

use nnc_plugin_api::{Batch, Result};
use tch::Tensor;

use crate::generator::{Generated, Generator};
use crate::plan::{Batching, Part, Plan};

/// Makes tensors, and remembers what a network that is stored for a fixed number of samples needs for the last batch.
pub(crate) struct Feed {
    batching: Batching,
    /// Values of one sample of each variable of the dataset.
    lengths: Vec<usize>,
    /// For each of them, the samples of the first batch.
    first: Vec<Vec<f32>>,
    generator: Generator,
}

/// What generators give for the rows of one batch, for the generated variables of all parts.
pub(crate) struct Drawn {
    values: Vec<Vec<f32>>,
}

impl Feed {
    pub(crate) fn new(plan: &Plan) -> Self {
        let lengths: Vec<usize> = plan.inputs.iter().map(|input| input.shape.iter().product()).collect();
        let generated: Vec<Generated> = plan.parts.iter().flat_map(|part| &part.generated).cloned().collect();
        let generator = Generator::new(generated, plan.stored);
        Self { batching: plan.batching, first: vec![Vec::new(); lengths.len()], lengths, generator }
    }

    /// Rows of the tensors that `rows` samples become.
    pub(crate) fn fed_rows(&self, rows: usize) -> usize {
        match self.batching {
            Batching::Exactly(stored) => stored,
            Batching::Any | Batching::Whole => rows,
        }
    }

    /// Keeps the first batch of a dataset for [`Feed::tensors`] to take from.
    pub(crate) fn remember(&mut self, batch: &Batch<'_>) -> Result<()> {
        if let (Batching::Exactly(_), 0) = (self.batching, batch.first_row()) {
            for (index, first) in self.first.iter_mut().enumerate() {
                *first = batch.input_f32(index)?.flatten().copied().collect();
            }
        }
        Ok(())
    }

    /// Lets the generators draw for the rows of `batch`.
    pub(crate) fn draw(&mut self, batch: &Batch<'_>) -> Drawn {
        let rows = self.fed_rows(batch.len());
        Drawn { values: self.generator.rows(batch.first_row(), rows) }
    }

    /// One tensor for each input of `part` from some samples of `batch`, and then one for each variable that is generated.
    /// What a stored batch lacks is taken from the beginning of the dataset, as NNC does (NNC contract 1.7).
    pub(crate) fn tensors(
        &self,
        plan: &Plan,
        number: usize,
        batch: &Batch<'_>,
        drawn: &Drawn,
        rows: Range<usize>,
    ) -> Result<Vec<Tensor>> {
        let mut tensors = Vec::new();
        let Some(part) = plan.parts.get(number) else { return Ok(tensors) };
        let fed = self.fed_rows(rows.len());
        for bound in &part.inputs {
            let length = self.lengths.get(bound.input).copied().unwrap_or(0);
            let mut values = Vec::with_capacity(fed * length);
            for sample in batch.input_f32(bound.input)?.skip(rows.start).take(rows.len()) {
                values.extend_from_slice(sample);
            }
            if let (Batching::Exactly(_), Some(first)) = (self.batching, self.first.get(bound.input)) {
                while values.len() < fed * length && !first.is_empty() {
                    let lacking = fed * length - values.len();
                    values.extend_from_slice(&first[..lacking.min(first.len())]);
                }
            }
            let tensor = Tensor::f_from_slice(&values)?;
            let shape: Vec<i64> = bound.shape.iter().map(|&extent| extent as i64).collect();
            tensors.push(match self.batching {
                Batching::Whole => tensor.f_reshape(shape)?,
                _ => tensor.f_reshape([&[fed as i64], shape.as_slice()].concat())?,
            });
        }
        let before = plan.parts.iter().take(number).map(|part: &Part| part.generated.len()).sum();
        for (one, values) in part.generated.iter().zip(drawn.values.iter().skip(before)) {
            let mut shape: Vec<i64> = one.shape.iter().map(|&extent| extent as i64).collect();
            let tensor = match (shape.first_mut(), one.per_sample) {
                (Some(samples), true) => {
                    let length = one.shape.iter().skip(1).product::<usize>();
                    *samples = fed as i64;
                    let of_rows = values.iter().skip(rows.start * length).take(fed * length);
                    Tensor::f_from_slice(&of_rows.copied().collect::<Vec<f32>>())?
                }
                _ => Tensor::f_from_slice(values)?,
            };
            tensors.push(tensor.f_reshape(shape)?);
        }
        Ok(tensors)
    }
}
