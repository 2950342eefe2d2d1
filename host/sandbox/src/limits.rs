//! Limits on a child: memory, time, and how long it may be silent. A plugin may loop for ever or eat all memory; it is
//! ended with a reason, before the system does so without one.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::family::left_behind;
use crate::usage::{Memory, processor_ticks, total_memory, with_descendants};

/// A child that says nothing but computes may take this many times as long as one that does nothing at all.
const BUSY: u32 = 4;
/// A child with more processes than this does nothing but make new ones.
const PROCESSES: usize = 500;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What a child may use.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Limits {
    /// Memory in bytes, of the child and of all that it starts.
    pub memory: Option<u64>,
    /// Time from its start to its end.
    pub time: Option<Duration>,
    /// A child that neither speaks nor uses the processor for this long hangs.
    pub stall: Duration,
}

impl Default for Limits {
    /// Nine tenths of the memory there is, so that the system does not come first; a quarter of an hour of silence.
    fn default() -> Self {
        Self { memory: total_memory().map(|bytes| bytes / 10 * 9), time: None, stall: Duration::from_secs(15 * 60) }
    }
}

/// The limit that a child has broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokenLimit {
    /// It held more memory than it may.
    Memory {
        /// Bytes that it held.
        used: u64,
        /// Bytes that it may hold.
        limit: u64,
    },
    /// It started more processes than anybody needs.
    Processes {
        /// Processes that there were.
        found: usize,
        /// Processes that there may be.
        limit: usize,
    },
    /// It was not done in time.
    Time {
        /// The time it had.
        limit: Duration,
    },
    /// It neither spoke nor used the processor.
    Stalled {
        /// For how long.
        limit: Duration,
    },
    /// It computed, but did not speak.
    NoProgress {
        /// For how long.
        limit: Duration,
    },
}

/// Follows one child.
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
    memory: Memory,
    peak_memory: u64,
}

impl Watchdog {
    pub(crate) fn new(process: u32, limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            process,
            limits,
            started: now,
            spoke: now,
            alive: now,
            looked: now,
            ticks: 0,
            memory: Memory::default(),
            peak_memory: 0,
        }
    }

    /// The child keeps a copy of a file of so many bytes in memory, which does not count.
    pub(crate) fn leave_out(&mut self, copied: u64) {
        self.memory.leave_out(copied);
    }

    /// The child writes files of its own into this folder.
    pub(crate) fn count_files(&mut self, written: PathBuf) {
        self.memory.count_files(written);
    }

    /// The child has sent a message.
    pub(crate) fn note_message(&mut self) {
        self.spoke = Instant::now();
        self.alive = self.spoke;
    }

    /// Most memory that the child, and what it has started, held at any look.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.peak_memory
    }

    /// The limit that the child has broken.
    pub(crate) fn broken(&mut self) -> Option<BrokenLimit> {
        if self.looked.elapsed() < LOOK {
            return None;
        }
        self.looked = Instant::now();
        let processes = with_descendants([vec![self.process], left_behind()].concat());
        if processes.len() > PROCESSES {
            return Some(BrokenLimit::Processes { found: processes.len(), limit: PROCESSES });
        }
        let used = self.memory.bytes(&processes);
        self.peak_memory = self.peak_memory.max(used);
        if let Some(limit) = self.limits.memory.filter(|&limit| used > limit) {
            return Some(BrokenLimit::Memory { used, limit });
        }
        if let Some(limit) = self.limits.time.filter(|&limit| self.started.elapsed() > limit) {
            return Some(BrokenLimit::Time { limit });
        }
        let ticks = processor_ticks(self.process);
        if ticks != self.ticks {
            self.ticks = ticks;
            self.alive = Instant::now();
        }
        if self.alive.elapsed() > self.limits.stall {
            return Some(BrokenLimit::Stalled { limit: self.limits.stall });
        }
        let limit = self.limits.stall * BUSY;
        (self.spoke.elapsed() > limit).then_some(BrokenLimit::NoProgress { limit })
    }
}
