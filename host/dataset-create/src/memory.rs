//! A budget of memory that threads take from and give back to, so that large images are converted one after the other and
//! small ones side by side.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that images in work may take together; one that needs more is alone.
const BUDGET: u64 = 1 << 30;

/// The budget.
pub(crate) struct Memory {
    free: Mutex<u64>,
    freed: Condvar,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { free: Mutex::new(BUDGET), freed: Condvar::new() }
    }

    /// Waits until there is enough.
    pub(crate) fn take(&self, bytes: u64) -> Held<'_> {
        let bytes = bytes.min(BUDGET);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Held { memory: self, bytes }
    }
}

/// Memory in use; given back when dropped.
pub(crate) struct Held<'a> {
    memory: &'a Memory,
    bytes: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        *self.memory.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.memory.freed.notify_all();
    }
}
