//! First and second moments of the embedding, summed in f64 over any number of images in constant memory.
//!
//! The embedding of PaDiM repeats the coarse layers: a position of layer 3 appears 16 times, one of layer 2 four
//! times. Products between channels of two layers therefore need summing only once for each position of the coarser
//! one, after the finer one is arranged (dense) or added up (shared Gaussians) below it. Against the full matrix of
//! every position this takes about a quarter of the memory and work with the channels of usual backbones.
//!
//! All sums are of differences from a fixed value, the mean of the first batch: variances that are small against the
//! mean would otherwise drown in rounding. The values being shifted are shared by all samples of a Gaussian, so the
//! covariance does not change and the mean gets the shift back.
//!
//! When changing this, check `tests` against the two-pass formula and mind that the order of the sums decides the
//! last bits.

use tch::{Device, Kind, TchError, Tensor};

use crate::gaussian::Gaussian;

/// Rows and columns of the three layers.
pub(crate) const GRIDS: [usize; 3] = [56, 28, 14];

/// Running sums over images.
pub(crate) struct Moments {
    gaussian: Gaussian,
    channels: [usize; 3],
    images: usize,
    /// Per layer: the value that is subtracted, (1, C, grid, grid) or (1, C, own grid, own grid) when dense.
    shift: Vec<Tensor>,
    /// Per layer: sums, (cells, C) with the cells of [`Moments::cells`].
    sums: Vec<Tensor>,
    /// Per pair of layers i <= j: sums of products, (cells of j, rows of i, channels of j).
    products: Vec<Tensor>,
}

/// The pairs of layers in the order of `products`.
const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

impl Moments {
    /// No images yet; `channels` are those kept of layers 1 to 3.
    pub(crate) fn new(gaussian: Gaussian, channels: [usize; 3]) -> Self {
        Self { gaussian, channels, images: 0, shift: Vec::new(), sums: Vec::new(), products: Vec::new() }
    }

    /// Images seen.
    pub(crate) fn images(&self) -> usize {
        self.images
    }

    /// Side of the grid on which sums for layer `layer` are kept.
    fn cells(&self, layer: usize) -> usize {
        match self.gaussian {
            Gaussian::Dense => GRIDS[layer],
            shared => shared.grid(),
        }
    }

    /// Adds a batch: three tensors of f32, (B, C, side, side) each.
    ///
    /// # Errors
    /// What libtorch says, for example about memory.
    pub(crate) fn add(&mut self, features: &[Tensor]) -> Result<(), TchError> {
        let images = features[0].size4()?.0;
        let features = features.iter().map(|f| f.f_to_kind(Kind::Double)).collect::<Result<Vec<_>, _>>()?;
        if self.shift.is_empty() {
            self.start(&features)?;
        }
        let shifted = features
            .iter()
            .zip(&self.shift)
            .enumerate()
            .map(|(layer, (f, shift))| {
                let repeat = (GRIDS[layer] / self.cells(layer)) as i64;
                f.f_sub(&enlarge(shift, repeat)?)
            })
            .collect::<Result<Vec<_>, _>>()?;
        for (layer, f) in shifted.iter().enumerate() {
            let samples = group(f, self.cells(layer))?;
            let channels = self.channels[layer] as i64;
            let sum = samples.f_reshape([samples.size3()?.0, -1, channels])?.f_sum_dim_intlist(1, false, None)?;
            let weighted = sum.f_mul_scalar(self.weight(layer) as f64)?;
            let _ = self.sums[layer].f_add_(&weighted)?;
        }
        for (&(i, j), product) in PAIRS.iter().zip(&mut self.products) {
            let (a, b) = match self.gaussian {
                // Every position of layer i in the cell keeps its own rows.
                Gaussian::Dense => (group(&shifted[i], GRIDS[j])?, group(&shifted[j], GRIDS[j])?),
                // All positions in the cell of the grid are samples of one Gaussian: those of layer i that lie under
                // one position of layer j meet the same partner, so their sum is enough.
                shared => {
                    let pooled = sum_pool(&shifted[i], (GRIDS[i] / GRIDS[j]) as i64)?;
                    let weight = (56 / GRIDS[i]).pow(2) as f64;
                    let rows = |f: &Tensor, channels: usize| -> Result<Tensor, TchError> {
                        let grouped = group(f, shared.grid())?;
                        grouped.f_reshape([grouped.size3()?.0, -1, channels as i64])
                    };
                    (rows(&pooled, self.channels[i])?.f_mul_scalar(weight)?, rows(&shifted[j], self.channels[j])?)
                }
            };
            let _ = product.f_baddbmm_(&a.f_transpose(1, 2)?, &b)?;
        }
        self.images += images as usize;
        Ok(())
    }

    /// How often a value of `layer` counts in a sum over layer 1's positions.
    fn weight(&self, layer: usize) -> usize {
        match self.gaussian {
            Gaussian::Dense => 1,
            _ => (56 / GRIDS[layer]).pow(2),
        }
    }

    /// Takes the first batch's means as shifts and makes the sums.
    fn start(&mut self, features: &[Tensor]) -> Result<(), TchError> {
        let device = features[0].device();
        let zeros = |shape: &[i64]| Tensor::f_zeros(shape, (Kind::Double, device));
        for (layer, f) in features.iter().enumerate() {
            let cells = self.cells(layer) as i64;
            let pooled = sum_pool(f, GRIDS[layer] as i64 / cells)?;
            let positions = (GRIDS[layer] as i64 / cells).pow(2) as f64;
            self.shift.push(pooled.f_mean_dim(Some([0].as_slice()), true, None)?.f_div_scalar(positions)?);
            self.sums.push(zeros(&[cells * cells, self.channels[layer] as i64])?);
        }
        for (i, j) in PAIRS {
            let (cells, rows) = match self.gaussian {
                Gaussian::Dense => (GRIDS[j].pow(2), (GRIDS[i] / GRIDS[j]).pow(2) * self.channels[i]),
                shared => (shared.count(), self.channels[i]),
            };
            self.products.push(zeros(&[cells as i64, rows as i64, self.channels[j] as i64])?);
        }
        Ok(())
    }

    /// Ends the summing: sums on the host's side, ready to be asked for each Gaussian.
    ///
    /// # Errors
    /// What libtorch says.
    pub(crate) fn finish(self) -> Result<Gaussians, TchError> {
        let samples = self.images * self.gaussian.samples_per_image();
        let values = |t: &Tensor| -> Result<Vec<f64>, TchError> {
            Vec::<f64>::try_from(&t.f_to_device(Device::Cpu)?.f_reshape([-1])?.f_contiguous()?)
        };
        let shifts = self
            .shift
            .iter()
            .zip(self.channels)
            .map(|(shift, channels)| values(&shift.f_permute([0, 2, 3, 1])?.f_reshape([-1, channels as i64])?))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Gaussians {
            gaussian: self.gaussian,
            channels: self.channels,
            samples: samples as f64,
            shifts,
            sums: self.sums.iter().map(values).collect::<Result<_, _>>()?,
            products: self.products.iter().map(values).collect::<Result<_, _>>()?,
        })
    }
}

/// Nearest-neighbour enlargement by `repeat` of the last two axes.
fn enlarge(t: &Tensor, repeat: i64) -> Result<Tensor, TchError> {
    if repeat == 1 || t.size4()?.2 == 1 {
        // A single value broadcasts by itself.
        return Ok(t.shallow_clone());
    }
    t.f_repeat_interleave_self_int(repeat, 2, None)?.f_repeat_interleave_self_int(repeat, 3, None)
}

/// Sums over squares of side `side` of the last two axes.
fn sum_pool(t: &Tensor, side: i64) -> Result<Tensor, TchError> {
    if side == 1 {
        return Ok(t.shallow_clone());
    }
    let (b, c, h, w) = t.size4()?;
    t.f_reshape([b, c, h / side, side, w / side, side])?.f_sum_dim_intlist([3, 5].as_slice(), false, None)
}

/// (B, C, H, H) to (cells², B, r²·C): what each cell of a coarser grid covers, row by row of the cell.
fn group(t: &Tensor, cells: usize) -> Result<Tensor, TchError> {
    let (b, c, h, _) = t.size4()?;
    let cells = cells as i64;
    let r = h / cells;
    t.f_reshape([b, c, cells, r, cells, r])?.f_permute([2, 4, 0, 3, 5, 1])?.f_reshape([cells * cells, b, r * r * c])
}

/// The finished sums, from which mean and covariance of each Gaussian are put together.
pub(crate) struct Gaussians {
    gaussian: Gaussian,
    channels: [usize; 3],
    samples: f64,
    shifts: Vec<Vec<f64>>,
    sums: Vec<Vec<f64>>,
    products: Vec<Vec<f64>>,
}

impl Gaussians {
    /// Channels of the embedding.
    pub(crate) fn dim(&self) -> usize {
        self.channels.iter().sum()
    }

    /// Number of Gaussians.
    pub(crate) fn count(&self) -> usize {
        self.gaussian.count()
    }

    /// The cell of `layer` that Gaussian `index` (row by row of its grid) takes its values from.
    fn cell(&self, index: usize, layer: usize) -> usize {
        match self.gaussian {
            Gaussian::Dense => {
                let shrink = 56 / GRIDS[layer];
                (index / 56 / shrink) * GRIDS[layer] + (index % 56) / shrink
            }
            _ => index,
        }
    }

    /// Where the rows of layer `i` start in a product with layer `j` for Gaussian `index`.
    fn row_in_cell(&self, index: usize, i: usize, j: usize) -> usize {
        match self.gaussian {
            Gaussian::Dense => {
                let shrink = 56 / GRIDS[i];
                let r = GRIDS[i] / GRIDS[j];
                let (y, x) = (index / 56 / shrink % r, index % 56 / shrink % r);
                (y * r + x) * self.channels[i]
            }
            _ => 0,
        }
    }

    /// Sum of shifted values of Gaussian `index` in `layer`.
    fn sum(&self, index: usize, layer: usize) -> &[f64] {
        let channels = self.channels[layer];
        &self.sums[layer][self.cell(index, layer) * channels..][..channels]
    }

    /// Mean of Gaussian `index`; `out` has [`Gaussians::dim`] values.
    pub(crate) fn mean(&self, index: usize, out: &mut [f64]) {
        let mut at = 0;
        for layer in 0..3 {
            let channels = self.channels[layer];
            let shift = &self.shifts[layer][self.cell(index, layer) * channels..][..channels];
            for ((out, sum), shift) in out[at..][..channels].iter_mut().zip(self.sum(index, layer)).zip(shift) {
                *out = shift + sum / self.samples;
            }
            at += channels;
        }
    }

    /// Sample covariance (divisor N - 1) of Gaussian `index`, both triangles; `out` has dim x dim values.
    pub(crate) fn covariance(&self, index: usize, out: &mut [f64]) {
        let dim = self.dim();
        let starts = [0, self.channels[0], self.channels[0] + self.channels[1]];
        for (&(i, j), product) in PAIRS.iter().zip(&self.products) {
            let (ci, cj) = (self.channels[i], self.channels[j]);
            let rows_per_cell = product.len() / cj / self.cells_of(j);
            let first = self.cell(index, j) * rows_per_cell + self.row_in_cell(index, i, j);
            let (sum_i, sum_j) = (self.sum(index, i), self.sum(index, j));
            for a in 0..ci {
                let row = &product[(first + a) * cj..][..cj];
                for b in 0..cj {
                    let value = (row[b] - sum_i[a] * sum_j[b] / self.samples) / (self.samples - 1.0);
                    out[(starts[i] + a) * dim + starts[j] + b] = value;
                    out[(starts[j] + b) * dim + starts[i] + a] = value;
                }
            }
        }
    }

    /// Number of cells that sums with layer `j` as the coarser one are kept for.
    fn cells_of(&self, j: usize) -> usize {
        match self.gaussian {
            Gaussian::Dense => GRIDS[j].pow(2),
            shared => shared.count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn running_sums_equal_the_two_pass_formula_in_every_mode() {
        tch::manual_seed(7);
        let all = features(5);
        for (gaussian, indices) in [
            (Gaussian::Dense, vec![0, 1, 57, 1000, 3135]),
            (Gaussian::Sixteenth, vec![0, 15, 195]),
            (Gaussian::Single, vec![0]),
        ] {
            let mut moments = Moments::new(gaussian, CHANNELS);
            for (start, count) in [(0, 2), (2, 2), (4, 1)] {
                let part: Vec<Tensor> = all.iter().map(|f| f.narrow(0, start, count)).collect();
                moments.add(&part).unwrap();
            }
            assert_eq!(moments.images(), 5);
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
