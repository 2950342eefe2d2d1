//! What a detector gave for some samples, for comparisons.

use crate::interface::OutputSpec;

/// Outputs of a detector for some samples.
#[derive(Debug, Clone)]
pub struct Scores {
    pub(super) outputs: Vec<OutputSpec>,
    /// Values of each output, sample after sample.
    pub(super) values: Vec<Vec<f32>>,
    pub(super) samples: usize,
}

impl Scores {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// Values of output `output` for sample `sample`.
    pub fn of(&self, output: usize, sample: usize) -> &[f32] {
        let length = self.outputs.get(output).map_or(0, OutputSpec::sample_len);
        let values = self.values.get(output).map_or(&[][..], Vec::as_slice);
        values.get(sample * length..(sample + 1) * length).unwrap_or_default()
    }

    /// Largest value of the first output for each sample: what the host takes as score of an image.
    pub fn peaks(&self) -> Vec<f32> {
        (0..self.samples).map(|sample| self.of(0, sample).iter().copied().fold(f32::NAN, f32::max)).collect()
    }

    /// The first output that holds something else than a number, if there is one.
    pub fn first_not_finite(&self) -> Option<&str> {
        let at = self.values.iter().position(|values| values.iter().any(|v| !v.is_finite()))?;
        self.outputs.get(at).map(|output| output.name.as_str())
    }

    /// Largest difference to `other` as a share of the largest value of the output it is in; infinite for outputs
    /// that cannot be compared, NaN where one is.
    pub fn difference(&self, other: &Self) -> f32 {
        if self.outputs != other.outputs || self.samples != other.samples {
            return f32::INFINITY;
        }
        let of_output = |(ours, theirs): (&Vec<f32>, &Vec<f32>)| {
            let scale = ours.iter().chain(theirs).fold(0.0_f32, |max, v| max.max(v.abs()));
            let pairs = ours.iter().zip(theirs);
            let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, larger);
            if largest == 0.0 { 0.0 } else { largest / scale }
        };
        self.values.iter().zip(&other.values).map(of_output).fold(0.0, larger)
    }

    /// Fails the test unless every value is a finite number.
    #[track_caller]
    pub fn assert_finite(&self) {
        if let Some(output) = self.first_not_finite() {
            panic!("output `{output}` holds values that are no finite numbers");
        }
    }

    /// Fails the test unless the scores are those of `other`, to `tolerance` of the largest value.
    #[track_caller]
    pub fn assert_close(&self, other: &Self, tolerance: f32) {
        let difference = self.difference(other);
        assert!(difference <= tolerance, "the scores differ by {difference} of their maximum, allowed are {tolerance}");
    }

    /// Fails the test unless every sample here has a lower score than every one of `other`: normal below defective.
    #[track_caller]
    pub fn assert_below(&self, other: &Self) {
        let (ours, theirs) = (self.peaks(), other.peaks());
        let highest = ours.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let lowest = theirs.iter().copied().fold(f32::INFINITY, f32::min);
        assert!(highest < lowest, "scores {ours:?} are not all below {theirs:?}");
    }
}

/// The larger one; NaN is larger than everything, so that it is not lost on the way.
fn larger(a: f32, b: f32) -> f32 {
    if a.is_nan() || b <= a { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_shares_of_the_maximum_and_nan_is_never_equal() {
        let scores = |values: &[f32]| Scores {
            outputs: vec![OutputSpec::new("y", [2])],
            values: vec![values.to_vec()],
            samples: 2,
        };
        let a = scores(&[0.0, 10.0, 4.0, 1.0]);
        assert_eq!(a.difference(&a), 0.0);
        assert_eq!(a.difference(&scores(&[0.0, 10.0, 4.0, 2.0])), 0.1);
        let nan = scores(&[0.0, f32::NAN, 4.0, 1.0]);
        assert!(a.difference(&nan).is_nan() && nan.difference(&nan).is_nan());
        assert_eq!(nan.first_not_finite(), Some("y"));
        assert_eq!(a.peaks(), [10.0, 4.0]);
        a.assert_close(&a, 0.0);
    }
}
