//! What the system reports of a folder: inotify.

use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};

/// Bytes for events that are read at once.
const BUFFER: usize = 16 << 10;

/// The events of a folder.
pub(crate) struct Events {
    watch: OwnedFd,
}

impl Events {
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let watch = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let wanted = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
        add_watch(&watch, folder, wanted | WatchFlags::ONLYDIR)?;
        Ok(Self { watch })
    }

    /// Waits for `pause` at most and tells the names of files that were closed after writing, or moved here. Says whether events
    /// were lost.
    pub(crate) fn wait(&mut self, pause: Duration, told: &mut dyn FnMut(&OsStr)) -> bool {
        let time = i32::try_from(pause.as_millis()).unwrap_or(i32::MAX);
        let mut asked = libc::pollfd { fd: self.watch.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one element, which lives until the call returns. An interrupted call is one that waited long enough.
        if unsafe { libc::poll(&raw mut asked, 1, time) } <= 0 {
            return false;
        }
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = Reader::new(&self.watch, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) => {
                    let lost = ReadFlags::QUEUE_OVERFLOW
                        | ReadFlags::IGNORED
                        | ReadFlags::UNMOUNT
                        | ReadFlags::DELETE_SELF
                        | ReadFlags::MOVE_SELF;
                    if event.events().intersects(lost) {
                        return true;
                    }
                    if let Some(name) = event.file_name() {
                        told(OsStr::from_bytes(name.to_bytes()));
                    }
                    if reader.is_buffer_empty() {
                        return false;
                    }
                }
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return false,
                Err(_) => return true,
            }
        }
    }
}
