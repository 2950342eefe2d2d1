//! What one program took in one round, and the middle of several rounds.

use serde::{Deserialize, Serialize};

/// What a program took for training and evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// From the first training image to the last one's features, with reading, decoding and what is summed on the way.
    pub(crate) features_seconds: f64,
    /// From features to the finished detector, for PaDiM with the sums: statistics and inverse, or the coreset.
    pub(crate) fitting_seconds: f64,
    /// Training as a whole.
    pub(crate) train_seconds: f64,
    /// Evaluation as a whole.
    pub(crate) evaluate_seconds: f64,
    /// From the start of the first process to the end of the last.
    #[serde(default)]
    pub(crate) process_seconds: f64,
    /// Memory of all processes at its peak.
    #[serde(default)]
    pub(crate) peak_bytes: u64,
}

impl Figures {
    /// Training and evaluation.
    pub(crate) fn whole_seconds(&self) -> f64 {
        self.train_seconds + self.evaluate_seconds
    }

    /// Each figure's median over the rounds, but the largest memory.
    pub(crate) fn middle(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            features_seconds: of(|round| round.features_seconds),
            fitting_seconds: of(|round| round.fitting_seconds),
            train_seconds: of(|round| round.train_seconds),
            evaluate_seconds: of(|round| round.evaluate_seconds),
            process_seconds: of(|round| round.process_seconds),
            peak_bytes: rounds.iter().map(|round| round.peak_bytes).max().unwrap_or(0),
        }
    }
}

/// The value in the middle, or the mean of the two there; NaN of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_rounds_is_their_median_but_for_memory() {
        let round = |seconds, peak_bytes| Figures {
            features_seconds: seconds,
            fitting_seconds: 1.0,
            train_seconds: 2.0 * seconds,
            evaluate_seconds: 3.0,
            process_seconds: 9.0,
            peak_bytes,
        };
        let middle = Figures::middle(&[round(5.0, 7), round(1.0, 9), round(2.0, 8)]);
        assert_eq!(middle, Figures { features_seconds: 2.0, ..round(2.0, 9) });
        assert_eq!(middle.whole_seconds(), 7.0);
        assert_eq!(median(vec![1.0, 4.0]), 2.5);
        assert!(median(vec![]).is_nan());
    }
}
