//! The child's end of the private pipe: one JSON object per line.
//!
//! The pipe is the child's original standard output. The child moves it to another descriptor before any plugin is
//! loaded and points descriptor 1 at standard error, so that nothing a plugin prints can disturb the messages.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Where a child sends its messages.
pub struct MessagePipe(Mutex<File>);

impl MessagePipe {
    /// Takes over standard output; call once, before any other thread or plugin runs.
    ///
    /// # Errors
    /// Those of the system.
    pub fn take_stdout() -> io::Result<Self> {
        // Closed on exec: a program that the plugin starts has no business with it.
        let pipe = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        Ok(Self(Mutex::new(File::from(pipe))))
    }

    /// Sends one message. A parent that is gone cannot be told anything, so errors are ignored: the kernel ends the
    /// child together with its parent.
    pub fn send(&self, message: &impl Serialize) {
        if let Ok(mut line) = serde_json::to_vec(message) {
            line.push(b'\n');
            let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
        }
    }
}
