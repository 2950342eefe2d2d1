//! Whether the scores of OK parts still come from where those of the normal images came from that the threshold was chosen with:
//! another lamp, a lens out of focus or a new material shows there long before parts are judged wrongly.
//!
//! The test is that of Kolmogorov and Smirnov for two samples: the largest distance between the shares of both that lie below a score.
//! It supposes no shape of the scores and finds shifts, wider spread and new clusters alike. The limit of the distance is exact for
//! these two numbers of images (Hodges, Arkiv för Matematik 1958), so that as many windows of images from the same place are
//! called different as was asked for, averaged over sets of normal images, and fewer where scores are equal.

/// The fewest normal images with which a test makes sense.
const FEWEST: usize = 20;
/// More of them make the limit no better, and their comparison slower.
const MOST: usize = 10_000;
/// Rounds of the search for the limit; the distance has no finer steps.
const ROUNDS: usize = 40;

/// What compares recent images with normal ones.
#[derive(Debug, Clone)]
pub(crate) struct Drift {
    /// Scores of normal images that are OK, ascending.
    normal: Vec<f32>,
    /// Scores of OK images since the last comparison.
    recent: Vec<f32>,
    window: usize,
    limit: f64,
    is_on: bool,
}

/// What a comparison has found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    /// The distance, 0 to 1.
    pub(crate) distance: f64,
    /// From which distance on the images are called different.
    pub(crate) limit: f64,
    /// Whether most of the recent scores are higher than those of normal images.
    pub(crate) is_higher: bool,
    /// Whether the alarm is on from now on.
    pub(crate) is_on: bool,
    /// Whether it was off before, or on.
    pub(crate) has_changed: bool,
}

impl Drift {
    /// Compares windows of so many OK images with `normal` ones; one in 1 / `rate` windows gives a false alarm. `None` where too
    /// few normal images are OK to tell anything at this rate.
    pub(crate) fn new(normal: &[f32], threshold: f32, window: usize, rate: f64) -> Option<Self> {
        // Images that are NG are left out of both.
        let ok = normal.iter().copied().filter(|score| score.is_finite() && *score < threshold);
        let mut normal: Vec<f32> = ok.take(MOST).collect();
        normal.sort_unstable_by(f32::total_cmp);
        if normal.len() < FEWEST || window < FEWEST {
            return None;
        }
        let limit = limit(normal.len(), window, rate)?;
        Some(Self { normal, recent: Vec::with_capacity(window), window, limit, is_on: false })
    }

    /// One more OK image; what was found if a window is full.
    pub(crate) fn add(&mut self, score: f32) -> Option<Found> {
        self.recent.push(score);
        if self.recent.len() < self.window {
            return None;
        }
        let mut recent = std::mem::take(&mut self.recent);
        recent.sort_unstable_by(f32::total_cmp);
        let (distance, is_higher) = distance(&self.normal, &recent);
        recent.clear();
        self.recent = recent;
        let is_on = distance >= self.limit;
        let has_changed = std::mem::replace(&mut self.is_on, is_on) != is_on;
        Some(Found { distance, limit: self.limit, is_higher, is_on, has_changed })
    }

    /// Whether the last window was different.
    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }
}

/// The largest distance between the shares of two ascending samples below a score, and whether the second sample lies higher there.
fn distance(first: &[f32], second: &[f32]) -> (f64, bool) {
    let (mut i, mut j) = (0, 0);
    let (mut largest, mut is_higher) = (0.0, false);
    while let (Some(&one), Some(&other)) = (first.get(i), second.get(j)) {
        let at = one.min(other);
        // Equal scores are passed together.
        i += first[i..].iter().take_while(|score| **score <= at).count();
        j += second[j..].iter().take_while(|score| **score <= at).count();
        let difference = i as f64 / first.len() as f64 - j as f64 / second.len() as f64;
        if difference.abs() > largest {
            (largest, is_higher) = (difference.abs(), difference > 0.0);
        }
    }
    (largest, is_higher)
}

/// The smallest distance that two samples of one kind reach with a probability of at most `rate`; `None` if even the largest is more
/// likely.
fn limit(first: usize, second: usize, rate: f64) -> Option<f64> {
    if 1.0 - below(first, second, 1.0) > rate {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..ROUNDS {
        let middle = (low + high) / 2.0;
        if 1.0 - below(first, second, middle) > rate { low = middle } else { high = middle }
    }
    Some(high)
}

/// The probability that two samples of one kind, of so many numbers, have a distance below `distance`: the share of the paths through
/// their merged order that stay that near to the diagonal.
fn below(first: usize, second: usize, distance: f64) -> f64 {
    let (m, n) = (first as f64, second as f64);
    // Between two steps of the lattice, so that rounding decides nothing.
    let bound = (0.5 + (distance * m * n - 1e-7).floor()) / (m * n);
    let mut paths: Vec<f64> = (0..=second).map(|j| if j as f64 / n > bound { 0.0 } else { 1.0 }).collect();
    for i in 1..=first {
        let (share, weight) = (i as f64 / m, i as f64 / (i as f64 + n));
        let mut before = if share > bound { 0.0 } else { weight * paths[0] };
        paths[0] = before;
        for (j, path) in paths.iter_mut().enumerate().skip(1) {
            before = if (share - j as f64 / n).abs() > bound { 0.0 } else { weight * *path + before };
            *path = before;
        }
    }
    paths[second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        assert_eq!(distance(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0]), (0.0, false));
        assert_eq!(distance(&[1.0, 2.0], &[3.0, 4.0]), (1.0, true));
        assert_eq!(distance(&[3.0, 4.0], &[1.0, 2.0, 2.5]), (1.0, false));
        assert_eq!(distance(&[1.0, 1.0, 1.0, 2.0], &[1.0, 3.0]), (0.5, true));
    }

    #[test]
    fn probabilities_are_those_of_counted_orders() {
        // All orders of two samples are equally likely; here they are counted one by one.
        let orders = |m: usize, n: usize, least: f64| {
            let (mut all, mut reached) = (0_u32, 0_u32);
            for mask in 0_u32..1 << (m + n) {
                if mask.count_ones() as usize != m {
                    continue;
                }
                let (mut first, mut second) = (Vec::new(), Vec::new());
                for place in 0..m + n {
                    if mask >> place & 1 == 1 { first.push(place as f32) } else { second.push(place as f32) }
                }
                all += 1;
                reached += u32::from(distance(&first, &second).0 >= least - 1e-9);
            }
            f64::from(reached) / f64::from(all)
        };
        for (m, n) in [(2, 2), (3, 4), (5, 6), (7, 4)] {
            for step in 1..=m * n {
                let least = step as f64 / (m * n) as f64;
                assert!((1.0 - below(m, n, least) - orders(m, n, least)).abs() < 1e-12, "{m} {n} {least}");
            }
        }
        let found = limit(50, 200, 1e-3).unwrap();
        assert!((1.0 - below(50, 200, found)) <= 1e-3 && (1.0 - below(50, 200, found - 0.01)) > 1e-3, "{found}");
        assert_eq!(limit(2, 2, 1e-3), None);
    }

    /// Numbers between 0 and 1 that are the same in every run.
    fn numbers(seed: u64) -> impl Iterator<Item = f32> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32
        })
    }

    #[test]
    fn images_of_the_same_kind_alarm_as_rarely_as_asked_and_others_do() {
        let mut alarms = 0;
        for seed in 0..400 {
            let normal: Vec<f32> = numbers(seed).take(60).collect();
            let mut drift = Drift::new(&normal, 2.0, 100, 0.05).unwrap();
            let found = numbers(seed + 10_000).take(100).filter_map(|score| drift.add(score)).last().unwrap();
            alarms += usize::from(found.is_on);
        }
        // 20 are due; 35 or more would come once in a thousand times.
        assert!((3..35).contains(&alarms), "{alarms}");
        let normal: Vec<f32> = numbers(1).take(60).collect();
        let mut drift = Drift::new(&normal, 9.0, 100, 1e-5).unwrap();
        let shifted = numbers(2).take(100).filter_map(|score| drift.add(score + 0.6)).last().unwrap();
        assert!(shifted.is_on && shifted.has_changed && shifted.is_higher && drift.is_on());
        let back = numbers(3).take(100).filter_map(|score| drift.add(score)).last().unwrap();
        assert!(!back.is_on && back.has_changed && !drift.is_on());
    }

    #[test]
    fn too_few_images_tell_nothing() {
        let normal: Vec<f32> = numbers(1).take(60).collect();
        assert!(Drift::new(&normal[..19], 2.0, 100, 0.01).is_none());
        // All of them are NG.
        assert!(Drift::new(&normal, 0.0, 100, 0.01).is_none());
        assert!(Drift::new(&normal[..20], 2.0, 20, 1e-15).is_none());
    }
}
