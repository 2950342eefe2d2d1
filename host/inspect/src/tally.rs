//! Counts and times of an inspection.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nnc_report::Verdict;

use crate::answer::Answer;

/// Times that are remembered.
const TIMES: usize = 10_000;

/// What was counted so far.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

/// The counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) answered: u64,
    pub(crate) ok: u64,
    pub(crate) ng: u64,
    /// Without a verdict.
    pub(crate) other: u64,
    /// Milliseconds from file to answer of the latest.
    times: VecDeque<f64>,
}

impl Tally {
    pub(crate) fn add(&self, answer: &Answer) {
        let mut counts = self.lock();
        counts.answered += 1;
        match answer.verdict {
            Some(Verdict::Ok) => counts.ok += 1,
            Some(Verdict::Ng) => counts.ng += 1,
            None => counts.other += 1,
        }
        if counts.times.len() >= TIMES {
            counts.times.pop_front();
        }
        counts.times.push_back(answer.ms.total);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// The time within which this share of the latest images was answered, in milliseconds; 0 without images.
    pub(crate) fn within(&self, share: f64) -> f64 {
        let mut times: Vec<f64> = self.times.iter().copied().collect();
        times.sort_unstable_by(f64::total_cmp);
        let place = (times.len() as f64 * share).ceil() as usize;
        times.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_times() {
        let counts = Counts { times: (1..=100).rev().map(f64::from).collect(), ..Counts::default() };
        assert_eq!((counts.within(0.5), counts.within(0.99), counts.within(1.0)), (50.0, 99.0, 100.0));
        assert_eq!(Counts::default().within(0.5), 0.0);
    }
}
