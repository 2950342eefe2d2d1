//! How alike two appearances are, and which pairs of a set are far more alike than usual.

use rayon::prelude::*;

use super::Alike;
use super::appearance::Appearance;
use crate::fingerprint::SIDE;

/// Cells by which two images may be shifted against each other, in every direction.
const SHIFT: usize = 3;
/// Cells along one side of the part that is compared.
const PART: usize = SIDE - 2 * SHIFT;
/// Places that a part may have in an image.
const PLACES: usize = (2 * SHIFT + 1) * (2 * SHIFT + 1);

/// The same for the coarse comparison, whose cells are four.
const COARSE_SIDE: usize = SIDE / 2;
const COARSE_SHIFT: usize = 1;
const COARSE_PART: usize = COARSE_SIDE - 2 * COARSE_SHIFT;
const COARSE_PLACES: usize = (2 * COARSE_SHIFT + 1) * (2 * COARSE_SHIFT + 1);
/// Cells of a coarse part, filled up with zeros so that vectors of a processor take them whole.
const COARSE_CELLS: usize = (COARSE_PART * COARSE_PART).next_multiple_of(8);
/// Coarse parts have this length, so that products of two fit 32 bits.
const COARSE_LENGTH: f32 = 32_767.0;

/// Images that tell what is usual.
const REFERENCES: usize = 128;
/// The part of an image's correlations with others that lies below its usual one.
const USUAL: f64 = 0.75;
/// Images are alike whose correlation exceeds the usual one by this much. Chosen on photographs of 168 tiles in several
/// exposures: 98 of 100 pairs that are joined belong together, and 95 of 100 that belong together are joined
/// (docs/decisions/likeness.md).
const LEAST_EXCESS: f32 = 0.48;
/// Pairs below this excess in the coarse comparison are not compared exactly; of those alike 1 in 200 lies below.
const LEAST_COARSE_EXCESS: f32 = 0.15;
/// Pairs that are compared exactly for each image: the most promising.
const CANDIDATES: usize = 64;

/// The images of a set, made ready for comparing.
pub(super) struct Comparison<'a> {
    images: Vec<Image<'a>>,
}

struct Image<'a> {
    /// Its position in the set.
    position: usize,
    cells: &'a [f32],
    /// For each place of a part, one divided by the deviation of the cells there from their mean.
    scales: Box<[f32]>,
    /// The mean of the part in the middle.
    mean: f32,
    /// The part in the middle, coarsely.
    coarse: [i16; COARSE_CELLS],
    /// Usual correlations with others.
    usual: f32,
    usual_coarse: f32,
}

impl<'a> Comparison<'a> {
    /// `None` if `stopped` said so.
    pub(super) fn new(appearances: &'a [Option<Appearance>], stopped: &(dyn Fn() -> bool + Sync)) -> Option<Self> {
        let seen: Vec<(usize, &Appearance)> =
            appearances.iter().enumerate().filter_map(|(position, found)| Some((position, found.as_ref()?))).collect();
        let mut images: Vec<Image<'a>> =
            seen.into_par_iter().map(|(position, Appearance(cells))| Image::new(position, cells)).collect();
        let step = images.len().div_ceil(REFERENCES).max(1);
        let references: Vec<&Image<'a>> = images.iter().step_by(step).collect();
        let usual = |image: &Image<'a>| -> Option<(f32, f32)> {
            if stopped() {
                return None;
            }
            let others = || references.iter().filter(|other| other.position != image.position);
            let windows = image.windows();
            let exact = quantile(others().map(|other| image.correlation(other)).collect());
            Some((exact, quantile(others().map(|other| coarse(&windows, &other.coarse)).collect())))
        };
        let found: Vec<(f32, f32)> = images.par_iter().map(usual).collect::<Option<_>>()?;
        for (image, (usual, usual_coarse)) in images.iter_mut().zip(found) {
            (image.usual, image.usual_coarse) = (usual, usual_coarse);
        }
        Some(Self { images })
    }

    /// The pairs that are alike, the lower position first, in order; with a `border`, those across it alone.
    pub(super) fn pairs(&self, border: usize, stopped: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Alike>> {
        let of = |image: &Image<'a>| self.pairs_of(image, border, stopped);
        let found: Vec<Vec<Alike>> = self.images.par_iter().map(of).collect::<Option<_>>()?;
        let mut found: Vec<Alike> = found.into_iter().flatten().collect();
        found.sort_by_key(|pair| (pair.first, pair.second));
        // Each of the two may have found the other.
        found.dedup_by_key(|pair| (pair.first, pair.second));
        Some(found)
    }

    fn pairs_of(&self, image: &Image<'a>, border: usize, stopped: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Alike>> {
        if stopped() {
            return None;
        }
        let windows = image.windows();
        let across = |other: &&Image<'a>| border == 0 || (other.position < border) != (image.position < border);
        let mut promising: Vec<(f32, &Image<'a>)> = self
            .images
            .iter()
            .filter(|other| other.position != image.position)
            .filter(across)
            .map(|other| {
                let usual = (image.usual_coarse + other.usual_coarse) / 2.0;
                (coarse(&windows, &other.coarse) - usual, other)
            })
            .filter(|(excess, _)| *excess >= LEAST_COARSE_EXCESS)
            .collect();
        let order =
            |a: &(f32, &Image<'a>), b: &(f32, &Image<'a>)| b.0.total_cmp(&a.0).then(a.1.position.cmp(&b.1.position));
        if promising.len() > CANDIDATES {
            promising.select_nth_unstable_by(CANDIDATES, order);
            promising.truncate(CANDIDATES);
        }
        let alike = promising.into_iter().filter_map(|(_, other)| {
            let excess = image.correlation(other) - (image.usual + other.usual) / 2.0;
            let (first, second) = (image.position.min(other.position), image.position.max(other.position));
            (excess >= LEAST_EXCESS).then_some(Alike { first, second, excess })
        });
        Some(alike.collect())
    }
}

impl<'a> Image<'a> {
    fn new(position: usize, cells: &'a [f32]) -> Self {
        let scales = places(SHIFT).map(|place| scale(&part::<SIDE, PART>(cells, place)).1).collect();
        let (mean, _) = scale(&part::<SIDE, PART>(cells, (SHIFT, SHIFT)));
        let coarse = coarse_part(&coarsened(cells), (COARSE_SHIFT, COARSE_SHIFT));
        Self { position, cells, scales, mean, coarse, usual: 0.0, usual_coarse: 0.0 }
    }

    /// The part of the image at every place, coarsely.
    fn windows(&self) -> [[i16; COARSE_CELLS]; COARSE_PLACES] {
        let cells = coarsened(self.cells);
        let mut windows = [[0; COARSE_CELLS]; COARSE_PLACES];
        for (window, place) in windows.iter_mut().zip(places(COARSE_SHIFT)) {
            *window = coarse_part(&cells, place);
        }
        windows
    }

    /// The highest correlation of the part in the middle of one image with any part of the other.
    fn correlation(&self, other: &Image<'_>) -> f32 {
        self.found_in(other).max(other.found_in(self))
    }

    /// The highest correlation of the part in the middle of this image with any part of `other`.
    fn found_in(&self, other: &Image<'_>) -> f32 {
        let mut own = [[0.0; PART]; PART];
        for (row, cells) in own.iter_mut().zip(self.cells.chunks_exact(SIDE).skip(SHIFT)) {
            for (to, cell) in row.iter_mut().zip(cells.iter().skip(SHIFT)) {
                *to = cell - self.mean;
            }
        }
        let own_scale = self.scales.get(PLACES / 2).copied().unwrap_or_default();
        let product = |(y, x): (usize, usize)| -> f32 {
            let mut sums = [0.0_f32; PART];
            for (row, cells) in own.iter().zip(other.cells.chunks_exact(SIDE).skip(y)) {
                let Some(cells) = cells.get(x..x + PART) else { continue };
                sums.iter_mut().zip(row.iter().zip(cells)).for_each(|(sum, (a, b))| *sum += a * b);
            }
            sums.iter().sum()
        };
        let found = places(SHIFT).zip(&other.scales).map(|(place, scale)| product(place) * scale * own_scale);
        found.fold(-1.0, f32::max)
    }
}

/// The highest correlation of a coarse part with any of the windows.
fn coarse(windows: &[[i16; COARSE_CELLS]; COARSE_PLACES], part: &[i16; COARSE_CELLS]) -> f32 {
    let product = |window: &[i16; COARSE_CELLS]| -> i32 {
        // Parts have one length, so nothing overflows; checks for it would keep vectors of a processor from being used.
        let products = window.iter().zip(part).map(|(&a, &b)| i32::from(a).wrapping_mul(i32::from(b)));
        products.fold(0, i32::wrapping_add)
    };
    windows.iter().map(product).max().unwrap_or_default() as f32 / (COARSE_LENGTH * COARSE_LENGTH)
}

/// The places of a part that may be shifted by `shift`, as rows and columns.
fn places(shift: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..=2 * shift).flat_map(move |y| (0..=2 * shift).map(move |x| (y, x)))
}

/// The cells of a part of an image.
fn part<const WHOLE: usize, const SIZE: usize>(cells: &[f32], (y, x): (usize, usize)) -> Vec<f32> {
    let rows = cells.chunks_exact(WHOLE).skip(y).take(SIZE);
    rows.flat_map(|row| row.iter().skip(x).take(SIZE).copied()).collect()
}

/// The mean of values, and one divided by the length of what is left without it; 0 where nothing is.
fn scale(values: &[f32]) -> (f32, f32) {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let length = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>().sqrt();
    (mean, if length > 1e-6 { 1.0 / length } else { 0.0 })
}

/// Means of four cells each.
fn coarsened(cells: &[f32]) -> Vec<f32> {
    let mut coarse = vec![0.0; COARSE_SIDE * COARSE_SIDE];
    for (y, row) in cells.chunks_exact(SIDE).enumerate() {
        for (x, cell) in row.iter().enumerate() {
            if let Some(sum) = coarse.get_mut(y / 2 * COARSE_SIDE + x / 2) {
                *sum += cell / 4.0;
            }
        }
    }
    coarse
}

fn coarse_part(cells: &[f32], place: (usize, usize)) -> [i16; COARSE_CELLS] {
    let values = part::<COARSE_SIDE, COARSE_PART>(cells, place);
    let (mean, scale) = scale(&values);
    let mut part = [0; COARSE_CELLS];
    for (to, value) in part.iter_mut().zip(values) {
        *to = ((value - mean) * scale * COARSE_LENGTH) as i16;
    }
    part
}

/// The usual one of correlations; of none, one that nothing exceeds.
fn quantile(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 1.0;
    }
    let at = ((values.len() - 1) as f64 * USUAL).round() as usize;
    let (_, found, _) = values.select_nth_unstable_by(at, f32::total_cmp);
    *found
}
