//! The sums of one unit of work: a position of layer 3 with everything under it, or a row of such positions.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use super::chunk::Chunk;

/// The pairs of layers whose products are summed, in the order in which they are kept.
pub(super) const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];

/// Sums of shifted values and of their products.
///
/// Dense Gaussians keep one block for each position of the pair's finer layer, shared ones a single block.
pub(super) struct Sums {
    kind: Kind,
    channels: [usize; 3],
    shift: [Vec<f64>; 3],
    sums: [Vec<f64>; 3],
    products: [Vec<f64>; 6],
}

enum Kind {
    /// A Gaussian for each of the 16 positions of layer 1 under this position of layer 3.
    Apart(usize),
    /// One Gaussian for everything under these positions of layer 3.
    Shared(Vec<usize>),
}

impl Sums {
    /// Zero sums for the Gaussians under `cell`; their first means are the shifts.
    pub(super) fn apart(chunk: &Chunk<'_>, cell: usize) -> Self {
        let shift = [0, 1, 2]
            .map(|layer| (0..Chunk::positions(layer)).flat_map(|at| chunk.mean(layer, &[cell], at..at + 1)).collect());
        Self::zero(Kind::Apart(cell), chunk.channels, shift, Chunk::positions)
    }

    /// Zero sums over `cells` for the Gaussian that covers `all`.
    pub(super) fn shared(chunk: &Chunk<'_>, cells: Vec<usize>, all: &[usize]) -> Self {
        let shift = [0, 1, 2].map(|layer| chunk.mean(layer, all, 0..Chunk::positions(layer)));
        Self::zero(Kind::Shared(cells), chunk.channels, shift, |_| 1)
    }

    fn zero(kind: Kind, channels: [usize; 3], shift: [Vec<f64>; 3], blocks: fn(usize) -> usize) -> Self {
        Self {
            kind,
            channels,
            sums: [0, 1, 2].map(|layer| vec![0.0; blocks(layer) * channels[layer]]),
            products: PAIRS.map(|(i, j)| vec![0.0; blocks(i) * channels[i] * channels[j]]),
            shift,
        }
    }

    /// Adds images.
    pub(super) fn add(&mut self, chunk: &Chunk<'_>) {
        match &self.kind {
            Kind::Apart(cell) => {
                let cell = *cell;
                self.add_apart(chunk, cell);
            }
            Kind::Shared(cells) => {
                let cells = cells.clone();
                self.add_shared(chunk, &cells);
            }
        }
    }

    /// One row for each image; the positions lie side by side.
    fn add_apart(&mut self, chunk: &Chunk<'_>, cell: usize) {
        let c = self.channels;
        let rows = [0, 1, 2].map(|layer| {
            let positions = Chunk::positions(layer);
            let mut rows = Array2::zeros((chunk.images, positions * c[layer]));
            for (image, mut row) in rows.outer_iter_mut().enumerate() {
                let values = (0..positions).flat_map(|at| chunk.values(layer, image, cell, at));
                for ((out, &value), shift) in row.iter_mut().zip(values).zip(&self.shift[layer]) {
                    *out = f64::from(value) - shift;
                }
            }
            rows
        });
        for (sums, rows) in self.sums.iter_mut().zip(&rows) {
            add_columns(sums, 1.0, rows);
        }
        for (&(i, j), products) in PAIRS.iter().zip(&mut self.products) {
            // Below one position of layer j lie `under` of layer i.
            let (above, under) = (Chunk::positions(j), Chunk::positions(i) / Chunk::positions(j));
            let (m, n) = (under * c[i], c[j]);
            for (at, block) in products.chunks_mut(m * n).enumerate().take(above) {
                let a = rows[i].slice(s![.., at * m..(at + 1) * m]);
                let b = rows[j].slice(s![.., at * n..(at + 1) * n]);
                add_product(block, 1.0, &a, &b);
            }
        }
    }

    /// One row for each image and position. Those of layer i under one position of layer j meet the same partner, so
    /// their sum is enough; a value of layer j counts as often as it is repeated in the embedding.
    fn add_shared(&mut self, chunk: &Chunk<'_>, cells: &[usize]) {
        let c = self.channels;
        let rows = [0, 1, 2].map(|layer| {
            let positions = Chunk::positions(layer);
            let mut rows = Array2::zeros((chunk.images * cells.len() * positions, c[layer]));
            let places = (0..chunk.images)
                .flat_map(|image| cells.iter().flat_map(move |&cell| (0..positions).map(move |at| (image, cell, at))));
            for ((image, cell, at), mut row) in places.zip(rows.outer_iter_mut()) {
                let values = chunk.values(layer, image, cell, at);
                for ((out, &value), shift) in row.iter_mut().zip(values).zip(&self.shift[layer]) {
                    *out = f64::from(value) - shift;
                }
            }
            rows
        });
        let repeats = [1.0, 4.0, 16.0];
        for ((sums, rows), repeats) in self.sums.iter_mut().zip(&rows).zip(repeats) {
            add_columns(sums, repeats, rows);
        }
        for (&(i, j), products) in PAIRS.iter().zip(&mut self.products) {
            let under = Chunk::positions(i) / Chunk::positions(j);
            let pooled = pool_rows(&rows[i], under);
            add_product(products, repeats[i], &pooled.view(), &rows[j].view());
        }
    }

    /// The sums of two parts of the same Gaussian.
    pub(super) fn merged(mut self, other: Self) -> Self {
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        for (to, from) in self.sums.iter_mut().zip(&other.sums) {
            add(to, from);
        }
        for (to, from) in self.products.iter_mut().zip(&other.products) {
            add(to, from);
        }
        self
    }

    /// Values held.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shift.iter().chain(&self.sums).chain(&self.products).map(Vec::len).sum()
    }

    /// Number of the block of `layer` that covers position `at` of layer 1.
    fn block(&self, layer: usize, at: usize) -> usize {
        match self.kind {
            Kind::Apart(_) => at * Chunk::positions(layer) / Chunk::positions(0),
            Kind::Shared(_) => 0,
        }
    }

    /// Shift and sum of the values of `layer` at position `at` of layer 1.
    pub(super) fn first(&self, layer: usize, at: usize) -> (&[f64], &[f64]) {
        let length = self.channels[layer];
        let start = self.block(layer, at) * length;
        (&self.shift[layer][start..][..length], &self.sums[layer][start..][..length])
    }

    /// Sums of products for pair number `pair` of [`PAIRS`] at position `at` of layer 1, row by row.
    pub(super) fn second(&self, pair: usize, at: usize) -> &[f64] {
        let (i, j) = PAIRS[pair];
        let length = self.channels[i] * self.channels[j];
        &self.products[pair][self.block(i, at) * length..][..length]
    }
}

/// `sums += weight * column sums of rows`.
fn add_columns(sums: &mut [f64], weight: f64, rows: &Array2<f64>) {
    for row in rows.outer_iter() {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += weight * value;
        }
    }
}

/// Sums of `count` rows each.
fn pool_rows(rows: &Array2<f64>, count: usize) -> Array2<f64> {
    let mut pooled = Array2::zeros((rows.nrows() / count, rows.ncols()));
    for (index, row) in rows.outer_iter().enumerate() {
        let mut sum = pooled.row_mut(index / count);
        sum += &row;
    }
    pooled
}

/// `sums += weight * aᵀ b`; `sums` holds a.columns x b.columns values.
fn add_product(sums: &mut [f64], weight: f64, a: &ArrayView2<'_, f64>, b: &ArrayView2<'_, f64>) {
    let mut sums =
        ArrayViewMut2::from_shape((a.ncols(), b.ncols()), sums).expect("sums were made for these numbers of channels");
    general_mat_mul(weight, &a.t(), b, 1.0, &mut sums);
}
