//! Curves over all thresholds of a set of scores, counted in whole images so that the figures are exact.

/// Area under the ROC curve of image scores, 0 to 1; `true` marks a defective image.
///
/// It is the Mann-Whitney statistic: the share of pairs of one defective and one normal image in which the defective
/// one has the higher score, a tie counting one half. A NaN score counts as the lowest one: no threshold flags such
/// an image. `None` when there is no defective or no normal image.
pub fn image_auroc(scores_and_labels: impl IntoIterator<Item = (f32, bool)>) -> Option<f64> {
    Curve::new(scores_and_labels).map(|curve| curve.area())
}

/// Normal and defective images at or above every threshold: what ROC and precision-recall curves are drawn from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    /// Without the point where nothing is flagged; the last one flags everything.
    points: Vec<Point>,
}

/// What is flagged from `threshold` on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Point {
    threshold: f32,
    normal: u64,
    defective: u64,
}

impl Curve {
    /// `None` when one class is missing.
    pub(crate) fn new(scores_and_labels: impl IntoIterator<Item = (f32, bool)>) -> Option<Self> {
        let mut scored: Vec<(f32, bool)> = scores_and_labels
            .into_iter()
            // Adding 0 turns -0 into 0, which the total order below would tell apart.
            .map(|(score, defective)| (if score.is_nan() { f32::NEG_INFINITY } else { score + 0.0 }, defective))
            .collect();
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut last = Point::default();
        let mut points = Vec::new();
        for tied in scored.chunk_by(|a, b| a.0 == b.0) {
            let found = tied.iter().filter(|(_, defective)| *defective).count();
            last.threshold = tied[0].0;
            last.defective += found as u64;
            last.normal += (tied.len() - found) as u64;
            points.push(last);
        }
        (last.normal > 0 && last.defective > 0).then_some(Self { points })
    }

    fn totals(&self) -> (u64, u64) {
        self.points.last().map(|all| (all.normal, all.defective)).unwrap_or_default()
    }

    /// Neighbouring points, beginning with the one where nothing is flagged.
    fn steps(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let nothing = std::iter::once(Point::default());
        nothing.chain(self.points.iter().copied()).zip(self.points.iter().copied())
    }

    /// Area under the ROC curve.
    pub(crate) fn area(&self) -> f64 {
        let (normal, defective) = self.totals();
        let under = |(a, b): (Point, Point)| u128::from(b.normal - a.normal) * u128::from(a.defective + b.defective);
        let twice: u128 = self.steps().map(under).sum();
        twice as f64 / (2.0 * normal as f64 * defective as f64)
    }

    /// Precision summed over the steps of recall.
    pub(crate) fn average_precision(&self) -> f64 {
        let (_, defective) = self.totals();
        let step = |(a, b): (Point, Point)| (b.defective - a.defective) as f64 * b.precision();
        self.steps().map(step).sum::<f64>() / defective as f64
    }

    /// The largest F1 and the lowest threshold that reaches it.
    pub(crate) fn f1_max(&self) -> (f64, f32) {
        let (_, defective) = self.totals();
        let mut best = Point::default();
        let f1 = |point: &Point| 2.0 * point.defective as f64 / (point.flagged() + defective) as f64;
        // Fractions are compared without rounding: equal ones are not mistaken for nearly equal ones.
        let parts = |point: &Point| (u128::from(point.defective), u128::from(point.flagged() + defective));
        for point in &self.points {
            let ((a, b), (c, d)) = (parts(point), parts(&best));
            if a * d >= c * b {
                best = *point;
            }
        }
        (f1(&best), best.threshold)
    }

    /// False and true positive rates from (0, 0) to (1, 1).
    pub(crate) fn rates(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let (normal, defective) = self.totals();
        let nothing = std::iter::once((0.0, 0.0));
        nothing.chain(
            self.points.iter().map(move |p| (p.normal as f64 / normal as f64, p.defective as f64 / defective as f64)),
        )
    }
}

impl Point {
    fn flagged(&self) -> u64 {
        self.normal + self.defective
    }

    fn precision(&self) -> f64 {
        self.defective as f64 / self.flagged() as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAN: f32 = f32::NAN;

    #[test]
    fn hand_computed_areas() {
        // Normal scores, defective scores, wins plus half the ties, pairs.
        for (normal, defective, won, pairs) in [
            (&[1.0, 2.0][..], &[3.0, 4.0][..], 4.0, 4.0),
            (&[3.0, 4.0], &[1.0, 2.0], 0.0, 4.0),
            (&[1.0], &[1.0], 0.5, 1.0),
            (&[0.0, -0.0], &[0.0, -0.0], 2.0, 4.0),
            // 2 beats 1 and ties 2, 5 beats all three: 1.5 + 3.
            (&[1.0, 2.0, 3.0], &[2.0, 5.0], 4.5, 6.0),
            // 0.35 beats 0.1, 0.8 beats both.
            (&[0.1, 0.4], &[0.35, 0.8], 3.0, 4.0),
            (&[1.0, 1.0, 2.0], &[1.0, 2.0, 2.0], 0.5 * 2.0 + (2.0 + 0.5) * 2.0, 9.0),
            // The scores of the golden evaluation: 1.53, 1.68 against 8.57, 6.21, 2.06.
            (&[1.532, 1.677], &[8.566, 6.208, 2.056], 6.0, 6.0),
            (&[f32::NEG_INFINITY], &[f32::INFINITY], 1.0, 1.0),
            // A defective image without a score is never found, a normal one never flagged.
            (&[1.0], &[NAN, 2.0], 1.0, 2.0),
            (&[1.0, NAN], &[2.0], 2.0, 2.0),
            (&[NAN], &[NAN], 0.5, 1.0),
        ] {
            let scored = normal.iter().map(|&s| (s, false)).chain(defective.iter().map(|&s| (s, true)));
            assert_eq!(image_auroc(scored), Some(won / pairs), "{normal:?} {defective:?}");
        }
    }

    #[test]
    fn one_class_has_no_area() {
        for scored in [vec![], vec![(1.0, true), (2.0, true)], vec![(1.0, false)], vec![(NAN, true)]] {
            assert_eq!(image_auroc(scored), None);
        }
    }

    #[test]
    fn hand_computed_precision_and_f1() {
        // Flagged from 0.8 on: 1 of 1; from 0.4: 1 of 2; from 0.35: 2 of 3; from 0.1: 2 of 4.
        let curve = Curve::new([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]).unwrap();
        assert!((curve.average_precision() - (0.5 + 0.5 * 2.0 / 3.0)).abs() < 1e-15);
        assert_eq!(curve.f1_max(), (0.8, 0.35));
        // Two thresholds reach 2/3: the lower one finds more.
        let curve = Curve::new([(3.0, true), (2.0, false), (2.0, false), (1.0, true)]).unwrap();
        assert_eq!(curve.f1_max(), (2.0 / 3.0, 1.0));
        let curve = Curve::new([(1.0, true), (1.0, false), (1.0, false)]).unwrap();
        assert_eq!((curve.average_precision(), curve.f1_max()), (1.0 / 3.0, (0.5, 1.0)));
    }

    fn scored() -> impl Strategy<Value = Vec<(f32, bool)>> {
        let score = prop_oneof![(0_i8..6).prop_map(f32::from), Just(NAN), any::<f32>()];
        prop::collection::vec((score, any::<bool>()), 0..60)
    }

    proptest! {
        #[test]
        fn it_is_the_share_of_pairs(scored in scored()) {
            let value = |s: f32| if s.is_nan() { f32::NEG_INFINITY } else { s };
            let (mut won, mut pairs) = (0.0, 0.0);
            for (d, _) in scored.iter().filter(|s| s.1) {
                for (n, _) in scored.iter().filter(|s| !s.1) {
                    pairs += 1.0;
                    won += if value(*d) > value(*n) { 1.0 } else if value(*d) == value(*n) { 0.5 } else { 0.0 };
                }
            }
            let expected = (pairs > 0.0).then(|| won / pairs);
            prop_assert_eq!(image_auroc(scored), expected);
        }

        #[test]
        fn rates_rise_from_nothing_to_everything(scored in scored()) {
            if let Some(curve) = Curve::new(scored) {
                let rates: Vec<(f64, f64)> = curve.rates().collect();
                prop_assert_eq!(rates.first(), Some(&(0.0, 0.0)));
                prop_assert_eq!(rates.last(), Some(&(1.0, 1.0)));
                prop_assert!(rates.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1));
            }
        }
    }
}
