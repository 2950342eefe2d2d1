//! How far a job is, how fast, and how long it will take: from the file that the command keeps its progress in (`NNC_HOST_PROGRESS`),
//! or from the status file of a job that was started elsewhere.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// The rate is that of the last seconds.
const WINDOW: Duration = Duration::from_secs(20);
/// From this much on the rate says something.
const SETTLED: Duration = Duration::from_millis(900);

/// What a command says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Step {
    #[serde(rename = "task")]
    pub(crate) stage: String,
    pub(crate) done: u64,
    pub(crate) total: u64,
}

/// What people are told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Progress {
    stage: String,
    done: u64,
    total: u64,
    rate: Option<f64>,
    remaining_seconds: Option<f64>,
}

/// Watches one job.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    stage: String,
    seen: VecDeque<(Instant, u64)>,
    total: u64,
}

impl Meter {
    /// Takes note of a step.
    pub(crate) fn note(&mut self, step: Step, now: Instant) {
        let goes_on = self.stage == step.stage && self.seen.back().is_none_or(|(_, done)| *done <= step.done);
        if !goes_on {
            self.seen.clear();
        }
        self.stage = step.stage;
        self.total = step.total;
        self.seen.push_back((now, step.done));
        while self.seen.len() > 2 && self.seen.front().is_some_and(|(when, _)| now.duration_since(*when) > WINDOW) {
            self.seen.pop_front();
        }
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Option<Progress> {
        let ((first, from), (last, done)) = (*self.seen.front()?, *self.seen.back()?);
        let time = last.duration_since(first);
        let rate = (time >= SETTLED && done > from).then(|| (done - from) as f64 / time.as_secs_f64());
        let remaining_seconds = rate.map(|rate| self.total.saturating_sub(done) as f64 / rate);
        Some(Progress { stage: self.stage.clone(), done, total: self.total, rate, remaining_seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_remaining_time_follow_the_last_seconds() {
        let start = Instant::now();
        let mut meter = Meter::default();
        assert_eq!(meter.progress(), None);
        let step = |stage: &str, done| Step { stage: stage.to_owned(), done, total: 100 };
        meter.note(step("scoring", 0), start);
        assert_eq!(meter.progress().unwrap().rate, None);
        meter.note(step("scoring", 20), start + Duration::from_secs(10));
        let progress = meter.progress().unwrap();
        assert_eq!((progress.rate, progress.remaining_seconds), (Some(2.0), Some(40.0)));
        meter.note(step("packing", 1), start + Duration::from_secs(11));
        assert_eq!(meter.progress().unwrap().rate, None);
    }
}
