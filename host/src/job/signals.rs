//! The user's wish to stop: SIGINT, SIGTERM and SIGHUP of the parent process, counted.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Counts signals from its making until the program ends: signal-hook cannot give a signal its first meaning back, so
/// there is one for all jobs of a run, and nothing between two jobs is missed.
pub(crate) struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Starts counting.
    pub(crate) fn register() -> io::Result<Self> {
        let count = Arc::new(AtomicUsize::new(0));
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let count = Arc::clone(&count);
            // SAFETY: the handler only touches an atomic.
            unsafe {
                signal_hook::low_level::register(number, move || {
                    count.fetch_add(1, Ordering::Relaxed);
                })
            }?;
        }
        Ok(Self(count))
    }

    /// How often the user asked to stop.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
