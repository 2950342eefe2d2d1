//! The child's end of the private pipe: one JSON object per line, each with a code that nobody else makes
//! (`secret.rs`). A long one comes in parts, since the parent keeps no line of any length for a plugin that writes there too.
//!
//! The pipe is the child's original standard output. The child moves it to another descriptor before any plugin is
//! loaded and points descriptor 1 at standard error, so that nothing a plugin prints can disturb the messages.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::secret::{Codes, Secret};

/// Where a child sends its messages.
pub struct MessagePipe(Mutex<(File, Codes)>);

impl MessagePipe {
    /// Takes over standard output, and the key that is the first line of standard input; call once, before any other
    /// thread or plugin runs and before anything else reads the input.
    ///
    /// # Errors
    /// Those of the system, and an input that does not begin with a key.
    pub fn take_stdout() -> io::Result<Self> {
        let codes = Secret::take_from_stdin()?.codes();
        // Closed on exec: a program that the plugin starts has no business with it.
        let pipe = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        Ok(Self(Mutex::new((File::from(pipe), codes))))
    }

    /// Sends one message. A parent that is gone cannot be told anything, so errors are ignored: the kernel ends the
    /// child together with its parent.
    pub fn send(&self, message: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(message) {
            let (pipe, codes) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for part in parts(&text) {
                let _ = pipe.write_all(&codes.line(part.as_bytes()));
            }
        }
    }
}

/// Bytes of a part.
const PART: usize = 256 << 10;
/// No message is longer; a table of a million columns has a tenth of it.
const LONGEST: usize = 256 << 20;
/// Before a part that is followed by another, and before the last.
const MORE: char = '+';
const LAST: char = '.';

/// A message in parts, each with its mark.
fn parts(mut text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    loop {
        let (part, rest) = text.split_at(text.floor_char_boundary(PART));
        let mark = if rest.is_empty() { LAST } else { MORE };
        parts.push(format!("{mark}{part}"));
        if rest.is_empty() {
            return parts;
        }
        text = rest;
    }
}

/// Puts messages together again, in the parent.
#[derive(Debug, Default)]
pub(crate) struct Joined(String);

impl Joined {
    /// The message of which this was the last part.
    pub(crate) fn add(&mut self, part: &str) -> Option<String> {
        let mut characters = part.chars();
        let mark = characters.next()?;
        if self.0.len() + part.len() <= LONGEST {
            self.0 += characters.as_str();
        }
        (mark == LAST).then(|| std::mem::take(&mut self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_come_in_parts() {
        for text in ["{}".to_owned(), "x".repeat(PART), "é".repeat(PART), "\u{1f600}".repeat(PART)] {
            let (mut joined, parts) = (Joined::default(), parts(&text));
            let (last, first) = parts.split_last().unwrap();
            assert!(
                parts.iter().all(|part| part.len() <= PART + 1) && first.iter().all(|part| joined.add(part).is_none())
            );
            assert!(joined.add(last) == Some(text));
        }
        assert_eq!(Joined::default().add(""), None);
    }
}
