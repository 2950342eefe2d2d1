//! The memory of the reader: image slots in one block, written by several threads and read as whole batches.
//!
//! The only unsafe code of this crate. Safe Rust has no way to lend neighbouring pieces of one block to
//! threads that come and go while other pieces of it are being read, and a batch has to be one piece.
//! Who may touch which slot is decided in `schedule.rs`; change the two files together.

use std::cell::UnsafeCell;

use crate::error::DatasetError;

/// A block of equally sized slots, aligned for any element type up to 8 bytes.
pub(super) struct Ring {
    words: Box<[UnsafeCell<u64>]>,
    slot_bytes: usize,
    slots: usize,
}

// SAFETY: the contents are reached through `slot_mut` and `slots` only, whose contracts rule out two threads
// touching the same slot at the same time.
unsafe impl Sync for Ring {}

impl Ring {
    /// Memory for `slots` slots of `slot_bytes` bytes, zeroed.
    pub(super) fn new(slots: usize, slot_bytes: usize) -> Result<Ring, DatasetError> {
        let no_memory = || DatasetError::OutOfMemory { images: slots, bytes: slot_bytes };
        let bytes = slots.checked_mul(slot_bytes).ok_or_else(no_memory)?;
        let count = bytes.div_ceil(size_of::<u64>());
        let mut words = Vec::new();
        words.try_reserve_exact(count).map_err(|_| no_memory())?;
        words.resize_with(count, || UnsafeCell::new(0));
        Ok(Ring { words: words.into_boxed_slice(), slot_bytes, slots })
    }

    /// Number of slots.
    pub(super) fn len(&self) -> usize {
        self.slots
    }

    /// One slot, to write.
    ///
    /// # Safety
    /// No other reference to this slot may exist while the result is alive.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn slot_mut(&self, slot: usize) -> &mut [u8] {
        assert!(slot < self.slots, "slot {slot} of {}", self.slots);
        let first = UnsafeCell::raw_get(self.words.as_ptr()).cast::<u8>();
        // SAFETY: the block holds slots * slot_bytes bytes and the slot was checked to lie in it; every bit
        // pattern is a valid u8; the caller vouches that no one else reads the slot.
        unsafe { std::slice::from_raw_parts_mut(first.add(slot * self.slot_bytes), self.slot_bytes) }
    }

    /// `count` slots from `first` on, to read.
    ///
    /// # Safety
    /// No mutable reference to any of these slots may exist while the result is alive.
    pub(super) unsafe fn slots(&self, first: usize, count: usize) -> &[u8] {
        let inside = first.checked_add(count).is_some_and(|end| end <= self.slots);
        assert!(inside, "{count} slots from {first} of {}", self.slots);
        let start = UnsafeCell::raw_get(self.words.as_ptr()).cast::<u8>();
        // SAFETY: the range was checked to lie in the block; every bit pattern is a valid u8; the caller
        // vouches that no one writes to it.
        unsafe { std::slice::from_raw_parts(start.add(first * self.slot_bytes), count * self.slot_bytes) }
    }
}
