//! What commands write: every line is made plain first, and that one could not be written is told at the end.
//!
//! Whoever watches a child must not wait for a reader, who may have stopped: after [`never_wait`] lines go to `waiting.rs`.
//!
//! Lints keep `println!` and the standard streams out of the rest of the host, so nothing that a file or a server says
//! reaches a terminal on another way.
#![allow(clippy::disallowed_methods, reason = "the place where standard streams are written")]

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nnc_messages::plain_line;

use crate::waiting::{self, Stream};

/// The first error of standard output.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line on standard output. What could steer a terminal, line breaks included, is escaped.
pub fn print_line(line: impl AsRef<str>) {
    print_exactly(format!("{}\n", plain_line(line.as_ref())).as_bytes());
}

/// Prints a text of several lines of our own making; see [`print_line`].
pub fn print_lines(text: impl AsRef<str>) {
    text.as_ref().lines().for_each(print_line);
}

/// From now on nothing that is printed waits for a reader; [`printed`] does so at the end.
pub fn never_wait() {
    note(io::stdout().flush());
    waiting::begin();
}

/// Prints bytes as they are: pictures for the terminal, help texts, what is read by programs and escaped by their format.
pub fn print_exactly(bytes: &[u8]) {
    if let Some(written) = waiting::write(Stream::Output, bytes) {
        return note(written);
    }
    let mut out = io::stdout().lock();
    note(out.write_all(bytes));
}

/// Prints lines on standard error, made plain. That they cannot be written changes nothing about how the program ends.
pub fn print_error(text: impl AsRef<str>) {
    for line in text.as_ref().lines() {
        let line = format!("{}\n", plain_line(line));
        if waiting::write(Stream::Error, line.as_bytes()).is_none() {
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }
}

/// Draws on the terminal of standard error; a terminal that takes nothing at the moment misses it.
pub(crate) fn draw(bytes: &[u8]) -> io::Result<()> {
    waiting::draw(bytes).unwrap_or_else(|| io::stderr().write_all(bytes))
}

/// Cells across the terminal that standard output goes to; `None` where it goes elsewhere.
pub fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// As [`terminal_width`] for standard error.
pub fn error_terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// Whether standard output goes to a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// As [`is_terminal`] for standard error.
pub fn error_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes out what waits, and says whether everything that was printed could be written. Waits for readers as long as they need,
/// or for `patience`: whoever was stopped, or failed, ends whatever its readers do.
///
/// # Errors
/// The first error, for example of a full disk. Whoever closes a pipe does not want to read on; that is none.
pub fn printed(patience: Option<Duration>) -> io::Result<()> {
    note(waiting::end(patience).unwrap_or_else(|| io::stdout().flush()));
    FAILED.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
}

fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        FAILED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}
