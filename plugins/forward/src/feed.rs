//! The host's samples as tensors of the network's inputs.

use std::ops::Range;

use nnc_plugin_api::{Batch, Result};
use tch::Tensor;

use crate::plan::{Batching, Plan};

/// Makes tensors, and remembers what a network that is stored for a fixed number of samples needs for the last batch.
pub(crate) struct Feed {
    batching: Batching,
    /// Shape of one sample (or of the whole array) of each input.
    shapes: Vec<Vec<i64>>,
    /// Values of one sample.
    lengths: Vec<usize>,
    /// For each input, the samples of the first batch.
    first: Vec<Vec<f32>>,
}

impl Feed {
    pub(crate) fn new(plan: &Plan) -> Self {
        let lengths: Vec<usize> = plan.inputs.iter().map(|input| input.shape.iter().product()).collect();
        let shapes = plan.inputs.iter().map(|i| i.shape.iter().map(|&extent| extent as i64).collect()).collect();
        Self { batching: plan.batching, first: vec![Vec::new(); lengths.len()], shapes, lengths }
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

    /// One tensor for each input from some samples of `batch`. What a stored batch lacks is taken from the beginning of
    /// the dataset, as NNC does (NNC contract 1.7).
    pub(crate) fn tensors(&self, batch: &Batch<'_>, rows: Range<usize>) -> Result<Vec<Tensor>> {
        let mut tensors = Vec::with_capacity(self.lengths.len());
        let fed = self.fed_rows(rows.len());
        for (index, (&length, shape)) in self.lengths.iter().zip(&self.shapes).enumerate() {
            let mut values = Vec::with_capacity(fed * length);
            for sample in batch.input_f32(index)?.skip(rows.start).take(rows.len()) {
                values.extend_from_slice(sample);
            }
            if let (Batching::Exactly(_), Some(first)) = (self.batching, self.first.get(index)) {
                while values.len() < fed * length && !first.is_empty() {
                    let lacking = fed * length - values.len();
                    values.extend_from_slice(&first[..lacking.min(first.len())]);
                }
            }
            let tensor = Tensor::f_from_slice(&values)?;
            tensors.push(match self.batching {
                Batching::Whole => tensor.f_reshape(shape.as_slice())?,
                _ => tensor.f_reshape([&[fed as i64], shape.as_slice()].concat())?,
            });
        }
        Ok(tensors)
    }
}
