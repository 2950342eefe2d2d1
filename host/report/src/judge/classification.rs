//! A classifier: how often each class was taken for which, and what that is worth.
//!
//! The figures are scikit-learn's: means are those over the classes that occur as labels or as predictions, and what
//! divides by nothing counts as 0 in them.

use crate::judge::Curve;
use crate::model::{ClassMetrics, ClassificationMetrics, Pairing, Prediction};

/// The most values that are kept for average precisions: 256 MB of them.
const MOST_VALUES: usize = 1 << 26;
/// By how much shares may miss a sum of 1.
const ROUNDING: f64 = 1e-3;

/// Takes the rows of a classifier one after the other.
#[derive(Debug)]
pub struct Classifier {
    names: Vec<String>,
    rows: Vec<Prediction>,
    /// The values of all rows, one class after the other; empty once they are too many.
    values: Vec<f32>,
    keeps_values: bool,
    probabilities: bool,
}

impl Classifier {
    /// For the classes with these names, at least two.
    pub fn new(names: Vec<String>) -> Self {
        Self { names, rows: Vec::new(), values: Vec::new(), keeps_values: true, probabilities: true }
    }

    /// Adds a row: its label, and the model's value for each class, or a single one for the second of two classes. A label
    /// that is no class counts as none.
    pub fn add(&mut self, label: Option<usize>, values: &[f32]) {
        let both = [1.0 - values.first().copied().unwrap_or(f32::NAN), values.first().copied().unwrap_or(f32::NAN)];
        // A single value predicts the second class from 0.5 on.
        let single = values.len() == 1;
        let classes = self.names.len();
        let values = if single { &both } else { &values[..values.len().min(classes)] };
        let label = label.filter(|&label| label < classes);
        let class = if single { usize_of(both[1]) } else { largest(values) };
        let confidence = class.and_then(|class| values.get(class)).copied().unwrap_or(f32::NAN);
        let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
        self.probabilities &= values.iter().all(|value| (0.0..=1.0).contains(value)) && (sum - 1.0).abs() < ROUNDING;
        self.rows.push(Prediction { label, class, confidence });
        if self.keeps_values && self.values.len() + self.names.len() <= MOST_VALUES {
            self.values.extend((0..classes).map(|class| values.get(class).copied().unwrap_or(f32::NAN)));
        } else {
            self.keeps_values = false;
            self.values = Vec::new();
        }
    }

    /// The figures, and what was predicted for each row.
    pub fn finish(self, pairing: Pairing) -> (ClassificationMetrics, Vec<Prediction>) {
        let count = self.names.len();
        let mut confusion = vec![vec![0_u64; count]; count];
        let (mut labelled, mut predicted) = (vec![0_usize; count], vec![0_usize; count]);
        let mut undecided = 0;
        for (label, class) in self.rows.iter().filter_map(|row| Some((row.label?, row.class))) {
            labelled[label] += 1;
            match class {
                Some(class) => {
                    predicted[class] += 1;
                    confusion[label][class] += 1;
                }
                None => undecided += 1,
            }
        }
        let classes: Vec<ClassMetrics> = (0..count)
            .map(|class| {
                let right = confusion[class][class] as f64;
                let of = |all: usize| (all > 0).then(|| right / all as f64);
                let (precision, recall) = (of(predicted[class]), of(labelled[class]));
                let either = predicted[class] + labelled[class];
                ClassMetrics {
                    name: self.names[class].clone(),
                    labelled: labelled[class],
                    predicted: predicted[class],
                    precision,
                    recall,
                    f1: (either > 0).then(|| 2.0 * right / either as f64),
                    average_precision: self.average_precision(class),
                }
            })
            .collect();
        let correct: u64 = (0..count).map(|class| confusion[class][class]).sum();
        let all: usize = labelled.iter().sum();
        let occurring = || classes.iter().filter(|class| class.labelled + class.predicted > 0);
        let over = |of: fn(&ClassMetrics) -> Option<f64>| mean(occurring().map(|class| of(class).unwrap_or_default()));
        let metrics = ClassificationMetrics {
            pairing,
            labelled: all,
            correct: correct as usize,
            undecided,
            accuracy: (all > 0).then(|| correct as f64 / all as f64),
            precision: over(|class| class.precision),
            recall: over(|class| class.recall),
            f1: over(|class| class.f1),
            average_precision: mean(classes.iter().filter_map(|class| class.average_precision)),
            classes,
            confusion,
            probabilities: self.probabilities && !self.rows.is_empty(),
        };
        (metrics, self.rows)
    }

    /// `None` where no row, or every row, is labelled so.
    fn average_precision(&self, class: usize) -> Option<f64> {
        if !self.keeps_values {
            return None;
        }
        let values = self.values.chunks_exact(self.names.len());
        let labelled =
            self.rows.iter().zip(values).filter_map(|(row, values)| Some((values[class], row.label? == class)));
        Curve::new(labelled).map(|curve| curve.average_precision())
    }
}

fn usize_of(value: f32) -> Option<usize> {
    (!value.is_nan()).then_some(usize::from(value >= 0.5))
}

/// The place of the first largest value; `None` where there is no number.
fn largest(values: &[f32]) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (place, &value) in values.iter().enumerate() {
        if !value.is_nan() && best.is_none_or(|(_, most)| value > most) {
            best = Some((place, value));
        }
    }
    best.map(|(place, _)| place)
}

/// The mean; `None` of nothing.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(classes: usize, rows: &[(Option<usize>, &[f32])]) -> (ClassificationMetrics, Vec<Prediction>) {
        let mut classifier = Classifier::new((0..classes).map(|class| class.to_string()).collect());
        for (label, values) in rows {
            classifier.add(*label, values);
        }
        classifier.finish(Pairing::default())
    }

    #[test]
    fn what_has_no_number_is_wrong_and_what_has_no_label_does_not_count() {
        let nan = f32::NAN;
        let (metrics, rows) =
            judged(2, &[(Some(0), &[0.9, 0.1]), (Some(1), &[0.6, 0.4]), (Some(1), &[nan, nan]), (None, &[0.2, 0.8])]);
        assert_eq!((metrics.labelled, metrics.correct, metrics.undecided), (3, 1, 1));
        assert_eq!(metrics.accuracy, Some(1.0 / 3.0));
        assert_eq!(metrics.confusion, [[1, 0], [1, 0]]);
        assert_eq!(rows.iter().map(|row| row.class).collect::<Vec<_>>(), [Some(0), Some(0), None, Some(1)]);
        assert_eq!(
            rows.iter().map(Prediction::is_correct).collect::<Vec<_>>(),
            [Some(true), Some(false), Some(false), None]
        );
        assert!(!metrics.probabilities);
    }

    #[test]
    fn a_single_value_speaks_for_the_second_class() {
        let (metrics, rows) = judged(2, &[(Some(0), &[0.25]), (Some(1), &[0.5]), (Some(1), &[0.125])]);
        assert_eq!(rows.iter().map(|row| row.confidence).collect::<Vec<_>>(), [0.75, 0.5, 0.875]);
        assert_eq!(metrics.accuracy, Some(2.0 / 3.0));
        assert!(metrics.probabilities);
    }

    #[test]
    fn without_labels_there_are_predictions_and_no_figures() {
        let (metrics, rows) = judged(3, &[(None, &[0.1, 0.7, 0.2])]);
        assert_eq!((metrics.accuracy, metrics.f1, metrics.average_precision), (None, None, None));
        assert_eq!(rows[0].class, Some(1));
    }
}
