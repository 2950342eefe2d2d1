//! The terminal of a run: finished log lines, and one progress bar below them.
//!
//! Does not know about jobs, or what is logged and counted.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod console;
mod level;
mod stamp;

pub use console::{Console, LogTo, Unit, plain};
pub use level::Level;
pub use stamp::log_stamp;
