//! Limits on a worker: memory, time, and how long it may be silent. A plugin may loop for ever or eat all memory; the
//! watchdog ends it with a sentence of its own, before the system does without one.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::language::JobText;
use crate::process::{private_bytes, processor_ticks, total_memory};

/// A worker that says nothing but computes may take this many times as long as one that does nothing at all.
const BUSY: u32 = 4;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What a job may use.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Memory of the worker in bytes.
    pub(crate) memory: Option<u64>,
    /// Time for the whole job.
    pub(crate) time: Option<Duration>,
    /// A worker that neither speaks nor uses the processor for this long hangs.
    pub(crate) stall: Duration,
}

impl Default for Limits {
    /// Nine tenths of the memory there is, so that the system does not come first; a quarter of an hour of silence.
    fn default() -> Self {
        Self { memory: total_memory().map(|bytes| bytes / 10 * 9), time: None, stall: Duration::from_secs(15 * 60) }
    }
}

/// Follows one worker.
pub(crate) struct Watchdog {
    process: u32,
    limits: Limits,
    started: Instant,
    /// Last message.
    spoke: Instant,
    /// Last message or use of the processor.
    alive: Instant,
    looked: Instant,
    ticks: u64,
}

impl Watchdog {
    pub(crate) fn new(process: u32, limits: Limits) -> Self {
        let now = Instant::now();
        Self { process, limits, started: now, spoke: now, alive: now, looked: now, ticks: 0 }
    }

    /// The worker has said something.
    pub(crate) fn heard(&mut self) {
        self.spoke = Instant::now();
        self.alive = self.spoke;
    }

    /// The limit that the worker has broken, as the rest of a sentence about its plugin.
    pub(crate) fn broken(&mut self) -> Option<String> {
        if self.looked.elapsed() < LOOK {
            return None;
        }
        self.looked = Instant::now();
        if let Some(limit) = self.limits.memory {
            let used = private_bytes(self.process);
            if used > limit {
                return Some(JobText::UsedMemory.with(&[&size(used), &size(limit)]));
            }
        }
        if let Some(limit) = self.limits.time.filter(|&limit| self.started.elapsed() > limit) {
            return Some(JobText::TookLong.with(&[&time(limit)]));
        }
        let ticks = processor_ticks(self.process);
        if ticks != self.ticks {
            self.ticks = ticks;
            self.alive = Instant::now();
        }
        if self.alive.elapsed() > self.limits.stall {
            return Some(JobText::NoSign.with(&[&time(self.limits.stall)]));
        }
        if self.spoke.elapsed() > self.limits.stall * BUSY {
            return Some(JobText::NoProgress.with(&[&time(self.limits.stall * BUSY)]));
        }
        None
    }
}

fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{:.0} MB", bytes as f64 / 1e6)
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}

fn time(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds % 60 == 0 => JobText::Minutes.with(&[&(seconds / 60)]),
        seconds => JobText::Seconds.with(&[&seconds]),
    }
}
