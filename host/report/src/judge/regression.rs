//! A regression: how far the numbers that it estimates are from those they should be.
//!
//! The figures are scikit-learn's; means over several values weigh each the same.

use crate::model::{Estimate, Pairing, RegressionMetrics, ValueMetrics};

/// Takes the rows of a regression one after the other.
#[derive(Debug)]
pub struct Regression {
    names: Vec<String>,
    rows: Vec<Estimate>,
    /// Target and estimate of every value of the rows that count, row after row.
    pairs: Vec<(f64, f64)>,
    undecided: usize,
}

impl Regression {
    /// For the values with these names.
    pub fn new(names: Vec<String>) -> Self {
        Self { names, rows: Vec::new(), pairs: Vec::new(), undecided: 0 }
    }

    /// Adds a row: what its values should be, if that is known, and what the model gave.
    pub fn add(&mut self, target: Option<&[f64]>, found: &[f32]) {
        let shown = |values: &[f32]| values.iter().take(Estimate::SHOWN).copied().collect();
        let mut estimate = Estimate { found: shown(found), ..Estimate::default() };
        if let Some(target) = target {
            estimate.target = target.iter().take(Estimate::SHOWN).map(|&value| value as f32).collect();
            let finite = found.iter().all(|value| value.is_finite()) && target.iter().all(|value| value.is_finite());
            if finite && found.len() == target.len() && !found.is_empty() {
                let pairs = || target.iter().copied().zip(found.iter().map(|&value| f64::from(value)));
                estimate.error =
                    Some(pairs().map(|(due, found)| (due - found).abs()).sum::<f64>() / found.len() as f64);
                self.pairs.extend(pairs());
            } else {
                self.undecided += 1;
            }
        }
        self.rows.push(estimate);
    }

    /// The figures, and the numbers of each row.
    pub fn finish(self, pairing: Pairing) -> (RegressionMetrics, Vec<Estimate>) {
        let width = self.names.len().max(1);
        let rows = self.pairs.len() / width;
        let of_value = |(place, name): (usize, &String)| {
            let pairs = || self.pairs.iter().skip(place).step_by(width).copied();
            ValueMetrics::of(name, rows, &pairs)
        };
        let values: Vec<ValueMetrics> =
            if rows > 0 { self.names.iter().enumerate().map(of_value).collect() } else { Vec::new() };
        let mean = |of: &dyn Fn(&ValueMetrics) -> Option<f64>| {
            let all: Option<Vec<f64>> = values.iter().map(of).collect();
            all.filter(|all| !all.is_empty()).map(|all| all.iter().sum::<f64>() / all.len() as f64)
        };
        let metrics = RegressionMetrics {
            pairing,
            rows,
            undecided: self.undecided,
            mae: mean(&|value| Some(value.mae)),
            rmse: mean(&|value| Some(value.rmse)),
            r2: mean(&|value| value.r2),
            values,
        };
        (metrics, self.rows)
    }
}

impl ValueMetrics {
    fn of<I: Iterator<Item = (f64, f64)>>(name: &str, rows: usize, pairs: &dyn Fn() -> I) -> Self {
        let count = rows as f64;
        let squares: f64 = pairs().map(|(due, found)| (due - found).powi(2)).sum();
        let middle = pairs().map(|(due, _)| due).sum::<f64>() / count;
        let spread: f64 = pairs().map(|(due, _)| (due - middle).powi(2)).sum();
        let r2 = match (squares, spread) {
            // Targets that are all the same leave nothing to explain.
            (_, 0.0) => f64::from(u8::from(squares == 0.0)),
            (squares, spread) => 1.0 - squares / spread,
        };
        Self {
            name: name.to_owned(),
            mae: pairs().map(|(due, found)| (due - found).abs()).sum::<f64>() / count,
            rmse: (squares / count).sqrt(),
            r2: (rows > 1).then_some(r2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_compared_is_left_out() {
        let mut regression = Regression::new(vec!["y".to_owned()]);
        regression.add(Some(&[1.0]), &[1.5]);
        regression.add(Some(&[2.0]), &[f32::NAN]);
        regression.add(None, &[3.0]);
        let (metrics, rows) = regression.finish(Pairing::default());
        assert_eq!((metrics.rows, metrics.undecided), (1, 1));
        assert_eq!((metrics.mae, metrics.rmse, metrics.r2), (Some(0.5), Some(0.5), None));
        assert_eq!(rows.iter().map(|row| row.error).collect::<Vec<_>>(), [Some(0.5), None, None]);
        let (nothing, _) = Regression::new(vec!["y".to_owned()]).finish(Pairing::default());
        assert_eq!((nothing.mae, nothing.r2, nothing.values.len()), (None, None, 0));
    }
}
