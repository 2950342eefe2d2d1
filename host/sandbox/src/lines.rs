//! Lines that come through a pipe. Nothing here waits for them but [`wait`], which is bounded: whoever follows a child has
//! limits to keep meanwhile. And nothing here needs a thread, which the system may refuse.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;

/// A plugin may print anything, so lines are cut at this many bytes. Long messages of a worker come in parts (`pipe.rs`).
const LONGEST: usize = 1 << 20;
/// How much is read at once.
const PIECE: usize = 64 << 10;

/// The reading end of a pipe.
pub(crate) struct Lines {
    /// `None` once it is closed.
    pipe: Option<OwnedFd>,
    /// What was read and not yet taken.
    bytes: Vec<u8>,
    /// So many of them are taken already.
    taken: usize,
    /// So many of them hold no end of a line that was not taken.
    searched: usize,
}

impl Lines {
    /// # Errors
    /// Those of the system.
    pub(crate) fn new(pipe: impl Into<OwnedFd>) -> io::Result<Self> {
        let pipe = pipe.into();
        let flags = rustix::fs::fcntl_getfl(&pipe)?;
        rustix::fs::fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?;
        Ok(Self { pipe: Some(pipe), ..Self::closed() })
    }

    /// A pipe through which nothing comes.
    pub(crate) fn closed() -> Self {
        Self { pipe: None, bytes: Vec::new(), taken: 0, searched: 0 }
    }

    /// Whether nothing more can come.
    pub(crate) fn is_closed(&self) -> bool {
        self.pipe.is_none() && self.taken == self.bytes.len()
    }

    /// Hears nothing more.
    pub(crate) fn close(&mut self) {
        *self = Self::closed();
    }

    /// Takes in what has come, which may be nothing.
    pub(crate) fn read(&mut self) {
        let Some(pipe) = &self.pipe else { return };
        self.bytes.drain(..std::mem::take(&mut self.taken));
        self.searched = self.bytes.len();
        let end = self.bytes.len();
        self.bytes.resize(end + PIECE, 0);
        let count = rustix::io::read(pipe, &mut self.bytes[end..]);
        self.bytes.truncate(end + count.unwrap_or(0));
        if !matches!(count, Ok(1..) | Err(Errno::AGAIN | Errno::INTR)) {
            self.pipe = None;
        }
    }

    /// The next line without its end, of what has come. It need not be UTF-8.
    pub(crate) fn next(&mut self) -> Option<String> {
        let start = self.taken;
        let end = self.bytes[self.searched..].iter().position(|&byte| byte == b'\n').map(|at| self.searched + at + 1);
        let all = self.bytes.len();
        let end = match end {
            Some(end) => end,
            None if self.pipe.is_none() && start < all => all,
            None => {
                self.searched = all;
                if all - start < LONGEST {
                    return None;
                }
                all
            }
        };
        (self.taken, self.searched) = (end, end);
        let line = &self.bytes[start..end];
        // Nothing else is taken off: a part of a message may end with a space.
        Some(String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned())
    }
}

/// Waits until something has come through one of the pipes, or one was closed, and no longer than `time`.
pub(crate) fn wait(lines: [&Lines; 2], time: Duration) {
    let number = |lines: &Lines| lines.pipe.as_ref().map_or(-1, |pipe| pipe.as_fd().as_raw_fd());
    // The system leaves out numbers below zero.
    let mut asked = lines.map(|lines| libc::pollfd { fd: number(lines), events: libc::POLLIN, revents: 0 });
    let time = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the array lives and has as many elements as it says. An interrupted call is one that waited long enough.
    unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, time) };
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn lines_come_one_by_one_and_nothing_is_waited_for() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut lines = Lines::new(reader).unwrap();
        lines.read();
        assert_eq!(lines.next(), None);
        writer.write_all(b"one\ntwo \r\n\xff\nhal").unwrap();
        lines.read();
        assert_eq!(
            [lines.next(), lines.next(), lines.next(), lines.next()].map(Option::unwrap_or_default),
            ["one", "two \r", "\u{fffd}", ""]
        );
        writer.write_all(b"f\nrest").unwrap();
        lines.read();
        assert_eq!((lines.next().as_deref(), lines.next()), (Some("half"), None));
        drop(writer);
        lines.read();
        assert!(!lines.is_closed());
        assert_eq!((lines.next().as_deref(), lines.next()), (Some("rest"), None));
        assert!(lines.is_closed());
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut lines = Lines::new(reader).unwrap();
        let mut longest = 0;
        for _ in 0..LONGEST / PIECE + 1 {
            writer.write_all(&[b'x'; PIECE]).unwrap();
            lines.read();
            longest = longest.max(lines.next().map_or(0, |line| line.len()));
            assert!(lines.bytes.len() <= LONGEST + PIECE);
        }
        assert_eq!(longest, LONGEST);
    }

    #[test]
    fn waiting_is_bounded() {
        let (reader, mut writer) = io::pipe().unwrap();
        let (mut lines, closed) = (Lines::new(reader).unwrap(), io::pipe().unwrap().0);
        let mut closed = Lines::new(closed).unwrap();
        closed.read();
        let start = std::time::Instant::now();
        wait([&lines, &closed], Duration::from_millis(50));
        assert!(start.elapsed() >= Duration::from_millis(40) && closed.is_closed());
        writer.write_all(b"now\n").unwrap();
        wait([&lines, &closed], Duration::from_secs(60));
        lines.read();
        assert!(lines.next().as_deref() == Some("now") && start.elapsed() < Duration::from_secs(30));
    }
}
