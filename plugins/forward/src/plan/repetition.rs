//! Several evaluations of the same samples, combined into one result: how NNC estimates the uncertainty of a network that
//! draws at random (NNC contract 8.3).

use nnc_plugin_api::{Error, Result};
use nnp::Executor;
use tch::{Kind, TchError, Tensor};

/// Column that NNC gives the only column of an output in place of its name when evaluations are combined into their
/// standard deviation (NNC contract 8.2).
pub(super) const UNCERTAINTY: &str = "Uncertainty(Std)";
/// Far more evaluations than anybody waits for.
const MAX_EVALUATIONS: i64 = 1_000_000;

/// What becomes of several results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combine {
    /// Their mean.
    Mean,
    /// The last one.
    Last,
    /// Their standard deviation, divided by their number.
    Deviation,
}

/// How often a network runs on the same samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repetition {
    /// At least 1.
    pub(crate) times: usize,
    pub(crate) combine: Combine,
}

impl Repetition {
    pub(crate) fn once() -> Self {
        Self { times: 1, combine: Combine::Mean }
    }

    /// What the executor asks for; unset numbers and names mean once and the mean.
    pub(crate) fn of(executor: Option<&Executor>) -> Result<Self> {
        let Some(executor) = executor else { return Ok(Self::once()) };
        let combine = match executor.repeat_evaluation_type.as_str() {
            "" | "mean" => Combine::Mean,
            "last" => Combine::Last,
            "std" => Combine::Deviation,
            other => {
                return Err(Error::model(format!(
                    "executor `{}` has repeat_evaluation_type \"{other}\", expected mean, last or std",
                    executor.name
                )));
            }
        };
        let times = match executor.num_evaluations {
            0 => 1,
            n @ 1..=MAX_EVALUATIONS => n as usize,
            n => {
                return Err(Error::model(format!(
                    "executor `{}` has num_evaluations {n}, expected 1 to {MAX_EVALUATIONS}",
                    executor.name
                )));
            }
        };
        Ok(Self { times, combine })
    }

    /// Runs `once` as often as needed and combines its results. What does not draw at random needs to run once only.
    pub(crate) fn run(&self, random: bool, mut once: impl FnMut() -> Result<Vec<Tensor>>) -> Result<Vec<Tensor>> {
        let mut results = once()?;
        if !random || self.times == 1 {
            if self.combine == Combine::Deviation {
                for result in &mut results {
                    *result = result.f_zeros_like()?;
                }
            }
            return Ok(results);
        }
        if self.combine == Combine::Last {
            for _ in 1..self.times {
                results = once()?;
            }
            return Ok(results);
        }
        let double = |tensor: &Tensor| tensor.f_to_kind(Kind::Double);
        let mut sums = results.iter().map(double).collect::<Result<Vec<_>, TchError>>()?;
        let mut squares = sums.iter().map(Tensor::f_square).collect::<Result<Vec<_>, TchError>>()?;
        for _ in 1..self.times {
            for ((sum, square), result) in sums.iter_mut().zip(&mut squares).zip(once()?) {
                let result = double(&result)?;
                *square = square.f_add(&result.f_square()?)?;
                *sum = sum.f_add(&result)?;
            }
        }
        let times = self.times as f64;
        let combined = sums.iter().zip(&squares).map(|(sum, square)| {
            let mean = sum.f_div_scalar(times)?;
            match self.combine {
                Combine::Deviation => square.f_div_scalar(times)?.f_sub(&mean.f_square()?)?.f_clamp_min(0.0)?.f_sqrt(),
                _ => Ok(mean),
            }
        });
        Ok(combined.collect::<Result<_, TchError>>()?)
    }
}

/// Whether an output of this shape takes one column of the result (NNC contract 8.2).
pub(super) fn has_one_column(shape: &[usize]) -> bool {
    match shape {
        [_, _] => true,
        [channels, _, _] => matches!(channels, 1 | 3),
        shape => shape.iter().product::<usize>() == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executor(kind: &str, times: i64) -> Executor {
        Executor { repeat_evaluation_type: kind.into(), num_evaluations: times, ..Executor::default() }
    }

    fn combined(kind: &str, times: i64, random: bool) -> Vec<f32> {
        let repetition = Repetition::of(Some(&executor(kind, times))).unwrap();
        let mut next = 0.0;
        let once = || {
            next += 1.0_f32;
            Ok(vec![Tensor::from_slice(&[next, -next])])
        };
        let results = repetition.run(random, once).unwrap();
        Vec::try_from(results[0].to_kind(Kind::Float)).unwrap()
    }

    #[test]
    fn results_are_combined_as_the_executor_says() {
        assert_eq!(combined("", 0, true), [1.0, -1.0]);
        assert_eq!(combined("mean", 3, true), [2.0, -2.0]);
        assert_eq!(combined("last", 3, true), [3.0, -3.0]);
        let deviation = (2.0_f64 / 3.0).sqrt() as f32;
        assert_eq!(combined("std", 3, true), [deviation, deviation]);
    }

    #[test]
    fn what_is_not_random_runs_once() {
        assert_eq!(combined("mean", 1000, false), [1.0, -1.0]);
        assert_eq!(combined("last", 1000, false), [1.0, -1.0]);
        assert_eq!(combined("std", 1000, false), [0.0, 0.0]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Repetition::of(Some(&executor("median", 3))).unwrap_err().message().contains("\"median\""));
        assert!(Repetition::of(Some(&executor("mean", -1))).unwrap_err().message().contains("-1"));
    }
}
