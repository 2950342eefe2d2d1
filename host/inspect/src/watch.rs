//! Finds images in a folder: the system reports them (inotify), and the folder is looked at regularly in any case, since file systems
//! of other computers (SMB, NFS) report nothing of what others write.
//!
//! A file counts as complete when it was closed after writing or moved into the folder, or when its size and time stay as they are.

mod events;
mod look;

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
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
use crate::options::Watched;
use events::Events;
use look::Unsettled;

/// The longest time without a look at whether the inspection ends.
const TICK: Duration = Duration::from_millis(100);
/// A look at the folder may take this share of the time.
const SHARE: u32 = 10;
/// Endings of names of images.
const ENDINGS: [&str; 7] = ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff"];

/// What watches a folder.
pub(crate) struct Watcher {
    pub(crate) watched: Watched,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) ends: Arc<AtomicBool>,
}

impl Watcher {
    /// Watches until the inspection ends, or until everything that is there was answered if that was asked for.
    pub(crate) fn run(&self) {
        let folder = &self.watched.folder;
        let mut unsettled = Unsettled::new(self.watched.settle);
        let mut events: Option<Events> = None;
        let (mut is_gone, mut has_told, mut has_looked) = (false, false, false);
        let mut next_look = Instant::now();
        while !self.ends.load(Ordering::Relaxed) {
            if events.is_none() && !is_gone {
                match Events::of(folder) {
                    Ok(opened) => {
                        events = Some(opened);
                        // What came before it was opened is found by a look.
                        next_look = Instant::now();
                    }
                    Err(error) if !has_told && folder.is_dir() => {
                        has_told = true;
                        print_error(Message::NoEvents { error }.said());
                    }
                    Err(_) => {}
                }
            }
            if Instant::now() >= next_look {
                let start = Instant::now();
                let looked = self.look(&mut unsettled);
                let took = start.elapsed();
                next_look = Instant::now() + self.watched.poll.max(took * SHARE);
                match looked {
                    Ok(look) => {
                        if std::mem::take(&mut is_gone) {
                            print_error(Message::Back { folder: folder.clone() }.said());
                        }
                        if look.is_overfull {
                            next_look = Instant::now() + self.watched.poll.max(took);
                        } else if unsettled.is_waiting() {
                            next_look = next_look.min(Instant::now() + self.watched.settle);
                        }
                        let is_all = !look.is_overfull && !unsettled.is_waiting() && look.found == 0;
                        if self.watched.once && has_looked && is_all && self.backlog.is_idle() {
                            self.backlog.close();
                            return;
                        }
                        if self.watched.once && is_all {
                            next_look = Instant::now() + TICK;
                        }
                        has_looked = true;
                    }
                    Err(error) => {
                        events = None;
                        if !std::mem::replace(&mut is_gone, true) {
                            print_error(Message::Gone { folder: folder.clone(), error }.said());
                        }
                    }
                }
            }
            let pause = next_look.saturating_duration_since(Instant::now()).min(TICK);
            let is_lost = match &mut events {
                Some(events) => events.wait(pause, &mut |name| self.closed(name)),
                None => {
                    std::thread::sleep(pause);
                    false
                }
            };
            if is_lost {
                // Too many at once, or the folder has gone: a look finds out.
                events = None;
                next_look = Instant::now();
            }
        }
        self.backlog.close();
    }

    /// A file was closed after writing, or moved here.
    fn closed(&self, name: &OsStr) {
        if is_image(name)
            && let Ok(found) = std::fs::symlink_metadata(self.watched.folder.join(name))
            && !found.is_dir()
        {
            self.offer(name, &found);
        }
    }

    /// Lets an image wait that is complete.
    fn offer(&self, name: &OsStr, file: &Metadata) {
        let id = Id::of(name, file);
        let Some(again) = self.known().add(id) else { return };
        let item = Item { id: Some(id), from: From::Watched(name.to_owned()), found: Instant::now(), again };
        if let Some(left) = self.backlog.add(item).and_then(|left| left.id) {
            self.known().forget(left);
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a name is that of an image that is not hidden.
fn is_image(name: &OsStr) -> bool {
    let path = Path::new(name);
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    !name.as_encoded_bytes().starts_with(b".") && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// A name and what is known of its file.
type Entry = (OsString, Metadata);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_that_are_not_hidden_count() {
        for (name, due) in
            [("a.png", true), ("A.JPG", true), (".a.png", false), ("a.png.part", false), ("a", false), ("png", false)]
        {
            assert_eq!(is_image(name.as_ref()), due, "{name}");
        }
    }
}
