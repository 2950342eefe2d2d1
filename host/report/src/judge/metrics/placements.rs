//! Where the areas of pixels probably lie. Drawing images anew and following all their pixels each time would take hours, so
//! the pixels are followed once: every image notes how many unmarked pixels its marked ones beat, and how many marked ones
//! beat its unmarked pixels. With these placements the area of a drawn set is that of the first order, the sum of the two means
//! less the area itself, whose variance is that of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988) for pixels in
//! clusters (Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997).

use super::bootstrap;
use super::groups::grouped;
use crate::model::{EvaluatedImage, Interval};

/// What is noted of an image. Pairs count twice, since a tie is half of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    /// Number of the kind of its defect.
    kind: usize,
    /// Its marked pixels, and the pairs that they win against the unmarked pixels of all images.
    marked: u64,
    won: u128,
    /// Its unmarked pixels, and the pairs that they lose against the marked pixels of each kind.
    unmarked: u64,
    lost: Vec<u128>,
}

/// The placements of all images.
pub(super) struct Placements {
    images: Vec<Noted>,
    /// Marked and unmarked pixels of the images since the last step, of those in `touched`.
    since: Vec<(u64, u64)>,
    touched: Vec<usize>,
}

/// A pixel count before and after a step.
pub(super) type Passed = (u64, u64);

impl Placements {
    /// Of images with these kinds of defects, of so many kinds.
    pub(super) fn new(kinds_of_images: impl IntoIterator<Item = usize>, kinds: usize) -> Self {
        let noted = |kind| Noted { kind, marked: 0, won: 0, unmarked: 0, lost: vec![0; kinds] };
        let images: Vec<Noted> = kinds_of_images.into_iter().map(noted).collect();
        Self { since: vec![(0, 0); images.len()], images, touched: Vec::new() }
    }

    /// One more pixel of an image.
    pub(super) fn add(&mut self, image: usize, marked: bool) {
        let since = &mut self.since[image];
        if *since == (0, 0) {
            self.touched.push(image);
        }
        *(if marked { &mut since.0 } else { &mut since.1 }) += 1;
    }

    /// Places the pixels since the last step, which all have one score: `unmarked` of all `total` unmarked ones, and the
    /// marked ones of each kind, have been passed.
    pub(super) fn step(&mut self, unmarked: Passed, total: u64, kinds: impl Iterator<Item = Passed> + Clone) {
        let below = 2 * u128::from(total) - u128::from(unmarked.0) - u128::from(unmarked.1);
        for image in self.touched.drain(..) {
            let (marked, unmarked) = std::mem::take(&mut self.since[image]);
            let noted = &mut self.images[image];
            noted.marked += marked;
            noted.won += u128::from(marked) * below;
            noted.unmarked += unmarked;
            if unmarked > 0 {
                for (lost, above) in noted.lost.iter_mut().zip(kinds.clone()) {
                    *lost += u128::from(unmarked) * (u128::from(above.0) + u128::from(above.1));
                }
            }
        }
    }

    /// The intervals of the area of all kinds and of each one. `images` are those that were numbered.
    pub(super) fn intervals(self, images: &[&EvaluatedImage]) -> (Option<Interval>, Vec<Option<Interval>>) {
        let kinds = self.images.first().map_or(0, |noted| noted.lost.len());
        let seen = self.images.into_iter().zip(images).filter(|(noted, _)| noted.marked + noted.unmarked > 0);
        let items: Vec<(Option<&str>, Noted)> = seen.map(|(noted, image)| (image.group.as_deref(), noted)).collect();
        let (count, groups) = (items.len(), grouped(items));
        let areas: Vec<Area> = std::iter::once(Area::new(&groups, &(0..kinds).collect::<Vec<_>>()))
            .chain((0..kinds).map(|kind| Area::new(&groups, &[kind])))
            .collect();
        let enough = |area: &Area| area.holding().iter().all(|&groups| groups >= Interval::FEWEST);
        let rounds = if areas.iter().any(enough) { bootstrap::rounds(count) } else { 0 };
        let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); areas.len()];
        bootstrap::draw(groups.len(), rounds, |counts| {
            for (drawn, area) in drawn.iter_mut().zip(&areas) {
                drawn.extend(area.of(counts));
            }
        });
        let mut intervals =
            areas.iter().zip(drawn).map(|(area, drawn)| bootstrap::interval(area.itself, drawn, area.holding()));
        (intervals.next().flatten(), intervals.collect())
    }
}

/// One area by groups.
struct Area {
    /// For each group: marked pixels, their mean placement's sum; unmarked pixels, and theirs.
    groups: Vec<[f64; 4]>,
    itself: f64,
}

impl Area {
    /// Of the marked pixels of these kinds.
    fn new(groups: &[Vec<Noted>], kinds: &[usize]) -> Self {
        let of_kinds = |noted: &&Noted| kinds.contains(&noted.kind);
        let counts = |group: &Vec<Noted>| {
            let marked = || group.iter().filter(of_kinds);
            let lost = group.iter().flat_map(|noted| kinds.iter().filter_map(|&kind| noted.lost.get(kind)));
            (
                marked().map(|noted| noted.marked).sum::<u64>() as f64,
                marked().map(|noted| noted.won).sum::<u128>() as f64,
                group.iter().map(|noted| noted.unmarked).sum::<u64>() as f64,
                lost.sum::<u128>() as f64,
            )
        };
        let counted: Vec<_> = groups.iter().map(counts).collect();
        let (all_marked, all_unmarked) =
            counted.iter().fold((0.0, 0.0), |all, group| (all.0 + group.0, all.1 + group.2));
        let groups: Vec<[f64; 4]> = counted
            .iter()
            .map(|&(marked, won, unmarked, lost)| {
                [marked, won / (2.0 * all_unmarked), unmarked, lost / (2.0 * all_marked)]
            })
            .collect();
        let itself = groups.iter().map(|group| group[1]).sum::<f64>() / all_marked;
        Self { groups, itself }
    }

    /// Groups with marked and with unmarked pixels; the unmarked ones come first, as normal images do.
    fn holding(&self) -> [usize; 2] {
        [2, 0].map(|at| self.groups.iter().filter(|group| group[at] > 0.0).count())
    }

    /// The area of a set in which each group is so often; `None` where it has no marked or no unmarked pixel.
    fn of(&self, counts: &[u32]) -> Option<f64> {
        let mut sums = [0.0; 4];
        for (group, &count) in self.groups.iter().zip(counts) {
            sums.iter_mut().zip(group).for_each(|(sum, value)| *sum += f64::from(count) * value);
        }
        let [marked, won, unmarked, lost] = sums;
        (marked > 0.0 && unmarked > 0.0).then(|| (won / marked + lost / unmarked - self.itself).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of an image: score and whether they are marked.
    type Pixels = Vec<(u32, bool)>;

    fn pixels(image: u32) -> Pixels {
        let mut state = image.wrapping_mul(2_654_435_761) | 1;
        let mut next = |end: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % end
        };
        // Images differ by more than their pixels do, as light does.
        let level = next(30);
        (0..40)
            .map(|pixel| {
                let marked = image.is_multiple_of(2) && pixel < 12;
                (level + next(20) + u32::from(marked) * 15, marked)
            })
            .collect()
    }

    fn placed(images: &[Pixels]) -> Placements {
        let mut all: Vec<(u32, usize, bool)> =
            images.iter().enumerate().flat_map(|(i, p)| p.iter().map(move |&(s, m)| (s, i, m))).collect();
        all.sort_unstable_by_key(|pixel| std::cmp::Reverse(pixel.0));
        let total = all.iter().filter(|pixel| !pixel.2).count() as u64;
        let mut placements = Placements::new(images.iter().map(|_| 0), 1);
        let (mut unmarked, mut marked) = (0, 0);
        for tied in all.chunk_by(|a, b| a.0 == b.0) {
            let before = (unmarked, marked);
            for &(_, image, is_marked) in tied {
                placements.add(image, is_marked);
                *(if is_marked { &mut marked } else { &mut unmarked }) += 1;
            }
            placements.step((before.0, unmarked), total, std::iter::once((before.1, marked)));
        }
        placements
    }

    /// The area of all pixels of a set.
    fn area(images: &[Pixels], counts: &[u32]) -> Option<f64> {
        let all = || {
            images.iter().zip(counts).flat_map(|(pixels, &n)| pixels.iter().map(move |&(s, m)| (s, m, f64::from(n))))
        };
        let (mut won, mut pairs) = (0.0, 0.0);
        for (score, _, count) in all().filter(|pixel| pixel.1) {
            for (other, _, times) in all().filter(|pixel| !pixel.1) {
                pairs += count * times;
                won += count
                    * times
                    * if score > other {
                        1.0
                    } else if score == other {
                        0.5
                    } else {
                        0.0
                    };
            }
        }
        (pairs > 0.0).then(|| won / pairs)
    }

    #[test]
    fn it_is_nearly_what_drawing_all_pixels_gives() {
        let images: Vec<Pixels> = (0..24).map(pixels).collect();
        let rows = vec![EvaluatedImage::default(); images.len()];
        let rows: Vec<&EvaluatedImage> = rows.iter().collect();
        let itself = area(&images, &[1; 24]).unwrap();
        let (found, kinds) = placed(&images).intervals(&rows);
        let found = found.unwrap();
        assert_eq!(kinds, [Some(found)]);
        let mut drawn = Vec::new();
        bootstrap::draw(images.len(), 400, |counts| drawn.extend(area(&images, counts)));
        let due = bootstrap::ends(itself, drawn).unwrap();
        assert!(found.low < itself && itself < found.high);
        let near = |a: f64, b: f64| (a - b).abs() < 0.03;
        assert!(near(found.low, due.low) && near(found.high, due.high), "{found:?} instead of {due:?}, {itself}");
        // The order of the images does not matter.
        let turned: Vec<Pixels> = images.iter().rev().cloned().collect();
        assert_eq!(placed(&turned).intervals(&rows).0, Some(found));
    }

    #[test]
    fn few_images_with_marked_pixels_have_none() {
        let images: Vec<Pixels> = (0..8).map(pixels).collect();
        let rows = vec![EvaluatedImage::default(); images.len()];
        let rows: Vec<&EvaluatedImage> = rows.iter().collect();
        assert_eq!(placed(&images).intervals(&rows), (None, vec![None]));
    }
}
