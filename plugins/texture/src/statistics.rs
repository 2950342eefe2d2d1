//! First and second moments of the descriptors of each cell, summed over any number of images in constant memory, and
//! the Gaussians that come of them.
//!
//! The Gaussian of a cell is fitted to the descriptors of all cells within `tolerance` of it. So a part may lie that
//! far from where it lay in training, and few images give many samples; with a tolerance of the whole grid there is
//! one Gaussian for all places, for material without fixed positions such as cloth. Sums are f64 of numbers up to 255: what
//! rounding takes from a variance stays below a millionth for millions of images.

use crate::descriptor::DIM;
use crate::gaussians::{Gaussians, PACKED};
use crate::grid::Grid;

/// Number of images, sums of values, sums of products (lower triangle, row by row).
const SUMS: usize = 1 + DIM + PACKED;

/// Running sums.
pub(crate) struct Statistics {
    grid: Grid,
    cells: Vec<[f64; SUMS]>,
}

impl Statistics {
    pub(crate) fn new(grid: Grid) -> Self {
        Self { grid, cells: vec![[0.0; SUMS]; grid.cells()] }
    }

    /// Adds the descriptors of an image.
    pub(crate) fn add(&mut self, descriptors: &[f32]) {
        for (sums, values) in self.cells.iter_mut().zip(descriptors.chunks_exact(DIM)) {
            sums[0] += 1.0;
            let (values_sums, products) = sums[1..].split_at_mut(DIM);
            let mut products = products.iter_mut();
            for (a, sum) in values_sums.iter_mut().enumerate() {
                *sum += f64::from(values[a]);
                for b in &values[..=a] {
                    if let Some(product) = products.next() {
                        *product += f64::from(values[a]) * f64::from(*b);
                    }
                }
            }
        }
    }

    /// The Gaussian of every cell; `None` if a cell has fewer than two samples.
    pub(crate) fn gaussians(mut self, tolerance: usize) -> Option<Gaussians> {
        let (rows, columns) = (self.grid.rows(), self.grid.columns());
        for row in 0..rows {
            self.widen(row * columns, 1, columns, tolerance);
        }
        for column in 0..columns {
            self.widen(column, columns, rows, tolerance);
        }
        let mut gaussians = Gaussians::default();
        for sums in &self.cells {
            let count = sums[0];
            if count < 2.0 {
                return None;
            }
            let (values, products) = sums[1..].split_at(DIM);
            let mean: [f64; DIM] = std::array::from_fn(|a| values[a] / count);
            let mut covariance = [0.0; PACKED];
            let pairs = (0..DIM).flat_map(|a| (0..=a).map(move |b| (a, b)));
            for ((out, product), (a, b)) in covariance.iter_mut().zip(products).zip(pairs) {
                *out = (product - count * mean[a] * mean[b]) / (count - 1.0);
            }
            gaussians.push(&mean, &covariance);
        }
        Some(gaussians)
    }

    /// Replaces the sums of `count` cells in a line by those of all within `reach` of each.
    fn widen(&mut self, start: usize, step: usize, count: usize, reach: usize) {
        let mut totals = vec![[0.0; SUMS]; count + 1];
        for at in 0..count {
            totals[at + 1] = std::array::from_fn(|i| totals[at][i] + self.cells[start + at * step][i]);
        }
        for at in 0..count {
            let (from, to) = (at.saturating_sub(reach), at.saturating_add(reach + 1).min(count));
            self.cells[start + at * step] = std::array::from_fn(|i| totals[to][i] - totals[from][i]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaussians_are_those_of_all_samples_within_reach() {
        let grid = Grid { height: 5, width: 7, cell: 1 };
        let value = |image: usize, cell: usize, a: usize| ((image * 37 + cell * 11 + a * 5) % 23) as f32 * 0.5 + 100.0;
        let images = 4;
        for tolerance in [0, 1, 100] {
            let mut statistics = Statistics::new(grid);
            let mut samples = vec![Vec::new(); grid.cells()];
            for image in 0..images {
                let descriptors: Vec<f32> =
                    (0..35).flat_map(|cell| (0..DIM).map(move |a| value(image, cell, a))).collect();
                statistics.add(&descriptors);
                for (at, samples) in samples.iter_mut().enumerate() {
                    for cell in 0..35_usize {
                        let near = |a: usize, b: usize| a.abs_diff(b) <= tolerance;
                        if near(at / 7, cell / 7) && near(at % 7, cell % 7) {
                            samples.push(descriptors[cell * DIM..][..DIM].to_vec());
                        }
                    }
                }
            }
            let found = statistics.gaussians(tolerance).unwrap();
            let mut due = Gaussians::default();
            for samples in samples {
                let count = samples.len() as f64;
                let mean: [f64; DIM] =
                    std::array::from_fn(|a| samples.iter().map(|s| f64::from(s[a])).sum::<f64>() / count);
                let mut covariance = [0.0; PACKED];
                let pairs = (0..DIM).flat_map(|a| (0..=a).map(move |b| (a, b)));
                for (out, (a, b)) in covariance.iter_mut().zip(pairs) {
                    let product = |s: &Vec<f32>| (f64::from(s[a]) - mean[a]) * (f64::from(s[b]) - mean[b]);
                    *out = samples.iter().map(product).sum::<f64>() / (count - 1.0);
                }
                due.push(&mean, &covariance);
            }
            for (found, due) in found.mean.iter().chain(&found.factor).zip(due.mean.iter().chain(&due.factor)) {
                assert!((found - due).abs() < 1e-4 * (1.0 + due.abs()), "tolerance {tolerance}: {found} {due}");
            }
        }
    }

    #[test]
    fn one_sample_is_too_few() {
        let grid = Grid { height: 2, width: 2, cell: 1 };
        let one = || {
            let mut statistics = Statistics::new(grid);
            statistics.add(&[1.0; 4 * DIM]);
            statistics
        };
        assert!(one().gaussians(0).is_none());
        assert!(one().gaussians(1).is_some());
    }
}
