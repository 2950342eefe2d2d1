//! The terminal of a run: finished log lines, and one progress bar below them.
//!
//! Does not know about jobs, or what is logged and counted.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod console;
mod level;
mod print;
mod progress_file;
mod screen;
mod stamp;
mod waiting;

pub use console::{Console, LogTo, Unit};
pub use level::Level;
pub use print::{
    error_is_terminal, error_terminal_width, is_terminal, never_wait, print_error, print_exactly, print_line,
    print_lines, printed, terminal_width,
};
pub use progress_file::{keep_progress, note_progress};
pub use stamp::log_stamp;
