//! Images that two datasets have in common: the score of a test image that the training set holds too says nothing.
//!
//! Photographs of one product under one camera all look alike, so no fixed distance separates a copy from another
//! shot. A copy that was compressed or resized again is at most a few levels away, though, and far closer than two
//! different images of the set are to each other. Both are asked for.

use std::collections::HashMap;

use crate::fingerprint::{FRACTION, Fingerprint, SIDE};

/// A copy's fingerprint is at most this far away, in grey levels (root mean square).
const MAX_DISTANCE: f64 = 2.0;
/// And at most this part of the usual distance of an image to the nearest other one of its set.
const MAX_PART: f64 = 0.25;
/// Images whose nearest neighbours tell what is usual.
const SAMPLE: usize = 200;
/// Parts along one side of the coarse fingerprint that spares most comparisons.
const COARSE: usize = 4;

/// One image that both sets hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duplicate {
    /// Its position in the first set.
    pub first: usize,
    /// Its position in the second set.
    pub second: usize,
    /// Root mean square difference of 32x32 mean greys, in levels; 0 and `exact` for the very same pixels.
    pub distance: f64,
    /// Whether every pixel is the same.
    pub exact: bool,
}

/// For every image of `second` that is (nearly) in `first` as well, the image of `first` that is closest to it, in
/// the order of `second`. Entries without a fingerprint match nothing.
pub fn find_duplicates(first: &[Option<Fingerprint>], second: &[Option<Fingerprint>]) -> Vec<Duplicate> {
    let index = Index::new(first);
    let exact: HashMap<[u8; 32], usize> =
        first.iter().enumerate().rev().filter_map(|(position, image)| Some((image.as_ref()?.hash, position))).collect();
    let limit = MAX_DISTANCE.min(MAX_PART * index.usual_distance(first));
    second
        .iter()
        .enumerate()
        .filter_map(|(position, image)| {
            let image = image.as_ref()?;
            if let Some(&known) = exact.get(&image.hash) {
                return Some(Duplicate { first: known, second: position, distance: 0.0, exact: true });
            }
            let (known, distance) = index.nearest(image, limit, None)?;
            Some(Duplicate { first: known, second: position, distance, exact: false })
        })
        .collect()
}

/// For every image that has the very same pixels as an earlier one, the two positions, the earliest first.
pub fn find_repeats(images: &[Option<Fingerprint>]) -> Vec<(usize, usize)> {
    let mut first: HashMap<[u8; 32], usize> = HashMap::new();
    let mut repeats = Vec::new();
    for (position, image) in images.iter().enumerate().filter_map(|(position, image)| Some((position, image.as_ref()?)))
    {
        let known = *first.entry(image.hash).or_insert(position);
        if known != position {
            repeats.push((known, position));
        }
    }
    repeats
}

/// Fingerprints in order of their mean grey, which differs by no more than their distance.
struct Index<'a> {
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    position: usize,
    mean: f64,
    coarse: [f64; COARSE * COARSE],
    image: &'a Fingerprint,
}

impl<'a> Index<'a> {
    fn new(images: &'a [Option<Fingerprint>]) -> Self {
        let mut entries: Vec<Entry<'a>> = images
            .iter()
            .enumerate()
            .filter_map(|(position, image)| {
                let image = image.as_ref()?;
                let coarse = coarse(image);
                Some(Entry { position, mean: mean(&coarse), coarse, image })
            })
            .collect();
        entries.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        Self { entries }
    }

    /// The nearest image at most `limit` away, leaving out those with the very pixels `but`.
    fn nearest(&self, image: &Fingerprint, limit: f64, but: Option<[u8; 32]>) -> Option<(usize, f64)> {
        let around = coarse(image);
        let mean = mean(&around);
        let middle = self.entries.partition_point(|entry| entry.mean < mean);
        let (below, above) = self.entries.split_at(middle);
        let mut best: Option<(usize, f64)> = None;
        let mut limit = limit;
        // From the middle outwards on both sides, so that a close one found early cuts the rest short.
        for side in [&mut below.iter().rev() as &mut dyn Iterator<Item = &Entry<'_>>, &mut above.iter()] {
            for entry in side {
                if (entry.mean - mean).abs() > limit {
                    break;
                }
                // Means of larger parts are never further apart than those of the parts in them.
                if but == Some(entry.image.hash) || rms(&entry.coarse, &around) > limit {
                    continue;
                }
                let distance = distance(entry.image, image);
                if distance <= limit && best.is_none_or(|(_, least)| distance < least) {
                    best = Some((entry.position, distance));
                    limit = distance;
                }
            }
        }
        best
    }

    /// The median distance of an image to the nearest other one. A set too small to tell has none; there any copy
    /// within [`MAX_DISTANCE`] counts.
    fn usual_distance(&self, images: &[Option<Fingerprint>]) -> f64 {
        let known: Vec<&Fingerprint> = images.iter().flatten().collect();
        let step = known.len().div_ceil(SAMPLE).max(1);
        let mut nearest: Vec<f64> = known
            .iter()
            .step_by(step)
            .filter_map(|image| Some(self.nearest(image, f64::INFINITY, Some(image.hash))?.1))
            .collect();
        nearest.sort_by(f64::total_cmp);
        nearest.get(nearest.len() / 2).copied().unwrap_or(f64::INFINITY)
    }
}

/// Means of 4x4 parts, in levels.
fn coarse(image: &Fingerprint) -> [f64; COARSE * COARSE] {
    let mut sums = [0.0; COARSE * COARSE];
    let part = SIDE / COARSE;
    for (cell, &value) in image.means.iter().enumerate() {
        let (y, x) = (cell / SIDE / part, cell % SIDE / part);
        if let Some(sum) = sums.get_mut(y * COARSE + x) {
            *sum += f64::from(value) / (FRACTION * (part * part) as f64);
        }
    }
    sums
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn rms(a: &[f64], b: &[f64]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    (squares / a.len() as f64).sqrt()
}

fn distance(a: &Fingerprint, b: &Fingerprint) -> f64 {
    let squares: u64 = a.means.iter().zip(&b.means).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2)).sum();
    (squares as f64 / a.means.len() as f64).sqrt() / FRACTION
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_picture::Pixels;

    /// A shot of one part: the same for all, its own shade, its own noise.
    fn shot(number: u64, noise: u64) -> Pixels {
        let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(noise);
        let values = (0..96 * 96)
            .map(|i: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let (x, y) = (i % 96, i / 96);
                let part = if (x / 12 + y / 12) % 2 == 0 { 60 } else { 150 };
                let shade = (x * (number % 7) + y * (number % 5)) / 12;
                (part + shade + state % 6) as u8
            })
            .collect();
        Pixels { width: 96, height: 96, channels: 1, values }
    }

    fn prints(images: &[Pixels]) -> Vec<Option<Fingerprint>> {
        images.iter().map(|image| Some(Fingerprint::of(image))).collect()
    }

    #[test]
    fn copies_are_found_and_other_shots_of_the_same_part_are_not() {
        let train: Vec<Pixels> = (1..30).map(|number| shot(number, 1)).collect();
        let mut noisy = train[7].clone();
        noisy.values.iter_mut().step_by(3).for_each(|value| *value += 1);
        let half = Pixels {
            width: 48,
            height: 48,
            channels: 1,
            values: (0..48 * 48)
                .map(|i| {
                    let at = i / 48 * 2 * 96 + i % 48 * 2;
                    let four = [at, at + 1, at + 96, at + 97].map(|at| u32::from(train[9].values[at]));
                    ((four.iter().sum::<u32>() + 2) / 4) as u8
                })
                .collect(),
        };
        let test = [shot(31, 2), train[3].clone(), noisy, shot(33, 2), half];
        let found = find_duplicates(&prints(&train), &prints(&test));
        let pairs: Vec<_> = found.iter().map(|found| (found.second, found.first, found.exact)).collect();
        assert_eq!(pairs, [(1, 3, true), (2, 7, false), (4, 9, false)], "{found:?}");
    }

    #[test]
    fn the_search_misses_nothing_that_trying_all_finds() {
        let images = prints(&(0..60).map(|number| shot(number, number)).collect::<Vec<_>>());
        let index = Index::new(&images);
        for image in images.iter().flatten() {
            let all = images.iter().flatten().filter(|other| other.hash != image.hash);
            let least = all.map(|other| distance(other, image)).fold(f64::INFINITY, f64::min);
            assert_eq!(index.nearest(image, f64::INFINITY, Some(image.hash)).unwrap().1, least);
        }
    }

    #[test]
    fn nothing_to_compare_is_nothing_found() {
        let images = prints(&[shot(1, 1)]);
        assert_eq!(find_duplicates(&[], &images), []);
        assert_eq!(find_duplicates(&images, &[None]), []);
        assert_eq!(find_duplicates(&[None], &images), []);
        let tiny = Pixels { width: 1, height: 1, channels: 3, values: vec![9, 9, 9] };
        assert_eq!(Fingerprint::of(&tiny).means.iter().max(), Some(&(9 * 256)));
    }
}
