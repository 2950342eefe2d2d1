//! The child's end of a [`Conversation`](crate::Conversation): its standard input behind the key. First comes a line that says
//! what the child is for, then one question after another: four bytes with its length, the least significant first, and the
//! question.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use rustix::io::Errno;

/// How much is read at once, besides what is known to come.
const PIECE: usize = 64 << 10;
/// Bytes of a length.
const LENGTH: usize = 4;
/// More memory than this is given back after a question.
const KEPT: usize = 16 << 20;

/// Standard input, one question after another.
#[derive(Debug, Default)]
pub struct Requests {
    /// What was read and not yet taken.
    bytes: Vec<u8>,
}

impl Requests {
    /// Everything up to the end of the first line, without it, or up to the end of the input.
    ///
    /// # Errors
    /// Those of the system, and a line of more than `limit` bytes.
    pub fn line(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.bytes[searched..].iter().position(|&byte| byte == b'\n') {
                let rest = self.bytes.split_off(searched + end + 1);
                let mut line = std::mem::replace(&mut self.bytes, rest);
                line.pop();
                return Ok(line);
            }
            searched = self.bytes.len();
            if searched > limit {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.read(PIECE)? == 0 {
                return Ok(std::mem::take(&mut self.bytes));
            }
        }
    }

    /// The next question; `None` when nobody asks any more. `waiting` is called every `pause` in which nothing comes.
    ///
    /// # Errors
    /// Those of the system, a question of more than `limit` bytes, and one that is cut off.
    pub fn next(&mut self, limit: usize, pause: Duration, waiting: &mut dyn FnMut()) -> io::Result<Option<Vec<u8>>> {
        while self.bytes.len() < LENGTH {
            wait(pause, waiting)?;
            if self.read(PIECE)? == 0 {
                let ended = self.bytes.is_empty().then_some(None);
                return ended.ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
            }
        }
        let length = self.bytes.first_chunk().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
        if length > limit {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.bytes.len() < LENGTH + length {
            // A pipe gives little at a time, so no more room is made for it than for that.
            if self.read(PIECE.min(LENGTH + length - self.bytes.len()))? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.bytes.split_off(LENGTH + length);
        let mut question = std::mem::replace(&mut self.bytes, rest);
        question.drain(..LENGTH);
        self.bytes.shrink_to(KEPT);
        Ok(Some(question))
    }

    /// Reads what there is, at most `most` bytes; says how many.
    fn read(&mut self, most: usize) -> io::Result<usize> {
        let end = self.bytes.len();
        self.bytes.resize(end + most, 0);
        loop {
            match rustix::io::read(rustix::stdio::stdin(), &mut self.bytes[end..]) {
                Err(Errno::INTR) => {}
                read => {
                    self.bytes.truncate(end + *read.as_ref().unwrap_or(&0));
                    return Ok(read?);
                }
            }
        }
    }
}

/// Waits until there is something to read, or the input has ended.
fn wait(pause: Duration, waiting: &mut dyn FnMut()) -> io::Result<()> {
    let time = i32::try_from(pause.as_millis()).unwrap_or(i32::MAX);
    loop {
        let mut asked = libc::pollfd { fd: rustix::stdio::stdin().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one element, which lives until the call returns.
        match unsafe { libc::poll(&raw mut asked, 1, time) } {
            0 => waiting(),
            found if found > 0 => return Ok(()),
            _ => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
                // A signal may have asked this process to end.
                waiting();
            }
        }
    }
}
