//! Whether two evaluations of the same images differ by more than chance: both areas of every drawn set are compared, so
//! that what makes an image hard for both cancels out.

use super::bootstrap;
use super::groups::{grouped, sortable};
use super::image::{Place, Walk};
use crate::model::{Difference, EvaluatedImage, Interval, Resampling, labelled_class};

/// Compares the image scores of `pairs`, each an image as the first and as the second evaluation has it. Images without a
/// label, or with another one in the second, do not count. `None` when there is no defective or no normal image among them.
pub fn auroc_difference<'a>(
    pairs: impl IntoIterator<Item = (&'a EvaluatedImage, &'a EvaluatedImage)>,
) -> Option<Difference> {
    let mut by_group = false;
    let mut images = 0;
    let item = |(first, second): (&'a EvaluatedImage, &'a EvaluatedImage)| {
        let defective = labelled_class(first)?;
        if labelled_class(second) != Some(defective) {
            return None;
        }
        let group = first.group.as_deref().or(second.group.as_deref());
        by_group |= group.is_some();
        images += 1;
        Some((group, (sortable(first.score), sortable(second.score), u32::from(defective))))
    };
    let groups = grouped(pairs.into_iter().filter_map(item).collect::<Vec<_>>());
    let holding = |class: u32| groups.iter().filter(|group| group.iter().any(|image| image.2 == class)).count();
    let (normal, defective) = (holding(0), holding(1));
    let enough = normal >= Interval::FEWEST && defective >= Interval::FEWEST;
    let rounds = if enough { bootstrap::rounds(2 * images) } else { 0 };

    let places = |score: &dyn Fn(&(u32, u32, u32)) -> u32| {
        let numbered = (0..).zip(&groups);
        let all = numbered.flat_map(|(group, images)| {
            images.iter().map(move |image| Place { score: score(image), group, class: image.2 })
        });
        Place::sorted(all.collect())
    };
    let (first, second) = (places(&|image| image.0), places(&|image| image.1));
    let (mut first, mut second) = (Walk::new(&first, 1), Walk::new(&second, 1));
    let mut areas = |counts: &[u32]| {
        let area = |walk: &mut Walk<'_>| walk.areas(counts).first().copied().flatten();
        area(&mut first).zip(area(&mut second))
    };
    let (first_area, second_area) = areas(&vec![1; groups.len()])?;
    let mut drawn = Vec::with_capacity(rounds);
    bootstrap::draw(groups.len(), rounds, |counts| drawn.extend(areas(counts).map(|(first, second)| second - first)));
    let difference = second_area - first_area;
    Some(Difference {
        images,
        first: first_area,
        second: second_area,
        difference,
        interval: bootstrap::ends(difference, drawn),
        resampling: Resampling { by_group, groups: groups.len(), normal, defective, rounds },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(scores: impl Iterator<Item = (f32, usize)>) -> Vec<EvaluatedImage> {
        let image = |(row, (score, group)): (usize, (f32, usize))| EvaluatedImage {
            row,
            label: Some((row % 2) as f64),
            group: Some(group.to_string()),
            score,
            ..EvaluatedImage::default()
        };
        scores.enumerate().map(image).collect()
    }

    #[test]
    fn a_difference_is_told_from_chance() {
        let noise = |row: usize, seed: usize| ((row * seed) % 101) as f32 / 101.0;
        let good = images((0..200).map(|row| (noise(row, 37) + (row % 2) as f32 * 0.6, row)));
        let poor = images((0..200).map(|row| (noise(row, 37) + (row % 2) as f32 * 0.3, row)));
        let other = images((0..200).map(|row| (noise(row, 53) + (row % 2) as f32 * 0.6, row)));
        let worse = auroc_difference(good.iter().zip(&poor)).unwrap();
        let Interval { low, high } = worse.interval.unwrap();
        assert!(low <= worse.difference && worse.difference <= high && high < 0.0, "{worse:?}");
        assert!(worse.is_more_than_chance());
        // The same with the places changed.
        let better = auroc_difference(poor.iter().zip(&good)).unwrap();
        assert_eq!(better.difference, -worse.difference);
        assert!(better.is_more_than_chance());
        assert!(!auroc_difference(good.iter().zip(&other)).unwrap().is_more_than_chance());
        let same = auroc_difference(good.iter().zip(&good)).unwrap();
        assert_eq!(same.interval, Some(Interval { low: 0.0, high: 0.0 }));
        assert!(!same.is_more_than_chance());
        // Neither the order of the rows nor the names of groups matter.
        let turned = auroc_difference(good.iter().zip(&poor).rev()).unwrap();
        assert_eq!(turned, worse);
    }

    #[test]
    fn what_cannot_be_compared_is_left_out() {
        let first = images((0..8).map(|row| (row as f32, row)));
        let mut second = first.clone();
        second[0].label = Some(1.0);
        second[1].label = None;
        let found = auroc_difference(first.iter().zip(&second)).unwrap();
        assert_eq!((found.images, found.interval, found.is_more_than_chance()), (6, None, false));
        assert_eq!(auroc_difference(first.iter().step_by(2).zip(second.iter().step_by(2))), None);
        assert_eq!(auroc_difference([]), None);
    }
}
