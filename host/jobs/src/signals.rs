//! Requests to stop: SIGINT, SIGTERM and SIGHUP of the parent process, counted.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nnc_messages::messages;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

messages! {
    /// Why a job ended that was not done.
    pub enum Stopped {
        ByUser => "stopped by the user", "利用者により中断されました";
    }
}

/// Counts signals from its creation until the program ends: signal-hook cannot restore the default of a signal, so there
/// is one for all jobs of a run, and nothing between two jobs is missed.
pub struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Starts counting.
    ///
    /// # Errors
    /// A signal that cannot be caught.
    pub fn register() -> io::Result<Self> {
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
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
