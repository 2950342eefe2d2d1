//! First and second moments of the features at each position, summed in f64 over any number of images in constant memory.
//!
//! All sums are of differences from a fixed value, the mean of the first images: variances that are small against the mean
//! would otherwise drown in rounding. Images are added in chunks of a fixed number, and each position has sums of its own. So
//! for equal features neither the batch size nor the number of threads changes a bit of the result.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2};
use nnc_plugin_api::{Error, Result};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::POSITIONS;

/// Images added at once: enough for efficient matrix products, few enough to stay in cache.
const CHUNK: usize = 16;

/// Running sums over images.
pub(crate) struct Sums {
    dim: usize,
    /// Not the threads of the whole process: how many there are is the host's decision.
    pool: ThreadPool,
    images: usize,
    /// Features of images that are not yet added, in the order image, position, channel.
    pending: Vec<f32>,
    /// Empty until the first images give the shifts.
    positions: Vec<Position>,
}

/// The sums of one position.
struct Position {
    shift: Vec<f64>,
    sum: Vec<f64>,
    /// Sums of products of two channels, row by row.
    products: Vec<f64>,
}

/// Mean and covariance of one position.
pub(crate) struct Moments {
    pub(crate) mean: Vec<f64>,
    /// With the number of images as divisor, row by row.
    pub(crate) covariance: Vec<f64>,
}

impl Sums {
    /// No images yet; each position has `dim` channels.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub(crate) fn new(dim: usize, threads: usize) -> Result<Self> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).build()?;
        Ok(Self { dim, pool, images: 0, pending: Vec::new(), positions: Vec::new() })
    }

    /// Bytes of the sums for so many channels, and of what waits to be added.
    pub(crate) fn bytes(dim: usize) -> u64 {
        (POSITIONS * (size_of::<f64>() * dim * (dim + 2) + CHUNK * size_of::<f32>() * dim)) as u64
    }

    /// Adds images: values in the order image, position, channel.
    pub(crate) fn add(&mut self, features: &[f32]) {
        let image = POSITIONS * self.dim;
        for values in features.chunks_exact(image) {
            self.pending.extend_from_slice(values);
            self.images += 1;
            if self.pending.len() == CHUNK * image {
                self.flush();
            }
        }
    }

    /// Adds the pending images to the sums.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let Self { dim, pool, pending, positions, .. } = self;
        let chunk = Chunk { dim: *dim, values: pending };
        if positions.is_empty() {
            *positions = (0..POSITIONS).map(|at| Position::zero(chunk.mean(at))).collect();
        }
        pool.install(|| positions.par_iter_mut().enumerate().for_each(|(at, position)| position.add(at, &chunk)));
        self.pending.clear();
    }

    /// Ends the summing: the number of images and the moments of all positions, row by row of the grid.
    ///
    /// # Errors
    /// Fewer than 2 images, and values that are not finite.
    pub(crate) fn finish(mut self) -> Result<(usize, Vec<Moments>)> {
        self.flush();
        let images = self.images;
        if images < 2 {
            return Err(Error::data(format!(
                "a covariance needs at least 2 samples, one per image, and the training set has {images}: add images"
            )));
        }
        let moments: Vec<Moments> = self
            .pool
            .install(|| self.positions.into_par_iter().map(|position| position.moments(images as f64)).collect());
        // A value that is not finite makes the sums of its channel so.
        if moments.iter().flat_map(|moments| &moments.covariance).any(|value| !value.is_finite()) {
            return Err(Error::data("the features of the training images are not finite, so there is no covariance"));
        }
        Ok((images, moments))
    }
}

/// Features of a few images.
struct Chunk<'a> {
    dim: usize,
    values: &'a [f32],
}

impl Chunk<'_> {
    /// The features at a position, image by image.
    fn at(&self, position: usize) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.dim).skip(position).step_by(POSITIONS)
    }

    fn mean(&self, position: usize) -> Vec<f64> {
        let mut mean = vec![0.0; self.dim];
        let mut count = 0.0;
        for values in self.at(position) {
            mean.iter_mut().zip(values).for_each(|(mean, &value)| *mean += f64::from(value));
            count += 1.0;
        }
        mean.iter_mut().for_each(|mean| *mean /= count);
        mean
    }
}

impl Position {
    fn zero(shift: Vec<f64>) -> Self {
        let dim = shift.len();
        Self { shift, sum: vec![0.0; dim], products: vec![0.0; dim * dim] }
    }

    fn add(&mut self, position: usize, chunk: &Chunk<'_>) {
        let mut rows = Array2::zeros((chunk.values.len() / (POSITIONS * chunk.dim), chunk.dim));
        for (mut row, values) in rows.outer_iter_mut().zip(chunk.at(position)) {
            for (((row, &value), shift), sum) in row.iter_mut().zip(values).zip(&self.shift).zip(&mut self.sum) {
                *row = f64::from(value) - shift;
                *sum += *row;
            }
        }
        let mut products = ArrayViewMut2::from_shape((chunk.dim, chunk.dim), &mut self.products)
            .expect("products were made for this number of channels");
        general_mat_mul(1.0, &rows.t(), &rows, 1.0, &mut products);
    }

    fn moments(self, images: f64) -> Moments {
        let Self { shift, sum, products: mut covariance } = self;
        for (row, a) in covariance.chunks_exact_mut(sum.len()).zip(&sum) {
            row.iter_mut().zip(&sum).for_each(|(value, b)| *value = (*value - a * b / images) / images);
        }
        let mean = shift.iter().zip(&sum).map(|(shift, sum)| shift + sum / images).collect();
        Moments { mean, covariance }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Features with a large mean and a small spread, which running sums get wrong when they are naive.
    pub(crate) fn features(images: usize, dim: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        (0..images * POSITIONS * dim).map(|at| 300.0 + (at % dim) as f32 + 0.1 * noise()).collect()
    }

    fn moments(features: &[f32], dim: usize, batch: usize, threads: usize) -> (usize, Vec<Moments>) {
        let mut sums = Sums::new(dim, threads).unwrap();
        features.chunks(batch * POSITIONS * dim).for_each(|batch| sums.add(batch));
        sums.finish().unwrap()
    }

    #[test]
    fn running_sums_equal_the_two_pass_formula() {
        let (images, dim) = (37, 3);
        let features = features(images, dim, 1);
        let (count, moments) = moments(&features, dim, 5, 2);
        assert_eq!((count, moments.len()), (images, POSITIONS));
        let n = images as f64;
        for position in [0, 17, 195] {
            let value = |image: usize, c: usize| f64::from(features[(image * POSITIONS + position) * dim + c]);
            let mean: Vec<f64> = (0..dim).map(|c| (0..images).map(|i| value(i, c)).sum::<f64>() / n).collect();
            for a in 0..dim {
                assert!((moments[position].mean[a] - mean[a]).abs() < 1e-9);
                for b in 0..dim {
                    let due = (0..images).map(|i| (value(i, a) - mean[a]) * (value(i, b) - mean[b])).sum::<f64>() / n;
                    assert!((moments[position].covariance[a * dim + b] - due).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn the_size_of_the_sums_is_known_beforehand() {
        let mut sums = Sums::new(5, 1).unwrap();
        sums.add(&features(CHUNK, 5, 2));
        let values: usize = sums.positions.iter().map(|p| p.shift.len() + p.sum.len() + p.products.len()).sum();
        assert_eq!(Sums::bytes(5), (8 * values + 4 * CHUNK * POSITIONS * 5) as u64);
    }

    #[test]
    fn what_has_no_covariance_is_refused() {
        for images in [0, 1] {
            let mut sums = Sums::new(2, 1).unwrap();
            sums.add(&features(images, 2, 3));
            let error = sums.finish().err().unwrap();
            assert!(error.message().contains(&format!("the training set has {images}")), "{error}");
        }
        for wrong in [f32::NAN, f32::INFINITY] {
            let mut values = features(2, 2, 3);
            values[2 * POSITIONS + 9] = wrong;
            let mut sums = Sums::new(2, 1).unwrap();
            sums.add(&values);
            assert!(sums.finish().err().unwrap().message().contains("not finite"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn neither_batches_nor_threads_change_a_bit(
            images in 2_usize..40, batch in 1_usize..40, threads in 1_usize..4, seed in 0_u32..1000
        ) {
            let features = features(images, 3, seed);
            let (_, reference) = moments(&features, 3, images, 1);
            let (_, found) = moments(&features, 3, batch, threads);
            for (found, due) in found.iter().zip(&reference) {
                prop_assert_eq!(&found.mean, &due.mean);
                prop_assert_eq!(&found.covariance, &due.covariance);
            }
        }
    }
}
