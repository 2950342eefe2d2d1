//! The terminal that the progress bar is drawn on. A frame is written at once or left out: a terminal that was stopped must not
//! stop who draws on it.

use std::fmt::Write;
use std::io;
use std::sync::{Mutex, PoisonError};

use indicatif::TermLike;

use crate::print::draw;

/// The terminal of standard error.
#[derive(Debug)]
pub(crate) struct Screen {
    width: u16,
    frame: Mutex<String>,
}

impl Screen {
    pub(crate) fn new(width: u16) -> Self {
        Self { width, frame: Mutex::default() }
    }

    fn add(&self, text: &str) -> io::Result<()> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        Ok(())
    }

    /// The cursor goes `count` cells or lines; `way` is the letter of the terminal's command.
    fn go(&self, count: usize, way: char) -> io::Result<()> {
        if count > 0 {
            let _ = write!(self.frame.lock().unwrap_or_else(PoisonError::into_inner), "\x1b[{count}{way}");
        }
        Ok(())
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.go(count, 'A')
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.go(count, 'B')
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.go(count, 'C')
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.go(count, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.add(text)?;
        self.add("\n")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.add(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.add("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        let frame = std::mem::take(&mut *self.frame.lock().unwrap_or_else(PoisonError::into_inner));
        draw(frame.as_bytes())
    }
}
