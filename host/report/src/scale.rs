//! One colour scale for all images of an evaluation, so that their pictures can be compared.

use serde::{Deserialize, Serialize};

use crate::evaluation::{Class, EvaluatedImage};
use crate::map::read_map;

/// Maps that the lower end is taken from, spread evenly over those there are.
const MAPS: usize = 256;
/// Values of each of these maps, spread evenly as well: together they bound memory to a few MB.
const VALUES: usize = 4096;
/// Share of normal images that stay below the upper end.
const NORMAL_BELOW: f64 = 0.95;

/// The scores between which a heat map goes from no colour to the brightest one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColourScale {
    /// Scores up to here leave the image as it is.
    pub low: f32,
    /// Scores from here on get the brightest colour.
    pub high: f32,
}

impl Default for ColourScale {
    /// From 0 to 1.
    fn default() -> Self {
        Self { low: 0.0, high: 1.0 }
    }
}

impl ColourScale {
    /// The scale of one evaluation.
    ///
    /// `low` is the median of the map values of normal images: half of what a good part looks like stays clear.
    /// `high` is the median score of the defective images, so that half of them reach the brightest colour and one
    /// extreme image does not pale the others, but at least the score that 95 % of the normal images stay below.
    /// Where no image is labelled normal, all images stand in for the normal ones, with their scores as well.
    ///
    /// `low` is taken from at most 256 maps spread over the data set; maps that cannot be read do not count.
    pub fn of(images: &[EvaluatedImage]) -> Self {
        let of_class = |class| images.iter().filter(|image| image.class() == class).collect::<Vec<_>>();
        let normal = match of_class(Class::Normal) {
            normal if normal.is_empty() => images.iter().collect(),
            normal => normal,
        };
        let scores = |images: &[&EvaluatedImage]| images.iter().map(|image| image.score).collect();
        let high = [quantile(scores(&of_class(Class::Defective)), 0.5), quantile(scores(&normal), NORMAL_BELOW)];
        let high = high.into_iter().flatten().reduce(f32::max).unwrap_or(1.0);
        let values = spread(&normal, MAPS)
            .filter_map(|image| read_map(image.map.as_deref()?).ok())
            .flat_map(|map| spread(map.values(), VALUES).copied().collect::<Vec<_>>())
            .collect();
        let low = quantile(values, 0.5).unwrap_or(0.0);
        Self { low: low.min(high), high }
    }

    /// Where `score` lies: 0 at `low` or below, 1 at `high` or above.
    pub(crate) fn position(self, score: f32) -> f32 {
        if score <= self.low {
            return 0.0;
        }
        // In 64 bits, where the difference of two floats cannot overflow.
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        ((f64::from(score) - low) / (high - low)).clamp(0.0, 1.0) as f32
    }
}

/// At most `most` items, evenly spread.
fn spread<T>(items: &[T], most: usize) -> impl Iterator<Item = &T> {
    items.iter().step_by(items.len().div_ceil(most).max(1))
}

/// The value that `share` of the finite values are at or below (nearest rank).
fn quantile(mut values: Vec<f32>, share: f64) -> Option<f32> {
    values.retain(|value| value.is_finite());
    let rank = (values.len() as f64 * share).ceil() as usize;
    let index = rank.saturating_sub(1);
    if index >= values.len() {
        return None;
    }
    Some(*values.select_nth_unstable_by(index, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_take_the_nearest_rank() {
        for (values, share, expected) in [
            (vec![], 0.5, None),
            (vec![f32::NAN, f32::INFINITY], 0.5, None),
            (vec![3.0], 0.5, Some(3.0)),
            (vec![4.0, 1.0, 3.0, 2.0], 0.5, Some(2.0)),
            (vec![3.0, f32::NAN, 1.0, 2.0], 0.5, Some(2.0)),
            ((1..=100).map(|v| v as f32).collect(), 0.95, Some(95.0)),
            ((1..=10).map(|v| v as f32).collect(), 1.0, Some(10.0)),
        ] {
            assert_eq!(quantile(values.clone(), share), expected, "{values:?}");
        }
    }

    /// Images whose maps are `score / 4, score / 2, score`.
    fn scale(labels_and_scores: &[(Option<f64>, f32)]) -> (f32, f32) {
        let folder = tempfile::tempdir().unwrap();
        let image = |(row, &(label, score)): (usize, &(Option<f64>, f32))| {
            let map = folder.path().join(format!("{row}.csv"));
            std::fs::write(&map, format!("{},{},{score}\n", score / 4.0, score / 2.0)).unwrap();
            EvaluatedImage { row, label, map: Some(map), score, ..EvaluatedImage::default() }
        };
        let images: Vec<EvaluatedImage> = labels_and_scores.iter().enumerate().map(image).collect();
        let ColourScale { low, high } = ColourScale::of(&images);
        (low, high)
    }

    #[test]
    fn ends_of_the_scale() {
        let (normal, defective) = (Some(0.0), Some(1.0));
        // Median of the normal values 0.5 1 2 1 2 4, and of the defective scores.
        assert_eq!(
            scale(&[(normal, 2.0), (normal, 4.0), (defective, 8.0), (defective, 6.0), (defective, 90.0)]),
            (1.0, 8.0)
        );
        // Defective images that score lower than normal ones do not pull the top below these.
        assert_eq!(scale(&[(normal, 8.0), (defective, 4.0)]), (4.0, 8.0));
        assert_eq!(scale(&[(None, 2.0), (None, 4.0)]), (1.0, 4.0));
        assert_eq!(scale(&[(defective, 2.0), (defective, 4.0)]), (1.0, 4.0));
        assert_eq!(scale(&[]), (0.0, 1.0));
        assert_eq!(scale(&[(normal, 0.0)]), (0.0, 0.0));
    }

    #[test]
    fn positions() {
        let scale = ColourScale { low: 1.0, high: 3.0 };
        for (score, expected) in [(f32::MIN, 0.0), (1.0, 0.0), (2.0, 0.5), (3.0, 1.0), (f32::MAX, 1.0)] {
            assert_eq!(scale.position(score), expected);
        }
        let widest = ColourScale { low: f32::MIN, high: f32::MAX };
        assert_eq!(widest.position(0.0), 0.5);
        let flat = ColourScale { low: 2.0, high: 2.0 };
        assert_eq!((flat.position(2.0), flat.position(2.5)), (0.0, 1.0));
    }
}
