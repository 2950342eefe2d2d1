//! What of an image tells its part from others: fine detail, at equal contrast everywhere.

use rayon::prelude::*;

use crate::fingerprint::{FRACTION, Fingerprint, SIDE};

/// Detail finer than this many cells (the deviation of a Gaussian) is noise, and comes from sensor and compression.
const FINEST: f32 = 0.7;
/// Detail coarser than this is the light.
const COARSEST: f32 = 1.8;
/// Contrast is made equal over surroundings of this many cells.
const SURROUNDINGS: f32 = 2.5;
/// Contrast below this many grey levels is not made up for.
const LEAST_CONTRAST: f32 = 1.0;
/// An image whose details are weaker than this, after all, shows nothing to compare.
const FLAT: f32 = 0.02;

/// The detail of an image, cell by cell, row by row.
pub(super) struct Appearance(pub(super) Box<[f32]>);

impl Appearance {
    /// The appearances of the images of a set, less what all of them share; none for flat images.
    pub(super) fn of_all(prints: &[Option<&Fingerprint>]) -> Vec<Option<Appearance>> {
        let mut appearances: Vec<Option<Appearance>> =
            prints.par_iter().map(|print| Appearance::of((*print)?)).collect();
        let mut shared = vec![0.0_f64; SIDE * SIDE];
        let mut count = 0.0;
        for Appearance(cells) in appearances.iter().flatten() {
            shared.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += f64::from(*cell));
            count += 1.0;
        }
        for Appearance(cells) in appearances.iter_mut().flatten() {
            cells.iter_mut().zip(&shared).for_each(|(cell, sum)| *cell -= (sum / count) as f32);
        }
        appearances
    }

    fn of(print: &Fingerprint) -> Option<Appearance> {
        let greys: Vec<f32> = print.means.iter().map(|&mean| f32::from(mean) / FRACTION as f32).collect();
        let (fine, coarse) = (blurred(&greys, FINEST), blurred(&greys, COARSEST));
        let mut detail: Vec<f32> = fine.iter().zip(&coarse).map(|(fine, coarse)| fine - coarse).collect();
        let squares: Vec<f32> = detail.iter().map(|value| value * value).collect();
        for (value, square) in detail.iter_mut().zip(blurred(&squares, SURROUNDINGS)) {
            *value /= square.max(0.0).sqrt() + LEAST_CONTRAST;
        }
        let power = detail.iter().map(|value| value * value).sum::<f32>() / detail.len() as f32;
        (power.sqrt() > FLAT).then(|| Appearance(detail.into()))
    }
}

/// Blurs with a Gaussian; what lies beyond the edge is the image mirrored.
fn blurred(cells: &[f32], deviation: f32) -> Vec<f32> {
    let weights = weights(deviation);
    // Each pass blurs along rows and turns the image.
    let along_rows = |cells: &[f32]| {
        let mut turned = vec![0.0; SIDE * SIDE];
        for (y, row) in cells.chunks_exact(SIDE).enumerate() {
            for x in 0..SIDE {
                let at = |x: isize| row.get(mirrored(x)).copied().unwrap_or_default();
                let sum = weights.iter().zip(0..).map(|(weight, step)| {
                    let both = if step == 0 { at(x as isize) } else { at(x as isize - step) + at(x as isize + step) };
                    weight * both
                });
                if let Some(place) = turned.get_mut(x * SIDE + y) {
                    *place = sum.sum();
                }
            }
        }
        turned
    };
    along_rows(&along_rows(cells))
}

/// The weights of a Gaussian from its middle outwards; all of them, with both sides, add up to 1.
fn weights(deviation: f32) -> Vec<f32> {
    let reach = (4.0 * deviation).ceil() as u16;
    let weight = |step: u16| (-0.5 * (f32::from(step) / deviation).powi(2)).exp();
    let all: f32 = 1.0 + 2.0 * (1..=reach).map(weight).sum::<f32>();
    (0..=reach).map(|step| weight(step) / all).collect()
}

fn mirrored(at: isize) -> usize {
    let side = SIDE as isize;
    let inside = if at < 0 { -1 - at } else { at };
    (if inside >= side { 2 * side - 1 - inside } else { inside }) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_what_is_even_and_the_sum() {
        let even = blurred(&vec![7.0; SIDE * SIDE], COARSEST);
        assert!(even.iter().all(|value| (value - 7.0).abs() < 1e-4));
        let mut point = vec![0.0; SIDE * SIDE];
        point[3 * SIDE + 30] = 1.0;
        let spread = blurred(&point, SURROUNDINGS);
        assert!((spread.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let largest = spread.iter().copied().fold(0.0, f32::max);
        assert_eq!(spread.iter().position(|value| *value == largest).map(|at| at / SIDE), Some(3));
    }
}
