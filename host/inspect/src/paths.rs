//! Images whose paths come on standard input, one on each line: every line gets an answer.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nnc_console::print_error;
use nnc_messages::Say;

use crate::backlog::{Backlog, From, Item};
use crate::identity::Id;
use crate::known::Known;
use crate::messages::Message;

/// How often to look at whether the inspection ends, or whether there is room.
const TICK: i32 = 100;
const PAUSE: Duration = Duration::from_millis(5);
/// No path has as many bytes.
const LONGEST: usize = 1 << 16;
const PIECE: usize = 16 << 10;

/// What reads paths.
pub(crate) struct Paths {
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) ends: Arc<AtomicBool>,
}

impl Paths {
    /// Reads until the input or the inspection ends; what was read is answered in the former case.
    pub(crate) fn run(&self) {
        let mut line = Vec::new();
        let mut is_too_long = false;
        let mut piece = [0; PIECE];
        while !self.ends.load(Ordering::Relaxed) {
            let count = match read(&mut piece) {
                Ok(Some(count)) => count,
                Ok(None) => continue,
                Err(error) => {
                    print_error(Message::InputEnded { error }.said());
                    0
                }
            };
            if count == 0 {
                break;
            }
            for &byte in piece.get(..count).unwrap_or_default() {
                match byte {
                    b'\n' => {
                        self.offer(&line, is_too_long);
                        line.clear();
                        is_too_long = false;
                    }
                    _ if line.len() >= LONGEST => is_too_long = true,
                    byte => line.push(byte),
                }
            }
        }
        self.offer(&line, is_too_long);
        while !self.ends.load(Ordering::Relaxed) && !self.backlog.is_idle() {
            std::thread::sleep(PAUSE);
        }
        self.backlog.close();
    }

    /// Lets the image of a line wait for its turn, once there is room.
    fn offer(&self, line: &[u8], is_too_long: bool) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return;
        }
        if is_too_long {
            print_error(Message::LongLine { limit: LONGEST }.said());
            return;
        }
        let path = Path::new(OsStr::from_bytes(line));
        // One that is not there is told when its turn comes.
        let id = std::fs::metadata(path).ok().map(|found| Id::of(path.as_os_str(), &found));
        let again = id.is_some_and(|id| self.known.lock().unwrap_or_else(PoisonError::into_inner).is_unanswered(id));
        let mut item = Item { id, from: From::Path(path.to_owned()), found: Instant::now(), again };
        while let Err(left) = self.backlog.add_if_room(item) {
            if self.ends.load(Ordering::Relaxed) {
                return;
            }
            item = *left;
            std::thread::sleep(PAUSE);
        }
    }
}

/// What comes on standard input, 0 at its end; `None` if nothing did for a moment.
fn read(piece: &mut [u8]) -> io::Result<Option<usize>> {
    let mut asked = libc::pollfd { fd: rustix::stdio::stdin().as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one element, which lives until the call returns. An interrupted call is one that waited long enough.
    if unsafe { libc::poll(&raw mut asked, 1, TICK) } <= 0 {
        return Ok(None);
    }
    match rustix::io::read(rustix::stdio::stdin(), piece) {
        Ok(count) => Ok(Some(count)),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
