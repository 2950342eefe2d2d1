//! First and second moments of the embedding, summed in f64 over any number of images in constant memory.
//!
//! The embedding of PaDiM repeats the coarse layers: a position of layer 3 appears 16 times, one of layer 2 four
//! times. Products between channels of two layers therefore need summing only once for each position of the coarser
//! one. Against the full matrix of every position this takes about a quarter of the memory and work with the channels
//! of usual backbones.
//!
//! All sums are of differences from a fixed value, the mean of the first images: variances that are small against the
//! mean would otherwise drown in rounding. The shift is shared by all samples of a Gaussian, so the covariance does not
//! change and the mean gets the shift back.
//!
//! Images are added in chunks of a fixed number, and each unit of work (a position of layer 3, or a row of them) has
//! sums of its own. So for equal features neither the batch size nor the number of threads changes a bit of the result.
//!
//! When changing this, check `tests` against the two-pass formula.

mod chunk;
mod features;
mod gaussians;
mod sums;

use nnc_plugin_api::{Error, Result};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::gaussian::Gaussian;
use chunk::Chunk;
use sums::Sums;

pub(crate) use features::Features;
pub(crate) use gaussians::Gaussians;

/// Rows and columns of the three layers.
pub(crate) const GRIDS: [usize; 3] = [56, 28, 14];
/// Positions of layer 3.
const CELLS: usize = 14 * 14;
/// Images added at once: enough for efficient matrix products, few enough to stay in cache.
const CHUNK: usize = 16;

/// Running sums over images.
pub(crate) struct Moments {
    gaussian: Gaussian,
    channels: [usize; 3],
    /// Not the threads of the whole process: how many there are is the host's decision.
    pool: ThreadPool,
    images: usize,
    /// Images not yet added: for each layer, values in the order image, row, column, channel.
    pending: [Vec<f32>; 3],
    waiting: usize,
    /// One for each position of layer 3; one for each row of them where a single Gaussian covers all.
    units: Vec<Sums>,
}

impl Moments {
    /// No images yet; `channels` are those kept of layers 1 to 3.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub(crate) fn new(gaussian: Gaussian, channels: [usize; 3], threads: usize) -> Result<Self> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).build()?;
        Ok(Self { gaussian, channels, pool, images: 0, pending: Default::default(), waiting: 0, units: Vec::new() })
    }

    /// Adds images.
    pub(crate) fn add(&mut self, batch: &Features) {
        for image in 0..batch.images {
            for (layer, values) in batch.layers.iter().enumerate() {
                let length = self.values(layer);
                self.pending[layer].extend_from_slice(&values[image * length..][..length]);
            }
            self.waiting += 1;
            if self.waiting == CHUNK {
                self.flush();
            }
        }
        self.images += batch.images;
    }

    /// Bytes of the sums for that many channels, and of what waits to be added.
    pub(crate) fn bytes(gaussian: Gaussian, channels: [usize; 3]) -> u64 {
        let positions = |layer: usize| if gaussian == Gaussian::Dense { Chunk::positions(layer) } else { 1 };
        let products: usize = sums::PAIRS.iter().map(|&(i, j)| positions(i) * channels[i] * channels[j]).sum();
        let firsts: usize = (0..3).map(|layer| 2 * positions(layer) * channels[layer]).sum();
        let units = if gaussian == Gaussian::Single { GRIDS[2] } else { CELLS };
        let pending: usize = (0..3).map(|layer| CHUNK * GRIDS[layer].pow(2) * channels[layer]).sum();
        (size_of::<f64>() * units * (products + firsts) + size_of::<f32>() * pending) as u64
    }

    /// Values of one image in `layer`.
    fn values(&self, layer: usize) -> usize {
        GRIDS[layer].pow(2) * self.channels[layer]
    }

    /// Adds the pending images to the sums.
    fn flush(&mut self) {
        if self.waiting == 0 {
            return;
        }
        let chunk = Chunk { images: self.waiting, channels: self.channels, layers: &self.pending };
        if self.units.is_empty() {
            self.units = start(self.gaussian, &chunk);
        }
        self.pool.install(|| self.units.par_iter_mut().for_each(|unit| unit.add(&chunk)));
        self.pending.iter_mut().for_each(Vec::clear);
        self.waiting = 0;
    }

    /// Ends the summing.
    ///
    /// # Errors
    /// When no image was added.
    pub(crate) fn finish(mut self) -> Result<Gaussians> {
        self.flush();
        let mut units = self.units.into_iter();
        let first = units.next().ok_or_else(|| Error::data("there is no image to train on"))?;
        let units = match self.gaussian {
            // The rows of the image are parts of the same Gaussian.
            Gaussian::Single => vec![units.fold(first, Sums::merged)],
            _ => std::iter::once(first).chain(units).collect(),
        };
        let samples = self.images * self.gaussian.samples_per_image();
        Ok(Gaussians::new(self.gaussian, self.channels, samples, units))
    }
}

/// Sums of zero with the means of the first images as shifts.
fn start(gaussian: Gaussian, chunk: &Chunk<'_>) -> Vec<Sums> {
    match gaussian {
        Gaussian::Dense => (0..CELLS).map(|cell| Sums::apart(chunk, cell)).collect(),
        Gaussian::Sixteenth => (0..CELLS).map(|cell| Sums::shared(chunk, vec![cell], &[cell])).collect(),
        Gaussian::Single => {
            let all: Vec<usize> = (0..CELLS).collect();
            all.chunks(14).map(|row| Sums::shared(chunk, row.to_vec(), &all)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind, Tensor};

    const CHANNELS: [usize; 3] = [2, 1, 3];

    /// The embedding of the contract, position by position: layer 1, then the covering values of layers 2 and 3.
    fn embedding(features: &[Tensor], image: i64, y: i64, x: i64) -> Vec<f64> {
        let mut e = Vec::new();
        for (layer, f) in features.iter().enumerate() {
            let shrink = 56 / GRIDS[layer] as i64;
            for c in 0..CHANNELS[layer] as i64 {
                e.push(f.double_value(&[image, c, y / shrink, x / shrink]));
            }
        }
        e
    }

    fn features(images: i64) -> Vec<Tensor> {
        (0..3)
            .map(|l| {
                let side = GRIDS[l] as i64;
                // A large mean with a small spread is what running sums get wrong when they are naive.
                Tensor::randn([images, CHANNELS[l] as i64, side, side], (Kind::Float, Device::Cpu)) * 0.1 + 300.0
            })
            .collect()
    }

    /// Mean and covariance of Gaussian `index` by the two-pass formula.
    fn two_pass(gaussian: Gaussian, features: &[Tensor], images: i64, index: i64) -> (Vec<f64>, Vec<f64>) {
        let grid = gaussian.grid() as i64;
        let span = 56 / grid;
        let mut samples = Vec::new();
        for image in 0..images {
            for dy in 0..span {
                for dx in 0..span {
                    samples.push(embedding(features, image, index / grid * span + dy, index % grid * span + dx));
                }
            }
        }
        let (n, d) = (samples.len() as f64, samples[0].len());
        let mean: Vec<f64> = (0..d).map(|c| samples.iter().map(|s| s[c]).sum::<f64>() / n).collect();
        let mut covariance = vec![0.0; d * d];
        for s in &samples {
            for a in 0..d {
                for b in 0..d {
                    covariance[a * d + b] += (s[a] - mean[a]) * (s[b] - mean[b]) / (n - 1.0);
                }
            }
        }
        (mean, covariance)
    }

    #[test]
    fn neither_batches_nor_threads_change_a_bit() {
        tch::manual_seed(8);
        let all = features(37);
        let run = |gaussian, batch: i64, threads| {
            let mut moments = Moments::new(gaussian, CHANNELS, threads).unwrap();
            for start in (0..37).step_by(batch as usize) {
                let part: Vec<Tensor> = all.iter().map(|f| f.narrow(0, start, batch.min(37 - start))).collect();
                moments.add(&Features::read(&part).unwrap());
            }
            let gaussians = moments.finish().unwrap();
            let d = gaussians.dim();
            let (mut mean, mut covariance) = (vec![0.0; d], vec![0.0; d * d]);
            gaussians.mean(0, &mut mean);
            gaussians.covariance(0, &mut covariance);
            (mean, covariance)
        };
        for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
            let reference = run(gaussian, 37, 1);
            for (batch, threads) in [(1, 1), (7, 2), (16, 3), (20, 2)] {
                assert_eq!(run(gaussian, batch, threads), reference, "{gaussian:?}, batches of {batch}");
            }
        }
    }

    #[test]
    fn the_size_of_the_sums_is_known_beforehand() {
        tch::manual_seed(9);
        for gaussian in [Gaussian::Dense, Gaussian::Sixteenth, Gaussian::Single] {
            let mut moments = Moments::new(gaussian, CHANNELS, 1).unwrap();
            moments.add(&Features::read(&features(CHUNK as i64)).unwrap());
            let values: usize = moments.units.iter().map(Sums::len).sum();
            let pending: usize = moments.pending.iter().map(Vec::capacity).sum();
            assert_eq!(Moments::bytes(gaussian, CHANNELS), (8 * values + 4 * pending) as u64, "{gaussian:?}");
        }
    }

    #[test]
    fn running_sums_equal_the_two_pass_formula_in_every_mode() {
        tch::manual_seed(7);
        let all = features(5);
        for (gaussian, indices) in [
            (Gaussian::Dense, vec![0, 1, 57, 1000, 3135]),
            (Gaussian::Sixteenth, vec![0, 15, 195]),
            (Gaussian::Single, vec![0]),
        ] {
            let mut moments = Moments::new(gaussian, CHANNELS, 2).unwrap();
            for (start, count) in [(0, 2), (2, 2), (4, 1)] {
                let part: Vec<Tensor> = all.iter().map(|f| f.narrow(0, start, count)).collect();
                moments.add(&Features::read(&part).unwrap());
            }
            assert_eq!(moments.images, 5);
            let gaussians = moments.finish().unwrap();
            let d = gaussians.dim();
            let (mut mean, mut covariance) = (vec![0.0; d], vec![0.0; d * d]);
            for index in indices {
                gaussians.mean(index as usize, &mut mean);
                gaussians.covariance(index as usize, &mut covariance);
                let (true_mean, true_covariance) = two_pass(gaussian, &all, 5, index);
                for (a, b) in mean.iter().zip(&true_mean) {
                    assert!((a - b).abs() < 1e-9, "{gaussian:?} {index}: mean {a} {b}");
                }
                for (a, b) in covariance.iter().zip(&true_covariance) {
                    assert!((a - b).abs() < 1e-12, "{gaussian:?} {index}: covariance {a} {b}");
                }
            }
        }
    }
}
