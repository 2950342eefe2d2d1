//! From scores to verdicts: the threshold, where it comes from, and what can be said about its false alarms.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::NotASource;

/// What separates OK from NG: an image is NG from this score on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The lowest score that is NG.
    #[serde(with = "crate::number::float")]
    pub value: f32,
    /// Where it comes from.
    pub origin: ThresholdOrigin,
    /// What normal images say about it; `None` when there are none.
    pub false_alarms: Option<FalseAlarms>,
}

/// Where a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThresholdOrigin {
    /// The user gave it.
    Fixed,
    /// Scores of normal images, at a false-alarm rate.
    Normals {
        /// Which normal images.
        source: NormalSource,
        /// The false-alarm rate that was asked for, 0 to 1.
        wanted: f64,
        /// The rate that so many images can promise on average over sets of normal images. Larger than `wanted` when
        /// the images are too few.
        promised: f64,
    },
}

/// False alarms among normal images, and what they say about others of their kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FalseAlarms {
    /// Which normal images.
    pub source: NormalSource,
    /// How many.
    pub images: usize,
    /// Those at or above the threshold.
    pub above: usize,
    /// Lower end of the confidence interval of the false-alarm rate, 0 to 1 (Clopper and Pearson, Biometrika 1934).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Confidence of the interval, 0 to 1.
    pub confidence: f64,
}

/// Whose normal images a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NormalSource {
    /// Those the model was trained on. Their scores are lower than those of new images, so the rate is too optimistic.
    Training,
    /// Those labelled 0 in the evaluated dataset.
    Validation,
    /// Images of their own, which neither training nor evaluation saw.
    Calibration,
}

impl NormalSource {
    /// The word for it in project files, on the command line and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Calibration => "calibration",
        }
    }
}

impl FromStr for NormalSource {
    type Err = NotASource;

    fn from_str(text: &str) -> Result<Self, NotASource> {
        let all = [Self::Training, Self::Validation, Self::Calibration];
        let named = all.into_iter().find(|source| source.name() == text);
        named.ok_or_else(|| NotASource { found: text.to_owned() })
    }
}

/// Scores of normal images outside of the evaluated dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormalScores {
    /// Which normal images.
    pub source: NormalSource,
    /// Their scores.
    #[serde(with = "crate::number::floats")]
    pub scores: Vec<f32>,
}

/// What the threshold says about an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Below the threshold.
    #[serde(rename = "OK")]
    Ok,
    /// At or above the threshold.
    #[serde(rename = "NG")]
    Ng,
}

impl Threshold {
    /// A threshold that the user gives, with what normal images say about it.
    pub fn fixed(value: f32, normals: Option<(NormalSource, &[f32])>, confidence: f64) -> Self {
        let false_alarms = normals.and_then(|(source, scores)| FalseAlarms::of(source, scores, value, confidence));
        Self { value, origin: ThresholdOrigin::Fixed, false_alarms }
    }

    /// The lowest threshold that keeps the false-alarm rate at or below `wanted` (between 0 and 1), averaged over sets
    /// of so many normal images. `None` when no image has a score.
    ///
    /// It lies just above one of the scores: of n scores and one more image of the same kind, every order is equally
    /// likely, so that the new image is above the k-th smallest with a probability of at most (n + 1 - k) / (n + 1),
    /// whatever the scores' distribution. No shape is fitted to it: nothing is known about the tail, which is all that
    /// matters here. Less than 1 / `wanted` - 1 images cannot promise the rate; then the threshold lies just above the
    /// largest score, and `promised` in the origin says what that is worth.
    pub fn at_rate(source: NormalSource, scores: &[f32], wanted: f64, confidence: f64) -> Option<Self> {
        let mut sorted: Vec<f32> = scores.iter().copied().filter(|score| !score.is_nan()).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let more = sorted.len() + 1;
        // A hair more, since 100 * 0.01 need not be 1 in binary.
        let beyond = (more as f64 * wanted * (1.0 + 1e-12)) as usize;
        let beyond = beyond.clamp(1, sorted.len().max(1));
        let value = sorted.get(sorted.len().checked_sub(beyond)?)?.next_up();
        let origin = ThresholdOrigin::Normals { source, wanted, promised: beyond as f64 / more as f64 };
        Some(Self { value, origin, false_alarms: FalseAlarms::of(source, &sorted, value, confidence) })
    }

    /// What the threshold says about a score; nothing about NaN.
    pub fn verdict(&self, score: f32) -> Option<Verdict> {
        match score {
            score if score.is_nan() => None,
            score if score >= self.value => Some(Verdict::Ng),
            _ => Some(Verdict::Ok),
        }
    }
}

/// The smallest number of normal images that can promise a false-alarm rate.
pub fn images_needed(rate: f64) -> usize {
    ((1.0 / rate) * (1.0 - 1e-12)).ceil() as usize - 1
}

impl FalseAlarms {
    /// `None` without scores; NaN does not count.
    fn of(source: NormalSource, scores: &[f32], threshold: f32, confidence: f64) -> Option<Self> {
        let images = scores.iter().filter(|score| !score.is_nan()).count();
        let above = scores.iter().filter(|score| **score >= threshold).count();
        let (low, high) = clopper_pearson(above, images, confidence)?;
        Some(Self { source, images, above, low, high, confidence })
    }
}

/// The exact confidence interval of a rate that was met `hits` times in `trials`; `None` without trials.
fn clopper_pearson(hits: usize, trials: usize, confidence: f64) -> Option<(f64, f64)> {
    if trials == 0 {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    let low = match hits.checked_sub(1) {
        // So many hits or more are just as unlikely as `tail` allows.
        Some(fewer) => bisect(|rate| 1.0 - at_most(fewer, trials, rate) < tail),
        None => 0.0,
    };
    let high = if hits == trials { 1.0 } else { bisect(|rate| at_most(hits, trials, rate) > tail) };
    Some((low, high))
}

/// The rate between 0 and 1 where `below` turns false.
fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Each round halves the interval; after 60 nothing is left of it in 64 bits.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Probability of at most `hits` in `trials` at `rate`.
fn at_most(hits: usize, trials: usize, rate: f64) -> f64 {
    let (hit, miss) = (rate.ln(), (-rate).ln_1p());
    let mut choices = 0.0;
    let mut sum = 0.0;
    for i in 0..=hits {
        // Logarithms, since factorials overflow.
        sum += (choices + i as f64 * hit + (trials - i) as f64 * miss).exp();
        choices += ((trials - i) as f64 / (i + 1) as f64).ln();
    }
    sum
}

impl Verdict {
    /// `OK` or `NG`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Ng => "NG",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOURCE: NormalSource = NormalSource::Calibration;

    fn at_rate(scores: &[f32], wanted: f64) -> (f32, f64, usize) {
        let threshold = Threshold::at_rate(SOURCE, scores, wanted, 0.95).unwrap();
        let ThresholdOrigin::Normals { promised, .. } = threshold.origin else { panic!("{threshold:?}") };
        (threshold.value, promised, threshold.false_alarms.unwrap().above)
    }

    #[test]
    fn the_threshold_lies_just_above_the_right_score() {
        let scores: Vec<f32> = (1..=99).map(|i| i as f32).collect();
        // One of 100 orders puts a new image on top.
        assert_eq!(at_rate(&scores, 0.01), (99.0_f32.next_up(), 0.01, 0));
        assert_eq!(at_rate(&scores, 0.05), (95.0_f32.next_up(), 0.05, 4));
        assert_eq!(at_rate(&scores, 0.5), (50.0_f32.next_up(), 0.5, 49));
        // Too few images: the largest score, and the truth about it.
        assert_eq!(at_rate(&scores[..9], 0.01), (9.0_f32.next_up(), 0.1, 0));
        assert_eq!(at_rate(&[2.0, f32::NAN], 0.9), (2.0_f32.next_up(), 0.5, 0));
        // Equal scores are flagged together or not at all.
        assert_eq!(at_rate(&[1.0, 3.0, 3.0, 3.0], 0.4), (3.0_f32.next_up(), 0.4, 0));
        assert_eq!(Threshold::at_rate(SOURCE, &[f32::NAN], 0.1, 0.95), None);
        for (rate, images) in [(0.01, 99), (0.05, 19), (0.001, 999), (0.5, 1), (0.03, 33)] {
            assert_eq!(images_needed(rate), images, "{rate}");
        }
    }

    #[test]
    fn verdicts_and_false_alarms_of_a_fixed_threshold() {
        let threshold = Threshold::fixed(2.0, Some((SOURCE, &[1.0, 2.0, 3.0, f32::NAN])), 0.95);
        let alarms = threshold.false_alarms.unwrap();
        assert_eq!((alarms.above, alarms.images), (2, 3));
        for (score, verdict) in [(1.9, Some(Verdict::Ok)), (2.0, Some(Verdict::Ng)), (f32::NAN, None)] {
            assert_eq!(threshold.verdict(score), verdict);
        }
        assert_eq!(Threshold::fixed(2.0, Some((SOURCE, &[])), 0.95).false_alarms, None);
    }

    #[test]
    fn intervals_without_and_with_nothing_but_hits() {
        // The upper end solves (1 - p)^n = 0.025.
        let (low, high) = clopper_pearson(0, 40, 0.95).unwrap();
        assert_eq!(low, 0.0);
        assert!((high - (1.0 - 0.025_f64.powf(1.0 / 40.0))).abs() < 1e-14);
        assert_eq!(clopper_pearson(7, 7, 0.9).unwrap().1, 1.0);
        assert_eq!(clopper_pearson(0, 0, 0.9), None);
    }

    proptest! {
        #[test]
        fn a_new_image_is_flagged_no_more_often_than_promised(
            scores in prop::collection::vec(0_i8..20, 2..60), wanted in 0.01_f64..0.9
        ) {
            // Every image in turn is the new one: the share of those flagged by the others is the promise.
            let flagged = (0..scores.len()).filter(|&new| {
                let others = scores.iter().enumerate().filter(|(i, _)| *i != new).map(|(_, &s)| f32::from(s));
                let others: Vec<f32> = others.collect();
                let threshold = Threshold::at_rate(SOURCE, &others, wanted, 0.95).unwrap();
                threshold.verdict(f32::from(scores[new])) == Some(Verdict::Ng)
            });
            let allowed = ((scores.len() as f64 * wanted * (1.0 + 1e-12)) as usize).max(1);
            prop_assert!(flagged.count() <= allowed);
        }
    }
}
