//! The one colour scale of all heat maps of an evaluation.

use serde::{Deserialize, Serialize};

/// The scores between which a heat map goes from no colour to the brightest one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColourScale {
    /// Scores up to here leave the image as it is.
    #[serde(with = "crate::number::finite")]
    pub low: f32,
    /// Scores from here on get the brightest colour.
    #[serde(with = "crate::number::finite")]
    pub high: f32,
}

impl Default for ColourScale {
    /// From 0 to 1.
    fn default() -> Self {
        Self { low: 0.0, high: 1.0 }
    }
}

impl ColourScale {
    /// Where `score` lies: 0 at `low` or below, 1 at `high` or above.
    pub(crate) fn position(self, score: f32) -> f32 {
        if score <= self.low {
            return 0.0;
        }
        // In 64 bits, where the difference of two floats cannot overflow.
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        ((f64::from(score) - low) / (high - low)).clamp(0.0, 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let scale = ColourScale { low: 1.0, high: 3.0 };
        for (score, expected) in [(f32::MIN, 0.0), (1.0, 0.0), (2.0, 0.5), (3.0, 1.0), (f32::MAX, 1.0)] {
            assert_eq!(scale.position(score), expected);
        }
        let widest = ColourScale { low: f32::MIN, high: f32::MAX };
        assert_eq!(widest.position(0.0), 0.5);
        let flat = ColourScale { low: 2.0, high: 2.0 };
        assert_eq!((flat.position(2.0), flat.position(2.5)), (0.0, 1.0));
    }
}
