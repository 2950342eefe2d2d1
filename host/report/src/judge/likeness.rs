//! A regression whose targets are pictures: how near every value comes to what it should be.
//!
//! The figures are those of scikit-image: the peak signal-to-noise ratio is `10 log10(peak² / mean squared error)`.

use crate::model::{LikenessMetrics, Pairing};

/// Takes the rows one after the other.
#[derive(Debug, Default)]
pub struct Likenesses {
    peak: Option<f64>,
    rows: usize,
    unlabelled: usize,
    undecided: usize,
    sums: Sums,
}

/// Of absolute and of squared differences, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    values: u64,
    absolute: f64,
    squares: f64,
}

/// Mean absolute error, root of the mean squared error, and peak signal-to-noise ratio.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Distance {
    /// Mean absolute error; `None` of nothing.
    pub mae: Option<f64>,
    /// Root of the mean squared error, likewise.
    pub rmse: Option<f64>,
    /// Peak signal-to-noise ratio in decibels; `None` also without a peak, and where nothing differs.
    pub psnr: Option<f64>,
}

impl Sums {
    fn distance(self, peak: Option<f64>) -> Distance {
        if self.values == 0 {
            return Distance::default();
        }
        let count = self.values as f64;
        let (mae, mse) = (self.absolute / count, self.squares / count);
        let psnr = peak.filter(|_| mse > 0.0).map(|peak| 10.0 * (peak * peak / mse).log10());
        Distance { mae: Some(mae), rmse: Some(mse.sqrt()), psnr }
    }
}

impl Likenesses {
    /// For targets whose largest value is `peak`, if they have one.
    pub fn new(peak: Option<f64>) -> Self {
        Self { peak, ..Self::default() }
    }

    /// Adds a row without a target.
    pub fn add_unlabelled(&mut self) {
        self.unlabelled += 1;
    }

    /// Adds a row by the differences of its values; one that is not finite leaves it out.
    pub fn add(&mut self, differences: &[f32]) -> Distance {
        if differences.is_empty() || differences.iter().any(|difference| !difference.is_finite()) {
            self.undecided += 1;
            return Distance::default();
        }
        let wide = || differences.iter().map(|&difference| f64::from(difference));
        let row = Sums {
            values: differences.len() as u64,
            absolute: wide().map(f64::abs).sum(),
            squares: wide().map(|difference| difference * difference).sum(),
        };
        self.rows += 1;
        self.sums.values += row.values;
        self.sums.absolute += row.absolute;
        self.sums.squares += row.squares;
        row.distance(self.peak)
    }

    /// The figures of all rows.
    pub fn finish(self, pairing: Pairing) -> LikenessMetrics {
        let Distance { mae, rmse, psnr } = self.sums.distance(self.peak);
        let Self { peak, rows, unlabelled, undecided, .. } = self;
        LikenessMetrics { pairing, rows, unlabelled, undecided, mae, rmse, psnr, peak }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_rows_are_counted_together() {
        let mut likenesses = Likenesses::new(Some(1.0));
        assert_eq!(likenesses.add(&[0.1, -0.1]).psnr.map(|psnr| (psnr * 1e4).round()), Some(2e5));
        assert_eq!(likenesses.add(&[0.0, 0.0]), Distance { mae: Some(0.0), rmse: Some(0.0), psnr: None });
        assert_eq!(likenesses.add(&[f32::NAN]), Distance::default());
        likenesses.add_unlabelled();
        let metrics = likenesses.finish(Pairing::default());
        assert_eq!((metrics.rows, metrics.undecided, metrics.unlabelled), (2, 1, 1));
        assert!((metrics.mae.unwrap() - 0.05).abs() < 1e-8 && (metrics.rmse.unwrap() - 0.005_f64.sqrt()).abs() < 1e-8);
        assert!((metrics.psnr.unwrap() - 23.0103).abs() < 1e-4);
        assert_eq!(Likenesses::new(None).finish(Pairing::default()).mae, None);
    }
}
