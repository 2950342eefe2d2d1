//! How far an area under a ROC curve would move if other images of the same kind had been evaluated: the percentile
//! bootstrap (Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979), in which groups of images that belong together
//! are drawn whole (the cluster bootstrap of Davison and Hinkley, "Bootstrap Methods and their Application", 1997, 3.8).
//!
//! The random numbers begin anew in every round, at its number, and groups are put into an order that depends on what is in
//! them alone. So the same images give the same interval to the last bit, in whatever order and on however many threads.

use crate::model::Interval;

/// Sets that are drawn, unless there are very many images.
const MOST: usize = 2000;
/// And at least, however many images there are: enough for the ends of an interval to two digits.
const LEAST: usize = 200;
/// Images looked at in all sets together, at most, as long as there are enough sets: a few seconds.
const VISITS: usize = 400_000_000;
/// Start of the random numbers.
const SEED: u64 = 0x6e6e_635f_686f_7374;

/// How many sets are drawn of so many images.
pub(crate) fn rounds(images: usize) -> usize {
    (VISITS / images.max(1)).clamp(LEAST, MOST)
}

/// Tells `each` how often every one of so many groups is in a set, for every set.
pub(crate) fn draw(groups: usize, rounds: usize, mut each: impl FnMut(&[u32])) {
    let mut counts = vec![0_u32; groups];
    for round in 0..rounds {
        let mut random = SplitMix(SplitMix(SEED ^ round as u64).next());
        counts.fill(0);
        for _ in 0..groups {
            if let Some(count) = counts.get_mut(random.below(groups)) {
                *count += 1;
            }
        }
        each(&counts);
    }
}

/// The interval of an area by the areas of drawn sets. `groups` are those with normal and with defective images; with too few
/// of a kind there is none.
///
/// Where all sets have the same area, as with perfect scores, they say nothing about others; then the interval is Newcombe's.
pub(crate) fn interval(area: f64, drawn: Vec<f64>, groups: [usize; 2]) -> Option<Interval> {
    if groups.iter().any(|&groups| groups < Interval::FEWEST) {
        return None;
    }
    let first = *drawn.first()?;
    if drawn.iter().all(|&drawn| drawn == first) { Some(newcombe(area, groups)) } else { ends(area, drawn) }
}

/// The interval of a figure by those of drawn sets; `None` without sets.
pub(crate) fn ends(figure: f64, mut drawn: Vec<f64>) -> Option<Interval> {
    drawn.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - Interval::CONFIDENCE) / 2.0;
    let (low, high) = (quantile(&drawn, tail)?, quantile(&drawn, 1.0 - tail)?);
    // A skewed set may have the figure itself outside, which would be absurd to read.
    Some(Interval { low: low.min(figure), high: high.max(figure) })
}

/// Between two of the sorted values, as NumPy does.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (*sorted.get(at.floor() as usize)?, *sorted.get(at.ceil() as usize)?);
    Some(below + (above - below) * at.fract())
}

/// Method 5 of Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2",
/// Statistics in Medicine 25, 2006: all areas from which `area` is no further away than chance takes it.
fn newcombe(area: f64, groups: [usize; 2]) -> Interval {
    /// Of the normal distribution at [`Interval::CONFIDENCE`].
    const Z: f64 = 1.959_963_984_540_054;
    let [m, n] = groups.map(|groups| groups as f64);
    let mean = (m + n) / 2.0 - 1.0;
    let fits = |true_area: f64| {
        let a = true_area;
        let variance = a * (1.0 - a) * (1.0 + mean * ((1.0 - a) / (2.0 - a) + a / (1.0 + a))) / (m * n);
        (a - area).abs() <= Z * variance.sqrt()
    };
    // Between one that fits, the area itself, and one that does not.
    let end = |mut outside: f64| {
        let mut inside = area;
        for _ in 0..60 {
            let middle = (inside + outside) / 2.0;
            *(if fits(middle) { &mut inside } else { &mut outside }) = middle;
        }
        inside
    };
    Interval { low: end(0.0), high: end(1.0) }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is no larger than 2^32; uneven by less than one in 2^32 / `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (((self.next() >> 32) * limit as u64) >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_has_as_many_groups_and_all_come_up() {
        let (mut sets, mut sums) = (Vec::new(), [0_u64; 7]);
        draw(7, 1000, |counts| {
            assert_eq!(counts.iter().sum::<u32>(), 7);
            sums.iter_mut().zip(counts).for_each(|(sum, &count)| *sum += u64::from(count));
            sets.push(counts.to_vec());
        });
        // 1000 is expected of each, with a standard deviation of 29.
        assert!(sums.iter().all(|sum| sum.abs_diff(1000) < 120), "{sums:?}");
        let mut again = Vec::new();
        draw(7, 1000, |counts| again.push(counts.to_vec()));
        assert_eq!(sets, again);
        sets.sort_unstable();
        sets.dedup();
        assert!(sets.len() > 500, "{}", sets.len());
        draw(0, 3, |counts| assert!(counts.is_empty()));
    }

    #[test]
    fn very_many_images_are_drawn_less_often() {
        assert_eq!([0, 1, 10_000, 200_000, 1_000_000, usize::MAX].map(rounds), [2000, 2000, 2000, 2000, 400, 200]);
    }

    #[test]
    fn ends_are_those_of_numpy() {
        // numpy.percentile([1, 2, 4, 8], [2.5, 97.5]) and numpy.percentile([3], 2.5).
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert!((quantile(&sorted, 0.025).unwrap() - 1.075).abs() < 1e-12);
        assert!((quantile(&sorted, 0.975).unwrap() - 7.7).abs() < 1e-12);
        assert_eq!((quantile(&[3.0], 0.025), quantile(&[], 0.5)), (Some(3.0), None));
    }

    #[test]
    fn sets_that_are_all_alike_do_not_promise_certainty() {
        // Roots of |a - 1| = 1.96 sqrt(V(a)) and so on, found with scipy.optimize.brentq.
        for (area, groups, low, high) in NEWCOMBE {
            let found = interval(area, vec![area; 9], groups).unwrap();
            assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{area} {groups:?}: {found:?}");
        }
        assert_eq!(interval(1.0, vec![1.0; 9], [4, 50]), None);
        assert_eq!(interval(1.0, vec![1.0; 9], [50, 4]), None);
        assert_eq!(interval(1.0, Vec::new(), [50, 50]), None);
    }

    /// Area, groups of both kinds, ends.
    const NEWCOMBE: [(f64, [usize; 2], f64, f64); 3] = [
        (1.0, [5, 5], 0.642_702_823_931_043_2, 1.0),
        (1.0, [210, 392], 0.992_930_481_535_956_5, 1.0),
        (0.5, [20, 30], 0.344_797_789_929_319_5, 0.655_202_210_070_680_5),
    ];
}
