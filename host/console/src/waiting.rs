//! Writing to readers that may have stopped, without waiting for them: a pager that nobody scrolls, a terminal that was stopped,
//! a program that waits for something else. What they do not take is kept in memory until they do.
//!
//! No thread is needed for that, and the flags of what is shared with other programs are not changed.
#![allow(clippy::disallowed_methods, reason = "the place where standard streams are written")]

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A pipe that takes anything takes as much without waiting (`PIPE_BUF`).
const PIECE: usize = 4096;
/// No more is kept: sixteen times what the log of a job may have.
const MOST: usize = 256 << 20;
/// How often a reader who takes nothing is looked at, at the end.
const LOOK: Duration = Duration::from_millis(100);

const PAUSE: Duration = Duration::from_millis(5);

/// The two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Error,
}

/// What is written to a stream and not yet taken.
struct Waiting {
    file: File,
    bytes: Vec<u8>,
    /// So many of them are taken already.
    taken: usize,
}

/// Output and error; `None` as long as everybody waits.
static STREAMS: Mutex<Option<[Waiting; 2]>> = Mutex::new(None);

fn with<T>(stream: Stream, work: impl FnOnce(&mut Waiting) -> T) -> Option<T> {
    let mut streams = STREAMS.lock().unwrap_or_else(PoisonError::into_inner);
    let [output, error] = streams.as_mut()?;
    Some(work(if stream == Stream::Output { output } else { error }))
}

/// Begins.
pub(crate) fn begin() {
    let mut streams = STREAMS.lock().unwrap_or_else(PoisonError::into_inner);
    if streams.is_none()
        && let (Ok(output), Ok(error)) = (Waiting::of(io::stdout(), 1), Waiting::of(io::stderr(), 2))
    {
        *streams = Some([output, error]);
    }
}

/// Writes what can be written and keeps the rest; `None` where nothing has begun.
pub(crate) fn write(stream: Stream, bytes: &[u8]) -> Option<io::Result<()>> {
    with(stream, |waiting| waiting.write(bytes))
}

/// Writes to standard error if nothing waits there; `None` where nothing has begun.
pub(crate) fn draw(bytes: &[u8]) -> Option<io::Result<()>> {
    with(Stream::Error, |waiting| {
        waiting.go_on()?;
        if waiting.is_empty() && waiting.takes(Duration::ZERO) { waiting.write(bytes) } else { Ok(()) }
    })
}

/// Waits until everything is taken, and no longer than `patience`; the error is that of standard output. `None` where nothing has
/// begun.
pub(crate) fn end(patience: Option<Duration>) -> Option<io::Result<()>> {
    let start = Instant::now();
    let mut outcome = Ok(());
    for stream in [Stream::Error, Stream::Output] {
        outcome = loop {
            let step = with(stream, |waiting| {
                let before = waiting.taken;
                if waiting.takes(LOOK) {
                    waiting.go_on()?;
                }
                Ok((waiting.is_empty(), waiting.taken > before))
            })?;
            match step {
                Ok((false, moved)) if patience.is_none_or(|patience| start.elapsed() < patience) => {
                    // A terminal may say that it takes something, and take nothing.
                    if !moved {
                        std::thread::sleep(PAUSE);
                    }
                }
                Ok(_) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
    }
    Some(outcome)
}

impl Waiting {
    fn of(stream: impl AsFd, number: u32) -> io::Result<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned()?);
        let kind = file.metadata()?.file_type();
        // Opened anew, it has flags of its own. Where that is not possible, small pieces have to do.
        let anew = (kind.is_fifo() || kind.is_char_device()).then(|| {
            let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
            OpenOptions::new().write(true).custom_flags(flags).open(format!("/proc/self/fd/{number}"))
        });
        Ok(Self { file: anew.and_then(Result::ok).unwrap_or(file), bytes: Vec::new(), taken: 0 })
    }

    fn is_empty(&self) -> bool {
        self.taken == self.bytes.len()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.drain(..std::mem::take(&mut self.taken));
        if self.bytes.len().saturating_add(bytes.len()) > MOST {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.bytes.extend_from_slice(bytes);
        self.go_on()
    }

    /// Writes as much as is taken at once.
    fn go_on(&mut self) -> io::Result<()> {
        while !self.is_empty() && self.takes(Duration::ZERO) {
            let rest = &self.bytes[self.taken..];
            match self.file.write(&rest[..rest.len().min(PIECE)]) {
                Ok(count) => self.taken += count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(()),
                Err(error) => {
                    // Nobody will read the rest.
                    self.taken = self.bytes.len();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Whether something can be written, or fails at once; waits for that no longer than `time`.
    fn takes(&self, time: Duration) -> bool {
        let mut asked = libc::pollfd { fd: self.file.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
        let time = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: one element, which lives.
        unsafe { libc::poll(&raw mut asked, 1, time) > 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_not_taken_waits_and_nobody_else() {
        let (mut reader, writer) = io::pipe().unwrap();
        for number in [u32::try_from(writer.as_raw_fd()).unwrap(), u32::MAX] {
            // Opened anew, or not.
            let mut waiting = Waiting::of(&writer, number).unwrap();
            let text: Vec<u8> = (0..300_000_u32).map(|i| (i % 251) as u8).collect();
            text.chunks(70_000).for_each(|part| waiting.write(part).unwrap());
            assert!(!waiting.is_empty(), "no pipe takes that much");
            let mut read = vec![0; text.len()];
            let mut filled = 0;
            while filled < read.len() {
                filled += reader.read(&mut read[filled..]).unwrap();
                waiting.go_on().unwrap();
            }
            assert!(read == text && waiting.is_empty());
        }
        let mut waiting = Waiting::of(&writer, u32::MAX).unwrap();
        drop(reader);
        assert_eq!(waiting.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert!(waiting.is_empty());
        assert_eq!(waiting.write(&vec![0; MOST + 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}
