//! Shrinks a covariance towards a multiple of the identity, so that it can be inverted when there are fewer images than
//! channels: the oracle approximating shrinkage (OAS) of Chen, Wiesel, Eldar and Hero, "Shrinkage Algorithms for MMSE
//! Covariance Estimation", IEEE Transactions on Signal Processing 2010, in the form that scikit-learn computes.

/// The least mean variance that the identity is taken with, where features are scaled to a variance of 1: images that are
/// all the same have none, and their model must stay finite.
const LEAST_VARIANCE: f64 = 1e-6;

/// Shrinks the covariance (divisor n, `dim` rows of `dim` values) of `images` samples in place, and says how far:
/// 0 for not at all, 1 when nothing but the mean variance is left.
pub(crate) fn shrink(covariance: &mut [f64], dim: usize, images: usize) -> f64 {
    let mean_variance = covariance.iter().step_by(dim + 1).sum::<f64>() / dim as f64;
    let mean_square = covariance.iter().map(|value| value * value).sum::<f64>() / (dim * dim) as f64;
    let square = mean_variance * mean_variance;
    let spread = (images as f64 + 1.0) * (mean_square - square / dim as f64);
    // A covariance that is a multiple of the identity already has no spread; rounding may leave a little less than none.
    let share = if spread > 0.0 { ((mean_square + square) / spread).min(1.0) } else { 1.0 };
    covariance.iter_mut().for_each(|value| *value *= 1.0 - share);
    covariance.iter_mut().step_by(dim + 1).for_each(|value| *value += share * mean_variance.max(LEAST_VARIANCE));
    share
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COVARIANCE: [f64; 9] = [2.0, -1.1, 1.15, -1.1, 0.74, -0.865, 1.15, -0.865, 1.09];
    const SHARE: f64 = 0.606_727_175_774_157_2;
    const SHRUNK: [f64; 9] = [
        1.561_134_009_523_359_5,
        -0.432_600_106_648_427_1,
        0.452_263_747_859_719_1,
        -0.432_600_106_648_427_1,
        1.065_610_250_998_797_7,
        -0.340_180_992_955_354,
        0.452_263_747_859_719_1,
        -0.340_180_992_955_354,
        1.203_255_739_477_842_7,
    ];

    #[test]
    fn scikit_learns_values() {
        // sklearn.covariance.oas of version 1.7.2, for 5 samples with 3 features and this covariance.
        let mut covariance = COVARIANCE;
        let share = shrink(&mut covariance, 3, 5);
        assert!((share - SHARE).abs() < 1e-12, "{share}");
        for (found, due) in covariance.iter().zip(SHRUNK) {
            assert!((found - due).abs() < 1e-12, "{found} {due}");
        }
    }

    #[test]
    fn what_has_no_spread_becomes_its_mean_variance() {
        let mut identity = [2.0, 0.0, 0.0, 2.0];
        assert_eq!(shrink(&mut identity, 2, 9), 1.0);
        assert_eq!(identity, [2.0, 0.0, 0.0, 2.0]);
        let mut none = [0.0; 4];
        assert_eq!(shrink(&mut none, 2, 9), 1.0);
        assert_eq!(none, [LEAST_VARIANCE, 0.0, 0.0, LEAST_VARIANCE]);
        let mut single = [3.0];
        assert_eq!(shrink(&mut single, 1, 4), 1.0);
        assert_eq!(single, [3.0]);
    }

    proptest! {
        #[test]
        fn the_trace_stays_and_the_diagonal_is_positive(
            samples in prop::collection::vec(prop::collection::vec(-3.0_f64..3.0, 4), 2..9)
        ) {
            let n = samples.len() as f64;
            let mut covariance = vec![0.0; 16];
            for (at, value) in covariance.iter_mut().enumerate() {
                *value = samples.iter().map(|sample| sample[at / 4] * sample[at % 4]).sum::<f64>() / n;
            }
            let trace = |c: &[f64]| c.iter().step_by(5).sum::<f64>();
            let before = trace(&covariance);
            let share = shrink(&mut covariance, 4, samples.len());
            prop_assert!((0.0..=1.0).contains(&share));
            prop_assert!((trace(&covariance) - before).abs() <= 1e-9 + 4.0 * LEAST_VARIANCE);
            prop_assert!(covariance.iter().step_by(5).all(|value| *value > 0.0));
        }
    }
}
