//! Sparse random projection: distances between patches from fewer values (Johnson and Lindenstrauss, 1984; Li, Hastie
//! and Church, "Very Sparse Random Projections", 2006).
//!
//! Only the search for the coreset uses it, the memory holds whole patches. Each layer is projected by itself, so that
//! the patches of a cell go on sharing the coarse one; squared distances of both add up all the same.

use crate::cells::Channels;

/// Projects cells.
pub(crate) struct Projection {
    from: Channels,
    to: Channels,
    fine: Matrix,
    coarse: Matrix,
}

impl Projection {
    /// To about `dims` values for each patch, shared among the layers by their channels; `None` if that is no fewer
    /// than there are. Equal seeds give equal projections.
    pub(crate) fn new(from: Channels, dims: usize, seed: u64) -> Option<Self> {
        if dims == 0 || dims >= from.patch() {
            return None;
        }
        let fine = (dims * from.fine / from.patch()).clamp(1, from.fine);
        let coarse = dims.saturating_sub(fine).clamp(1, from.coarse);
        let mut random = Random(seed);
        Some(Self {
            from,
            to: Channels { fine, coarse },
            fine: Matrix::new(from.fine, fine, &mut random),
            coarse: Matrix::new(from.coarse, coarse, &mut random),
        })
    }

    /// Channels after projection.
    pub(crate) fn channels(&self) -> Channels {
        self.to
    }

    /// Projects whole cells, laid out as [`crate::cells`] says.
    pub(crate) fn apply(&self, values: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(values.len() / self.from.cell() * self.to.cell());
        for cell in values.chunks_exact(self.from.cell()) {
            let (coarse, fine) = cell.split_at(self.from.coarse);
            self.coarse.apply(coarse, &mut out);
            fine.chunks_exact(self.from.fine).for_each(|fine| self.fine.apply(fine, &mut out));
        }
        out
    }
}

/// A sparse matrix whose entries are a fixed scale with either sign.
struct Matrix {
    scale: f32,
    /// For each row, columns and signs of its entries.
    rows: Vec<Vec<(u32, f32)>>,
}

impl Matrix {
    /// One entry in √n is not zero; the scale keeps expected squared lengths as they are.
    fn new(columns: usize, rows: usize, random: &mut Random) -> Self {
        let sparsity = (columns as f64).sqrt();
        let entry = |column, random: &mut Random| {
            let (kept, sign) = (random.next() < 1.0 / sparsity, random.next() < 0.5);
            kept.then_some((column, if sign { 1.0 } else { -1.0 }))
        };
        let rows = (0..rows).map(|_| (0..columns as u32).filter_map(|column| entry(column, random)).collect());
        let rows: Vec<_> = rows.collect();
        Self { scale: (sparsity / rows.len() as f64).sqrt() as f32, rows }
    }

    fn apply(&self, values: &[f32], out: &mut Vec<f32>) {
        let product = |row: &Vec<(u32, f32)>| row.iter().map(|&(column, sign)| sign * values[column as usize]).sum();
        out.extend(self.rows.iter().map(product).map(|sum: f32| self.scale * sum));
    }
}

/// SplitMix64. Not a generator from a library, since trained models depend on every number: they must not change with the
/// version of a dependency.
struct Random(u64);

impl Random {
    /// A number from 0 to below 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_survive_about() {
        let from = Channels { fine: 100, coarse: 300 };
        let projection = Projection::new(from, 128, 7).unwrap();
        assert_eq!(projection.channels(), Channels { fine: 32, coarse: 96 });
        let mut random = Random(1);
        let values: Vec<f32> = (0..20 * from.cell()).map(|_| random.next() as f32).collect();
        let projected = projection.apply(&values);
        let squared = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let (before, after) = (from.cell(), projection.channels().cell());
        for (a, b) in (0..20).flat_map(|a| (0..a).map(move |b| (a, b))) {
            let due = squared(&values[a * before..][..before], &values[b * before..][..before]);
            let found = squared(&projected[a * after..][..after], &projected[b * after..][..after]);
            assert!((found / due - 1.0).abs() < 0.35, "{found} {due}");
        }
        assert_eq!(Projection::new(from, 128, 7).unwrap().apply(&values), projected);
        assert_ne!(Projection::new(from, 128, 8).unwrap().apply(&values), projected);
    }

    #[test]
    fn nothing_is_projected_to_more_than_it_has() {
        let from = Channels { fine: 1, coarse: 3 };
        assert!(Projection::new(from, 0, 0).is_none());
        assert!(Projection::new(from, 4, 0).is_none());
        assert_eq!(Projection::new(from, 1, 0).unwrap().channels(), Channels { fine: 1, coarse: 1 });
    }
}
