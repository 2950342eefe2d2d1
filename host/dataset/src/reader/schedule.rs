//! Which row goes into which slot, and when: the bookkeeping between the decoder threads and the consumer.
//!
//! Rows map to slots round robin. The window of rows `[base, base + slots)` is what may be in memory; `base`
//! is the first row the consumer has not given back. A row in the window is claimed by exactly one thread,
//! which alone touches its slot until it reports the row done. The consumer looks only at rows that are done
//! and not given back. So every slot has one owner at any time, which is what `ring.rs` asks for.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::DatasetError;

/// Shared by the consumer and the threads of one run over the rows.
pub(super) struct Schedule {
    rows: usize,
    slots: usize,
    /// The row in slot 0 of the first round.
    origin: usize,
    state: Mutex<State>,
    /// The window has moved, or the run is over.
    moved: Condvar,
    /// A row is done or has failed.
    finished: Condvar,
}

struct State {
    /// First row of the window.
    base: usize,
    /// First row that is not done; all before it are.
    ready: usize,
    /// First row that is not claimed yet.
    next: usize,
    /// For the rows `ready..next`, whether they are done.
    done: VecDeque<bool>,
    /// The failure with the lowest row so far. Later rows are not claimed any more.
    failure: Option<(usize, DatasetError)>,
    stopped: bool,
}

impl Schedule {
    /// A run over rows `origin..rows` with `slots` slots.
    pub(super) fn new(rows: usize, slots: usize, origin: usize) -> Schedule {
        Schedule {
            rows,
            slots,
            origin,
            state: Mutex::new(State {
                base: origin,
                ready: origin,
                next: origin,
                done: VecDeque::with_capacity(slots),
                failure: None,
                stopped: false,
            }),
            moved: Condvar::new(),
            finished: Condvar::new(),
        }
    }

    /// The slot of `row`.
    pub(super) fn slot(&self, row: usize) -> usize {
        (row - self.origin) % self.slots
    }

    /// Whether the slots of `count` rows from `row` on lie one after the other.
    pub(super) fn is_contiguous(&self, row: usize, count: usize) -> bool {
        self.slot(row) + count <= self.slots
    }

    /// Waits for a row that may be decoded and hands it to the caller alone; `None` when the run is over.
    pub(super) fn claim(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.stopped || state.failure.is_some() || state.next >= self.rows {
                return None;
            }
            if state.next - state.base < self.slots {
                let row = state.next;
                state.next += 1;
                state.done.push_back(false);
                return Some(row);
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reports how a claimed row went. The caller no longer touches its slot.
    pub(super) fn report(&self, row: usize, outcome: Result<(), DatasetError>) {
        let mut state = self.lock();
        match outcome {
            Ok(()) => {
                let index = row - state.ready;
                if let Some(done) = state.done.get_mut(index) {
                    *done = true;
                }
                while state.done.front() == Some(&true) {
                    state.done.pop_front();
                    state.ready += 1;
                }
            }
            Err(error) => {
                if state.failure.as_ref().is_none_or(|(failed, _)| row < *failed) {
                    state.failure = Some((row, error));
                }
                self.moved.notify_all();
            }
        }
        drop(state);
        self.finished.notify_one();
    }

    /// Gives back all rows before `row`, so that their slots can be used again.
    pub(super) fn release(&self, row: usize) {
        self.lock().base = row;
        self.moved.notify_all();
    }

    /// Waits until all of `rows` are done, or those before the first failure, and returns the done ones.
    /// When the first of `rows` itself failed, that failure is the answer.
    pub(super) fn wait(&self, rows: Range<usize>) -> Result<Range<usize>, DatasetError> {
        let mut state = self.lock();
        loop {
            // Rows are claimed in order, so every row before a failure is claimed and will be reported.
            let end = match &state.failure {
                Some((failed, error)) if *failed <= rows.start => return Err(error.clone()),
                Some((failed, _)) => rows.end.min(*failed),
                None => rows.end,
            };
            if state.ready >= end {
                return Ok(rows.start..end);
            }
            state = self.finished.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the run: threads return as soon as the row in hand is done.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.moved.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
