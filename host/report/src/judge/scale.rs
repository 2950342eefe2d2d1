//! One colour scale for all images of an evaluation, so that their pictures can be compared.

use crate::maps::Maps;
use crate::model::{Class, ColourScale, EvaluatedImage};

/// Maps that the lower end is taken from, spread evenly over those there are.
const MAPS: usize = 256;
/// Values of each of these maps, spread evenly as well: together they bound memory to a few MB.
const VALUES: usize = 4096;
/// Share of normal images that stay below the upper end.
const NORMAL_BELOW: f64 = 0.95;

impl ColourScale {
    /// The scale of one evaluation.
    ///
    /// `low` is the median of the map values of normal images: half of what a good part looks like stays clear.
    /// `high` is the median score of the defective images, so that half of them reach the brightest colour and one
    /// extreme image does not pale the others, but at least the score that 95 % of the normal images stay below.
    /// Where no image is labelled normal, all images stand in for the normal ones, with their scores as well.
    ///
    /// `low` is taken from at most 256 maps spread over the dataset; maps that cannot be read do not count.
    pub fn of(images: &[EvaluatedImage], maps: &Maps) -> Self {
        let of_class = |class| images.iter().filter(|image| image.class() == class).collect::<Vec<_>>();
        let normal = match of_class(Class::Normal) {
            normal if normal.is_empty() => images.iter().collect(),
            normal => normal,
        };
        let scores = |images: &[&EvaluatedImage]| images.iter().map(|image| image.score).collect();
        let high = [quantile(scores(&of_class(Class::Defective)), 0.5), quantile(scores(&normal), NORMAL_BELOW)];
        let high = high.into_iter().flatten().reduce(f32::max).unwrap_or(1.0);
        let values = spread(&normal, MAPS)
            .filter_map(|image| maps.of(image).ok()?)
            .flat_map(|map| spread(map.values(), VALUES).copied().collect::<Vec<_>>())
            .collect();
        let low = quantile(values, 0.5).unwrap_or(0.0);
        Self { low: low.min(high), high }
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
        let ColourScale { low, high } = ColourScale::of(&images, &Maps::default());
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
}
