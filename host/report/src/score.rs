//! From a detector's values to the one score of an image.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::NotARule;

/// Where a Gaussian ends, in standard deviations; beyond it less than one in ten thousand is left.
const REACH: f64 = 4.0;
/// The widest Gaussian, in cells of the map.
const MAX_SIGMA: f64 = 100.0;

/// How the values of one image become its score. Written as `max`, `top 10`, `top 1%`, `smooth 1.5` or
/// `contrast 1`.
///
/// ```
/// use nnc_report::ScoreRule;
///
/// let map = [0.0, 1.0, 8.0, 3.0];
/// let score = |rule: &str| rule.parse::<ScoreRule>().map(|rule| rule.score(&map, &[2, 2]));
/// assert_eq!(score("max"), Ok(8.0));
/// assert_eq!(score("top 2"), Ok(5.5));
/// assert_eq!(score("top 75%"), Ok(4.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ScoreRule {
    /// The largest value.
    #[default]
    Max,
    /// The mean of so many largest values: one noisy cell counts less.
    TopCount(usize),
    /// The mean of the largest values, so large a share of all, 0 to 1.
    TopShare(f64),
    /// The largest value after a Gaussian of this standard deviation in cells of the map: single cells count less than
    /// regions. The map continues mirrored beyond its border.
    Smooth(f64),
    /// After a Gaussian of this standard deviation in cells, the mean of the largest 1 % of the values, minus half the
    /// median of the map as it was: what stands out of an image that is unusual as a whole, by its light for example.
    Contrast(f64),
}

/// The share of the largest values that a contrast is about.
const CONTRAST_TOP: f64 = 0.01;
/// How much of the median a contrast takes away.
const CONTRAST_MEDIAN: f64 = 0.5;

impl ScoreRule {
    /// The score of an image whose detector gave `values` of this shape. NaN when there is no number among them.
    ///
    /// Values that are no number do not count. The last two dimensions of a shape are rows and columns; values that
    /// are no map (scalars and vectors) are never smoothed.
    pub fn score(self, values: &[f32], shape: &[usize]) -> f32 {
        match self {
            Self::Max => largest(values),
            Self::TopCount(count) => mean_of_top(values, |_| count),
            Self::TopShare(share) => mean_of_top(values, of_all(share)),
            Self::Smooth(sigma) => largest(&all_smoothed(values, shape, sigma)),
            Self::Contrast(sigma) => contrast(&all_smoothed(values, shape, sigma), values),
        }
    }

    /// The score of those cells alone; of all where there are none to choose. A Gaussian takes no value from other cells.
    pub fn score_within(self, values: &[f32], shape: &[usize], cells: Option<&[bool]>) -> f32 {
        let Some(cells) = cells.filter(|cells| cells.len() == values.len()) else { return self.score(values, shape) };
        let chosen = |values: &[f32]| -> Vec<f32> {
            values.iter().zip(cells).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect()
        };
        let inside = chosen(values);
        let smoothed = |sigma| {
            let weights: Vec<f32> = cells.iter().map(|&inside| f32::from(u8::from(inside))).collect();
            let masked: Vec<f32> = values.iter().zip(&weights).map(|(value, weight)| value * weight).collect();
            let (sums, weights) = (all_smoothed(&masked, shape, sigma), all_smoothed(&weights, shape, sigma));
            chosen(&sums.iter().zip(&weights).map(|(sum, weight)| sum / weight).collect::<Vec<_>>())
        };
        match self {
            Self::Smooth(sigma) => largest(&smoothed(sigma)),
            Self::Contrast(sigma) => contrast(&smoothed(sigma), &inside),
            _ => self.score(&inside, &[inside.len()]),
        }
    }
}

impl ScoreRule {
    /// What the score lies below the values of this map that it comes from, whichever they are: a pixel belongs to a defect from
    /// the threshold and this on.
    pub(crate) fn shift(self, values: &[f32]) -> f32 {
        match self {
            Self::Contrast(_) => (CONTRAST_MEDIAN * median(values)) as f32,
            _ => 0.0,
        }
    }
}

/// What stands out of a smoothed map, beside the map as it was.
fn contrast(smoothed: &[f32], values: &[f32]) -> f32 {
    (f64::from(mean_of_top(smoothed, of_all(CONTRAST_TOP))) - CONTRAST_MEDIAN * median(values)) as f32
}

fn of_all(share: f64) -> impl Fn(usize) -> usize {
    move |all| (all as f64 * share).ceil() as usize
}

/// The middle value, or the mean of the two in the middle; NaN without a number.
pub fn median(values: &[f32]) -> f64 {
    let mut numbers: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if numbers.is_empty() {
        return f64::NAN;
    }
    let middle = numbers.len() / 2;
    let even = numbers.len().is_multiple_of(2);
    let (below, &mut upper, _) = numbers.select_nth_unstable_by(middle, f32::total_cmp);
    let upper = f64::from(upper);
    if even { (f64::from(largest(below)) + upper) / 2.0 } else { upper }
}

/// The planes of a map after a Gaussian; values that are no map as they are.
fn all_smoothed(values: &[f32], shape: &[usize], sigma: f64) -> Vec<f32> {
    match shape {
        [.., rows, columns] if *rows > 0 && *columns > 0 => {
            values.chunks_exact(rows * columns).flat_map(|plane| smoothed(plane, *columns, sigma)).collect()
        }
        _ => values.to_vec(),
    }
}

fn largest(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::NAN, f32::max)
}

fn mean_of_top(values: &[f32], count: impl Fn(usize) -> usize) -> f32 {
    let mut numbers: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let count = count(numbers.len()).clamp(1, numbers.len().max(1));
    if numbers.is_empty() {
        return f32::NAN;
    }
    numbers.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
    let sum: f64 = numbers.iter().take(count).map(|&value| f64::from(value)).sum();
    (sum / count as f64) as f32
}

/// A map after a Gaussian, first along its lines, then along its columns.
fn smoothed(map: &[f32], columns: usize, sigma: f64) -> Vec<f32> {
    let weights = gaussian(sigma);
    let rows = map.len() / columns;
    let mut across = vec![0.0; map.len()];
    for (line, out) in map.chunks_exact(columns).zip(across.chunks_exact_mut(columns)) {
        blur(&weights, columns, |i| line[i], |i, value| out[i] = value);
    }
    let mut both = vec![0.0; map.len()];
    for column in 0..columns {
        blur(&weights, rows, |i| across[i * columns + column], |i, value| both[i * columns + column] = value);
    }
    both
}

/// Weights from the middle outwards; the whole Gaussian sums to 1.
fn gaussian(sigma: f64) -> Vec<f64> {
    let reach = (REACH * sigma + 0.5) as usize;
    let weights: Vec<f64> = (0..=reach).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| weight / sum).collect()
}

fn blur(weights: &[f64], len: usize, get: impl Fn(usize) -> f32, mut set: impl FnMut(usize, f32)) {
    let period = 2 * len as i64;
    let mirrored = |i: i64| {
        let i = i.rem_euclid(period) as usize;
        f64::from(get(if i < len { i } else { 2 * len - 1 - i }))
    };
    for i in 0..len {
        let place = i as i64;
        let sides =
            (1..).zip(&weights[1..]).map(|(step, weight)| weight * (mirrored(place - step) + mirrored(place + step)));
        set(i, (weights[0] * f64::from(get(i)) + sides.sum::<f64>()) as f32);
    }
}

impl fmt::Display for ScoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => f.write_str("max"),
            Self::TopCount(count) => write!(f, "top {count}"),
            Self::TopShare(share) => write!(f, "top {}%", share * 100.0),
            Self::Smooth(sigma) => write!(f, "smooth {sigma}"),
            Self::Contrast(sigma) => write!(f, "contrast {sigma}"),
        }
    }
}

impl From<ScoreRule> for String {
    fn from(rule: ScoreRule) -> Self {
        rule.to_string()
    }
}

impl TryFrom<String> for ScoreRule {
    type Error = NotARule;

    fn try_from(text: String) -> Result<Self, NotARule> {
        text.parse()
    }
}

impl FromStr for ScoreRule {
    type Err = NotARule;

    fn from_str(text: &str) -> Result<Self, NotARule> {
        let refuse = || NotARule { found: text.to_owned(), widest: MAX_SIGMA };
        let (name, value) = text.trim().split_once(' ').map_or((text.trim(), ""), |(name, value)| (name, value.trim()));
        let between = |text: &str, most: f64| {
            let value: f64 = text.trim().parse().map_err(|_| refuse())?;
            if value > 0.0 && value <= most { Ok(value) } else { Err(refuse()) }
        };
        match (name, value, value.strip_suffix('%')) {
            ("max", "", _) => Ok(Self::Max),
            ("top", _, Some(percent)) => Ok(Self::TopShare(between(percent, 100.0)? / 100.0)),
            ("top", count, None) => match count.parse() {
                Ok(count) if count > 0 => Ok(Self::TopCount(count)),
                _ => Err(refuse()),
            },
            ("smooth", sigma, _) => Ok(Self::Smooth(between(sigma, MAX_SIGMA)?)),
            ("contrast", sigma, _) => Ok(Self::Contrast(between(sigma, MAX_SIGMA)?)),
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAN: f32 = f32::NAN;

    #[test]
    fn hand_computed_scores() {
        let mean = ScoreRule::TopShare(1.0);
        for (rule, values, expected) in [
            (ScoreRule::Max, &[1.0, NAN, 3.0][..], 3.0),
            (ScoreRule::TopCount(2), &[1.0, NAN, 3.0, 2.0], 2.5),
            (ScoreRule::TopCount(9), &[1.0, 3.0], 2.0),
            // A share is rounded up: 1 of 3, then 2 of 3.
            (ScoreRule::TopShare(0.01), &[1.0, 5.0, 3.0], 5.0),
            (ScoreRule::TopShare(0.34), &[1.0, 5.0, 3.0], 4.0),
            (mean, &[-1.0, 5.0, 2.0], 2.0),
            (ScoreRule::TopCount(1), &[f32::INFINITY, 1.0], f32::INFINITY),
            // A scalar or a vector is not smoothed.
            (ScoreRule::Smooth(1.0), &[7.0], 7.0),
            // The largest of four, minus half of the mean of the two in the middle.
            (ScoreRule::Contrast(1.0), &[1.0, 9.0, 2.0, NAN, 4.0], 7.5),
            (ScoreRule::Contrast(1.0), &[3.0, 8.0, 1.0], 6.5),
        ] {
            assert_eq!(rule.score(values, &[values.len()]), expected, "{rule} {values:?}");
        }
        for rule in [ScoreRule::Max, ScoreRule::TopCount(2), mean, ScoreRule::Smooth(1.0), ScoreRule::Contrast(1.0)] {
            assert!(rule.score(&[], &[0]).is_nan() && rule.score(&[NAN, NAN], &[1, 2]).is_nan(), "{rule}");
        }
    }

    #[test]
    fn a_gaussian_spreads_a_single_cell_and_keeps_a_flat_map() {
        let mut map = [0.0; 15 * 15];
        map[7 * 15 + 7] = 1.0;
        // scipy.ndimage.gaussian_filter(map, 1.0).max()
        assert!((ScoreRule::Smooth(1.0).score(&map, &[15, 15]) - 0.159_155_9).abs() < 1e-6);
        // In a corner a quarter of the cell is mirrored three times: scipy.ndimage.gaussian_filter, mode "reflect".
        let mut corner = [0.0; 15 * 15];
        corner[0] = 1.0;
        assert!((ScoreRule::Smooth(1.0).score(&corner, &[15, 15]) - 0.410_771_93).abs() < 1e-6);
        assert!((ScoreRule::Smooth(2.5).score(&[3.0; 12], &[3, 4]) - 3.0).abs() < 1e-6);
        // gaussian_filter(map, 1.0), the mean of its 3 largest of 225 values, minus numpy.median(map + 2) / 2.
        let raised = map.map(|value| value + 2.0);
        let contrast = ScoreRule::Contrast(1.0).score(&raised, &[15, 15]);
        assert!((contrast - 1.117_407_2).abs() < 1e-6, "{contrast}");
        assert!((ScoreRule::Contrast(2.0).score(&[3.0; 12], &[3, 4]) - 1.5).abs() < 1e-6);
        // Planes are smoothed one by one.
        let planes: Vec<f32> = [[1.0; 9], [4.0; 9]].concat();
        assert!((ScoreRule::Smooth(1.0).score(&planes, &[2, 3, 3]) - 4.0).abs() < 1e-6);
    }

    #[test]
    fn cells_that_do_not_count_change_nothing() {
        // A map of which the right half does not count, and the left half alone.
        let line = [1.0, 4.0, 2.0, 99.0, -50.0, 7.0];
        let map: Vec<f32> = line.iter().copied().chain(line.map(|value| value + 1.0)).collect();
        let cells: Vec<bool> = (0..12).map(|at| at % 6 < 3).collect();
        let left = [1.0, 4.0, 2.0, 2.0, 5.0, 3.0];
        for rule in [ScoreRule::Max, ScoreRule::TopCount(2), ScoreRule::TopShare(0.5)] {
            assert_eq!(rule.score_within(&map, &[2, 6], Some(&cells)), rule.score(&left, &[2, 3]), "{rule}");
        }
        for rule in [ScoreRule::Smooth(1.0), ScoreRule::Contrast(1.0)] {
            let mut other = map.clone();
            other.iter_mut().zip(&cells).filter(|(_, inside)| !**inside).for_each(|(value, _)| *value = 1e6);
            let score = rule.score_within(&map, &[2, 6], Some(&cells));
            assert!(
                (score - rule.score_within(&other, &[2, 6], Some(&cells))).abs() < 1e-5 && score < 4.0,
                "{rule}: {score}"
            );
            // A flat map stays flat up to where it ends.
            let flat = rule.score_within(&[3.0; 12], &[2, 6], Some(&cells));
            assert!((flat - rule.score(&[3.0; 6], &[2, 3])).abs() < 1e-5, "{rule}: {flat}");
        }
        assert_eq!(ScoreRule::Max.score_within(&map, &[2, 6], None), 100.0);
    }

    #[test]
    fn rules_are_read_as_they_are_written() {
        for (text, rule) in [
            ("max", ScoreRule::Max),
            (" top  10 ", ScoreRule::TopCount(10)),
            ("top 1%", ScoreRule::TopShare(0.01)),
            ("top 0.5 %", ScoreRule::TopShare(0.005)),
            ("smooth 1.5", ScoreRule::Smooth(1.5)),
            ("contrast 1", ScoreRule::Contrast(1.0)),
        ] {
            assert_eq!(text.parse(), Ok(rule));
            assert_eq!(rule.to_string().parse(), Ok(rule));
        }
        for text in [
            "",
            "mean",
            "top",
            "top 0",
            "top 0%",
            "top 101%",
            "top -1",
            "smooth",
            "smooth nan",
            "smooth 1e9",
            "max 3",
            "contrast",
            "contrast 0",
            "contrast 1%",
        ] {
            let error = text.parse::<ScoreRule>().unwrap_err();
            assert_eq!(error, NotARule { found: text.to_owned(), widest: MAX_SIGMA });
        }
    }

    proptest! {
        #[test]
        fn no_rule_exceeds_the_largest_value(
            values in prop::collection::vec(-100_f32..100.0, 12..13), sigma in 0.1_f64..9.0, count in 1_usize..20
        ) {
            let largest = ScoreRule::Max.score(&values, &[3, 4]);
            for rule in [ScoreRule::Smooth(sigma), ScoreRule::TopCount(count)] {
                prop_assert!(rule.score(&values, &[3, 4]) <= largest + 1e-4);
            }
            // Distances are not negative, and neither is their contrast.
            let distances: Vec<f32> = values.iter().map(|value| value.abs()).collect();
            prop_assert!(ScoreRule::Contrast(sigma).score(&distances, &[3, 4]) >= -1e-4);
        }
    }
}
