//! A Gaussian for each cell and the Mahalanobis distance from it.

use crate::descriptor::DIM;

/// Values of a triangular matrix.
pub(crate) const PACKED: usize = DIM * (DIM + 1) / 2;
/// Added to every variance: what a camera's noise leaves of a mean, so that a number that never varied in training
/// does not decide alone.
const NOISE: f64 = 0.05;

/// Gaussians, cell by cell.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Gaussians {
    /// [`DIM`] for each.
    pub(crate) mean: Vec<f32>,
    /// [`PACKED`] for each: the inverse of the Cholesky factor of the covariance, lower triangle, row by row.
    pub(crate) factor: Vec<f32>,
}

impl Gaussians {
    /// Adds the Gaussian of the next cell; the covariance is given by its lower triangle.
    pub(crate) fn push(&mut self, mean: &[f64; DIM], covariance: &[f64; PACKED]) {
        self.mean.extend(mean.iter().map(|&value| value as f32));
        let inverse = inverted(&cholesky(covariance));
        for row in 0..DIM {
            self.factor.extend(inverse[row][..=row].iter().map(|&value| value as f32));
        }
    }

    /// Distances of the descriptors of an image, divided by the root of [`DIM`] so that a normal image is about 1
    /// everywhere.
    pub(crate) fn distances(&self, descriptors: &[f32], out: &mut [f32]) {
        let gaussians = self.mean.chunks_exact(DIM).zip(self.factor.chunks_exact(PACKED));
        for ((values, (mean, factor)), out) in descriptors.chunks_exact(DIM).zip(gaussians).zip(out) {
            let delta: [f32; DIM] = std::array::from_fn(|a| values[a] - mean[a]);
            let (mut squares, mut row) = (0.0, 0);
            for length in 1..=DIM {
                let product: f32 = factor[row..row + length].iter().zip(&delta).map(|(f, d)| f * d).sum();
                squares += product * product;
                row += length;
            }
            *out = (squares / DIM as f32).sqrt();
        }
    }
}

/// The Cholesky factor of a covariance with [`NOISE`] on its diagonal, which makes it positive definite.
fn cholesky(covariance: &[f64; PACKED]) -> [[f64; DIM]; DIM] {
    let mut l = [[0.0; DIM]; DIM];
    let mut entries = covariance.iter();
    for row in 0..DIM {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| l[row][k] * l[column][k]).sum();
            let rest = entries.next().copied().unwrap_or_default() - known;
            // Rounding may take a little from what the noise gives, never all of it.
            l[row][column] =
                if row == column { (rest + NOISE).max(NOISE / 2.0).sqrt() } else { rest / l[column][column] };
        }
    }
    l
}

/// The inverse of a lower triangular matrix.
fn inverted(l: &[[f64; DIM]; DIM]) -> [[f64; DIM]; DIM] {
    let mut inverse = [[0.0; DIM]; DIM];
    for row in 0..DIM {
        let mut own = [0.0; DIM];
        own[row] = 1.0 / l[row][row];
        for (column, own) in own.iter_mut().enumerate().take(row) {
            let sum: f64 = (column..row).map(|k| l[row][k] * inverse[k][column]).sum();
            *own = -sum / l[row][row];
        }
        inverse[row] = own;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_undoes_the_covariance() {
        // A positive definite matrix: A Aᵀ with full A.
        let a: [[f64; DIM]; DIM] =
            std::array::from_fn(|i| std::array::from_fn(|j| ((i * 7 + j * 3) % 5) as f64 - 1.7 + f64::from(i == j)));
        let entry = |i: usize, j: usize| (0..DIM).map(|k| a[i][k] * a[j][k]).sum::<f64>();
        let mut covariance = [0.0; PACKED];
        let pairs = (0..DIM).flat_map(|i| (0..=i).map(move |j| (i, j)));
        covariance.iter_mut().zip(pairs).for_each(|(out, (i, j))| *out = entry(i, j));
        let inverse = inverted(&cholesky(&covariance));
        for (i, j) in (0..DIM).flat_map(|i| (0..DIM).map(move |j| (i, j))) {
            let noisy = |k: usize, l: usize| entry(k, l) + if k == l { NOISE } else { 0.0 };
            let product: f64 = (0..DIM)
                .flat_map(|k| (0..DIM).map(move |l| (k, l)))
                .map(|(k, l)| inverse[i][k] * noisy(k, l) * inverse[j][l])
                .sum();
            assert!((product - f64::from(i == j)).abs() < 1e-9, "{i} {j}: {product}");
        }
    }

    #[test]
    fn a_constant_descriptor_measures_against_the_noise() {
        let mut gaussians = Gaussians::default();
        gaussians.push(&[3.0; DIM], &[0.0; PACKED]);
        let mut out = [0.0];
        gaussians.distances(&[3.0; DIM], &mut out);
        assert_eq!(out, [0.0]);
        let mut moved = [3.0; DIM];
        moved[4] += 1.0;
        gaussians.distances(&moved, &mut out);
        assert!((f64::from(out[0]) - (1.0 / NOISE / DIM as f64).sqrt()).abs() < 1e-5);
    }
}
