//! The host's samples as tensors of the network's inputs.

use nnc_plugin_api::{Batch, Result};
use tch::Tensor;

use crate::plan::{Batching, Plan};

/// Values of all inputs that are run at once; about four images of 224x224, which keeps intermediate results in the
/// processor's caches and out of its memory.
const VALUES_AT_ONCE: usize = 4 * 3 * 224 * 224;

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

    /// How many of `count` samples go through the network at once.
    pub(crate) fn rows_at_once(&self, count: usize) -> usize {
        match self.batching {
            Batching::Any => (VALUES_AT_ONCE / self.lengths.iter().sum::<usize>().max(1)).clamp(1, count),
            Batching::Exactly(_) | Batching::Whole => count,
        }
    }

    /// Rows of the tensors that `rows` samples become.
    pub(crate) fn fed_rows(&self, rows: usize) -> usize {
        match self.batching {
            Batching::Exactly(stored) => stored,
            Batching::Any | Batching::Whole => rows,
        }
    }

    /// One tensor for each input from `rows` samples of `batch`, from sample `start` on. What a stored batch lacks is
    /// taken from the beginning of the data set, as NNC does (NNC contract 1.7).
    pub(crate) fn tensors(&mut self, batch: &Batch<'_>, start: usize, rows: usize) -> Result<Vec<Tensor>> {
        let mut tensors = Vec::with_capacity(self.lengths.len());
        let fed = self.fed_rows(rows);
        for (index, (&length, shape)) in self.lengths.iter().zip(&self.shapes).enumerate() {
            let mut values = Vec::with_capacity(fed * length);
            for sample in batch.input_f32(index)?.skip(start).take(rows) {
                values.extend_from_slice(sample);
            }
            if let (Batching::Exactly(_), Some(first)) = (self.batching, self.first.get_mut(index)) {
                if batch.first_row() + start == 0 {
                    first.clone_from(&values);
                }
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
