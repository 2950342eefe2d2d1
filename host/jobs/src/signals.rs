//! Requests to stop: SIGINT, SIGTERM and SIGHUP of the parent process. While somebody attends to them they are counted; at all
//! other times the first one ends the program at once, whatever it waits for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nnc_messages::{Exit, messages};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

messages! {
    /// Why a job ended that was not done.
    pub enum Stopped {
        ByUser => "stopped by the user", "利用者により中断されました";
    }
}

/// Counts signals from its creation until the program ends: signal-hook cannot restore the default of a signal, so there
/// is one for all jobs of a run, and nothing between two jobs is missed.
pub struct Signals {
    count: Arc<AtomicUsize>,
    nobody_attends: Arc<AtomicBool>,
}

impl Signals {
    /// Starts counting, and lets nothing that is printed wait for a reader from now on: who waits attends to nothing.
    ///
    /// # Errors
    /// A signal that cannot be caught.
    pub fn register() -> io::Result<Self> {
        let signals = Self { count: Arc::default(), nobody_attends: Arc::new(AtomicBool::new(true)) };
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let (count, ends) = (Arc::clone(&signals.count), Arc::clone(&signals.nobody_attends));
            signal_hook::flag::register_conditional_shutdown(number, Exit::Interrupted as i32, ends)?;
            // SAFETY: the handler only touches an atomic.
            unsafe {
                signal_hook::low_level::register(number, move || {
                    count.fetch_add(1, Ordering::Relaxed);
                })
            }?;
        }
        nnc_console::never_wait();
        Ok(signals)
    }

    /// How often the user asked to stop.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Attends to them until the value is dropped: whoever calls this looks at [`Signals::count`] at least every second.
    #[must_use]
    pub fn attend(&self) -> Attending<'_> {
        self.nobody_attends.store(false, Ordering::SeqCst);
        Attending(self)
    }
}

/// Somebody looks at the count.
pub struct Attending<'a>(&'a Signals);

impl Drop for Attending<'_> {
    fn drop(&mut self) {
        self.0.nobody_attends.store(true, Ordering::SeqCst);
    }
}
