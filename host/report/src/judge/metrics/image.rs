//! Where the areas of image scores probably lie: of all defects together, and of each kind.
//!
//! Images are sorted once. Each drawn set then takes one walk through them, which gives the areas of all kinds at once: the
//! share of the pairs of a normal image and one of the kind that the latter wins, each image counting as often as its group
//! was drawn.

use std::collections::HashMap;

use super::bootstrap;
use super::groups::{are_known, grouped, sortable};
use crate::model::{Class, EvaluatedImage, Interval, Resampling};

/// The intervals of image scores.
pub(super) struct Intervals {
    pub(super) resampling: Resampling,
    pub(super) all: Option<Interval>,
    /// In the order of the kinds.
    pub(super) kinds: Vec<Option<Interval>>,
}

/// The place of an image in a walk.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) score: u32,
    pub(super) group: u32,
    /// 0 for a normal image, else the number of its kind, from 1; the last one is that of images of no kind.
    pub(super) class: u32,
}

impl Place {
    /// The order of a walk.
    pub(super) fn sorted(mut places: Vec<Self>) -> Vec<Self> {
        places.sort_unstable_by_key(|place| (place.score, place.group, place.class));
        places
    }
}

/// Intervals of images of these kinds of defects; `None` where a class is missing.
pub(super) fn intervals(rows: &[EvaluatedImage], kinds: &[&str]) -> Option<Intervals> {
    let numbers: HashMap<&str, usize> = kinds.iter().enumerate().map(|(number, &kind)| (kind, number)).collect();
    let class = |image: &EvaluatedImage| -> Option<u32> {
        let of_kind = || numbers.get(image.defect.as_deref()?).copied();
        match image.class() {
            Class::Unlabelled => None,
            Class::Normal => Some(0),
            Class::Defective => Some(1 + of_kind().unwrap_or(kinds.len()) as u32),
        }
    };
    let items = rows.iter().filter_map(|image| Some((image.group.as_deref(), (sortable(image.score), class(image)?))));
    let groups = grouped(items);
    let holding = |wanted: &dyn Fn(u32) -> bool| {
        groups.iter().filter(|group| group.iter().any(|&(_, class)| wanted(class))).count()
    };
    let (normal, defective) = (holding(&|class| class == 0), holding(&|class| class > 0));
    if normal == 0 || defective == 0 {
        return None;
    }
    let places = (0..)
        .zip(&groups)
        .flat_map(|(number, group)| group.iter().map(move |&(score, class)| Place { score, group: number, class }));
    let places = Place::sorted(places.collect());

    let enough = normal >= Interval::FEWEST && defective >= Interval::FEWEST;
    let rounds = if enough { bootstrap::rounds(places.len()) } else { 0 };
    let mut walk = Walk::new(&places, kinds.len() + 1);
    // The point estimates come from the same walk.
    let areas = walk.areas(&vec![1; groups.len()]);
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(rounds); areas.len()];
    bootstrap::draw(groups.len(), rounds, |counts| {
        for (drawn, area) in drawn.iter_mut().zip(walk.areas(counts)) {
            drawn.extend(area);
        }
    });
    let mut intervals = areas.into_iter().zip(drawn).enumerate().map(|(index, (area, drawn))| {
        let groups = if index == 0 { defective } else { holding(&|class| class as usize == index) };
        bootstrap::interval(area?, drawn, [normal, groups])
    });
    let all = intervals.next().flatten();
    let resampling = Resampling { by_group: are_known(rows), groups: groups.len(), normal, defective, rounds };
    Some(Intervals { resampling, all, kinds: intervals.take(kinds.len()).collect() })
}

/// The areas of a set, for any number of sets.
pub(super) struct Walk<'a> {
    places: &'a [Place],
    /// For each kind: pairs won, twice, since a tie is half of one; and images.
    kinds: Vec<(f64, f64)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(places: &'a [Place], kinds: usize) -> Self {
        Self { places, kinds: vec![(0.0, 0.0); kinds] }
    }

    /// The area of all defects, then that of each kind, where each group counts so often; `None` where a class is missing.
    pub(super) fn areas(&mut self, counts: &[u32]) -> Vec<Option<f64>> {
        let count = |place: &Place| f64::from(counts.get(place.group as usize).copied().unwrap_or_default());
        self.kinds.fill((0.0, 0.0));
        let mut normal = 0.0;
        for tied in self.places.chunk_by(|a, b| a.score == b.score) {
            let below: f64 = tied.iter().filter(|place| place.class == 0).map(count).sum();
            for place in tied {
                if let Some((won, images)) =
                    (place.class as usize).checked_sub(1).and_then(|kind| self.kinds.get_mut(kind))
                {
                    let count = count(place);
                    *won += count * (2.0 * normal + below);
                    *images += count;
                }
            }
            normal += below;
        }
        let area = |(won, images): (f64, f64)| (normal > 0.0 && images > 0.0).then(|| won / (2.0 * normal * images));
        let all = self.kinds.iter().fold((0.0, 0.0), |all, kind| (all.0 + kind.0, all.1 + kind.1));
        std::iter::once(all).chain(self.kinds.iter().copied()).map(area).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Metrics;

    /// Groups of images of one class each whose scores overlap, as `ROWS` describes.
    fn images(each: usize, size: usize, shift: f64, by_group: bool) -> Vec<EvaluatedImage> {
        let image = |class: usize, group: usize, member: usize| EvaluatedImage {
            label: Some(class as f64),
            group: by_group.then(|| (class * each + group).to_string()),
            score: (((group * 37 + class * 11) % each) as f64 / each as f64
                + class as f64 * shift
                + ((member * 7 + group * 3) % 5) as f64 / 50.0) as f32,
            ..EvaluatedImage::default()
        };
        let groups = (0..2).flat_map(|class| (0..each).map(move |group| (class, group)));
        groups.flat_map(|(class, group)| (0..size).map(move |member| image(class, group, member))).collect()
    }

    fn interval(rows: &[EvaluatedImage]) -> Option<Interval> {
        intervals(rows, &[])?.all
    }

    #[test]
    fn ends_are_those_of_a_bootstrap_in_python() {
        // numpy: 40,000 sets of whole groups, drawn with numpy.random.default_rng(5), scikit-learn's roc_auc_score with the
        // counts as weights, numpy.percentile at 2.5 and 97.5. Sets differ, so the ends agree to about two digits.
        for (each, size, shift, area, low, high) in [
            (12, 1, 0.3, 0.75, 0.53125, 0.92307692),
            (40, 3, 0.4, 0.818472222, 0.72197447, 0.89937789),
            (60, 1, 0.1, 0.601944444, 0.49888393, 0.70035276),
        ] {
            let rows = images(each, size, shift, true);
            let found = interval(&rows).unwrap();
            assert!((Metrics::of(&rows).image.unwrap().auroc - area).abs() < 1e-6);
            let near = |found: f64, due: f64| (found - due).abs() < 0.015;
            assert!(near(found.low, low) && near(found.high, high), "{each} x {size}: {found:?}");
        }
    }

    #[test]
    fn images_that_belong_together_widen_it() {
        let width = |Interval { low, high }: Interval| high - low;
        let (by_group, by_image) = (images(40, 6, 0.3, true), images(40, 6, 0.3, false));
        let (by_group, by_image) = (interval(&by_group).unwrap(), interval(&by_image).unwrap());
        assert!(width(by_group) > 1.6 * width(by_image), "{by_group:?} {by_image:?}");
        // Groups of one are images.
        assert_eq!(interval(&images(40, 1, 0.3, true)), interval(&images(40, 1, 0.3, false)));
        let known = intervals(&images(40, 6, 0.3, true), &[]).unwrap().resampling;
        assert_eq!(known, Resampling { by_group: true, groups: 80, normal: 40, defective: 40, rounds: 2000 });
    }

    #[test]
    fn too_few_groups_have_none_and_say_how_many_there_are() {
        let few = intervals(&images(4, 9, 0.3, true), &[]).unwrap();
        assert_eq!((few.all, few.resampling.rounds), (None, 0));
        assert_eq!((few.resampling.normal, few.resampling.defective), (4, 4));
        assert!(intervals(&images(9, 1, 0.3, true)[..9], &[]).is_none());
        assert!(intervals(&[], &[]).is_none());
        // Perfect scores of few images promise little.
        let perfect = interval(&images(5, 1, 9.0, false)).unwrap();
        assert!(perfect.high == 1.0 && perfect.low < 0.7, "{perfect:?}");
    }

    #[test]
    fn each_kind_has_its_own_and_few_images_of_one_have_none() {
        let mut rows = images(20, 1, 0.4, false);
        for (at, image) in rows.iter_mut().skip(20).enumerate() {
            image.defect = Some(if at < 3 { "crack" } else { "hole" }.to_owned());
        }
        let metrics = Metrics::of(&rows);
        let known: Vec<bool> = metrics.defects.iter().map(|defect| defect.image_auroc_interval.is_some()).collect();
        assert_eq!(known, [false, true]);
        let hole = metrics.defects[1].image_auroc_interval.unwrap();
        let area = metrics.defects[1].image_auroc.unwrap();
        assert!(hole.low < area && area < hole.high, "{hole:?} {area}");
        // What all defects together have does not depend on their kinds.
        assert_eq!(metrics.image.unwrap().auroc_interval, interval(&images(20, 1, 0.4, false)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_holds_the_area_and_no_order_matters(
            rows in prop::collection::vec((0_u8..20, any::<bool>(), 0_usize..30), 20..60)
        ) {
            let image = |&(score, defective, group): &(u8, bool, usize)| EvaluatedImage {
                label: Some(f64::from(u8::from(defective))),
                score: f32::from(score),
                group: (group < 20).then(|| group.to_string()),
                ..EvaluatedImage::default()
            };
            let mut rows: Vec<EvaluatedImage> = rows.iter().map(image).collect();
            let metrics = Metrics::of(&rows);
            if let Some(Interval { low, high }) = metrics.image.and_then(|image| image.auroc_interval) {
                let area = metrics.image.unwrap().auroc;
                prop_assert!(0.0 <= low && low <= area && area <= high && high <= 1.0, "{} {} {}", low, area, high);
            }
            rows.reverse();
            for image in &mut rows {
                image.group = image.group.as_ref().map(|group| format!("of {group}"));
            }
            prop_assert_eq!(Metrics::of(&rows).image, metrics.image);
            prop_assert_eq!(Metrics::of(&rows).resampling, metrics.resampling);
        }
    }
}
