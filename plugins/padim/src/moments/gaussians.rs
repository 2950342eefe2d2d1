//! The finished sums, from which mean and covariance of each Gaussian are put together.

use super::chunk;
use super::sums::{PAIRS, Sums};
use crate::gaussian::Gaussian;

/// Mean and covariance of every Gaussian.
pub(crate) struct Gaussians {
    gaussian: Gaussian,
    channels: [usize; 3],
    /// Samples of one Gaussian.
    samples: f64,
    units: Vec<Sums>,
}

impl Gaussians {
    pub(super) fn new(gaussian: Gaussian, channels: [usize; 3], samples: usize, units: Vec<Sums>) -> Self {
        Self { gaussian, channels, samples: samples as f64, units }
    }

    /// Channels of the embedding.
    pub(crate) fn dim(&self) -> usize {
        self.channels.iter().sum()
    }

    /// Number of Gaussians.
    pub(crate) fn count(&self) -> usize {
        self.gaussian.count()
    }

    /// The sums of Gaussian `index` (row by row of its grid), and its position among those of layer 1 in them.
    fn find(&self, index: usize) -> (&Sums, usize) {
        match self.gaussian {
            Gaussian::Dense => {
                let (y, x) = (index / 56, index % 56);
                (&self.units[y / 4 * 14 + x / 4], chunk::number(y % 4, x % 4))
            }
            _ => (&self.units[index], 0),
        }
    }

    /// Mean of Gaussian `index`; `out` has [`Gaussians::dim`] values.
    pub(crate) fn mean(&self, index: usize, out: &mut [f64]) {
        let (unit, at) = self.find(index);
        let mut out = out.iter_mut();
        for layer in 0..3 {
            let (shift, sum) = unit.first(layer, at);
            for ((shift, sum), out) in shift.iter().zip(sum).zip(&mut out) {
                *out = shift + sum / self.samples;
            }
        }
    }

    /// Sample covariance (divisor N - 1) of Gaussian `index`, both triangles; `out` has dim x dim values.
    pub(crate) fn covariance(&self, index: usize, out: &mut [f64]) {
        let (unit, at) = self.find(index);
        let dim = self.dim();
        let starts = [0, self.channels[0], self.channels[0] + self.channels[1]];
        for (pair, &(i, j)) in PAIRS.iter().enumerate() {
            let (_, sum_i) = unit.first(i, at);
            let (_, sum_j) = unit.first(j, at);
            for (a, row) in unit.second(pair, at).chunks(self.channels[j]).enumerate() {
                for (b, product) in row.iter().enumerate() {
                    let value = (product - sum_i[a] * sum_j[b] / self.samples) / (self.samples - 1.0);
                    out[(starts[i] + a) * dim + starts[j] + b] = value;
                    out[(starts[j] + b) * dim + starts[i] + a] = value;
                }
            }
        }
    }
}
