//! A look at the whole folder, in memory that does not grow with it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nnc_console::print_error;
use nnc_messages::Say;

use super::{Entry, Watcher, is_image};
use crate::identity::Id;
use crate::messages::Message;

/// A file that was last written so long ago is complete, whoever wrote it.
const OLD: Duration = Duration::from_secs(60);
/// Files that may be in the making at most; others wait until these are complete.
const MOST: usize = 100_000;

/// What a look has found.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Images that wait from now on.
    pub(super) found: usize,
    /// Whether there are more than fit.
    pub(super) is_overfull: bool,
}

/// Files that may still be written, since when they are as they are.
pub(super) struct Unsettled {
    settle: Duration,
    files: HashMap<OsString, (Id, Instant)>,
    /// Those of the look that goes on.
    next: HashMap<OsString, (Id, Instant)>,
}

impl Unsettled {
    pub(super) fn new(settle: Duration) -> Self {
        Self { settle, files: HashMap::new(), next: HashMap::new() }
    }

    /// Whether the file is complete.
    fn is_settled(&mut self, name: &OsString, id: Id, file: &Metadata) -> bool {
        let written = UNIX_EPOCH + Duration::from_secs(u64::try_from(file.mtime()).unwrap_or(0));
        if SystemTime::now().duration_since(written).is_ok_and(|age| age > OLD.max(self.settle)) {
            return true;
        }
        let since = match self.files.get(name) {
            Some((known, since)) if *known == id => *since,
            _ => Instant::now(),
        };
        if since.elapsed() >= self.settle {
            return true;
        }
        if self.next.len() < MOST {
            self.next.insert(name.clone(), (id, since));
        }
        false
    }

    /// The look has ended; files that have gone are forgotten.
    fn end_look(&mut self) {
        self.files = std::mem::take(&mut self.next);
    }

    /// Whether files may become complete.
    pub(super) fn is_waiting(&self) -> bool {
        !self.files.is_empty()
    }
}

/// An entry by its age and name.
struct Aged(i64, i64, Entry);

impl Aged {
    fn key(&self) -> (i64, i64, &OsString) {
        (self.0, self.1, &self.2.0)
    }
}

impl PartialEq for Aged {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Aged {}

impl PartialOrd for Aged {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Aged {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Watcher {
    /// Looks at every file of the folder: those that are complete and not known wait from now on, as many as there is room for, the
    /// oldest of them.
    pub(super) fn look(&self, unsettled: &mut Unsettled) -> io::Result<Look> {
        self.known().begin_look();
        let room = self.backlog.room();
        let mut oldest: BinaryHeap<Aged> = BinaryHeap::new();
        let mut newest: BinaryHeap<Reverse<Aged>> = BinaryHeap::new();
        let mut look = Look::default();
        for entry in std::fs::read_dir(&self.watched.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            // A link itself, not where it leads. One that has gone meanwhile is none.
            let Some(file) = is_image(&name).then(|| entry.metadata().ok()).flatten() else { continue };
            let id = Id::of(&name, &file);
            if file.is_dir() || self.known().is_seen(id) || !unsettled.is_settled(&name, id, &file) {
                continue;
            }
            let aged = Aged(file.mtime(), file.mtime_nsec(), (name, file));
            if self.backlog.is_newest_first() {
                newest.push(Reverse(aged));
                look.is_overfull |= newest.len() > room && newest.pop().is_some();
            } else {
                oldest.push(aged);
                look.is_overfull |= oldest.len() > room && oldest.pop().is_some();
            }
        }
        unsettled.end_look();
        let mut complete: Vec<Aged> = oldest.into_vec();
        complete.extend(newest.into_iter().map(|Reverse(aged)| aged));
        complete.sort();
        look.found = complete.len();
        for Aged(_, _, (name, file)) in complete {
            self.offer(&name, &file);
        }
        let left = self.known().end_look();
        if left > 0 {
            print_error(Message::LeftUnanswered { images: left }.said());
        }
        self.backlog.looked(look.is_overfull);
        Ok(look)
    }
}
