//! Images that wait for their turn, of bounded number. What does not fit is not lost: it stays where it is, and whoever found it
//! finds it again.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nnc_messages::plain;

use crate::identity::Id;

/// An image that waits.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Which image it is; `None` where nothing is there to tell.
    pub(crate) id: Option<Id>,
    /// Where it is.
    pub(crate) from: From,
    /// When it was found.
    pub(crate) found: Instant,
    /// Whether an earlier run took it and did not answer.
    pub(crate) again: bool,
}

/// Where an image is.
#[derive(Debug, Clone)]
pub(crate) enum From {
    /// In the watched folder, under this name.
    Watched(OsString),
    /// Somebody has named its path.
    Path(PathBuf),
}

impl From {
    /// Its name, as it is shown.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Watched(name) => plain(&name.to_string_lossy()),
            Self::Path(path) => plain(&path.to_string_lossy()),
        }
    }
}

/// The images.
pub(crate) struct Backlog {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
    newest_first: bool,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    is_closed: bool,
    /// Images that were taken and whose answers have not gone everywhere.
    in_work: usize,
    /// Whether there was more than fits.
    is_overfull: bool,
}

/// How many wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) images: usize,
    /// For how long the first of them has been waiting.
    pub(crate) longest: Duration,
    /// Whether there are more, which are not counted.
    pub(crate) is_overfull: bool,
}

impl Backlog {
    pub(crate) fn new(most: usize, newest_first: bool) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), most: most.max(1), newest_first }
    }

    /// Adds an image that was found. Returns one that has to be found again later, if there is no room: of those that wait, the
    /// one whose turn is last.
    pub(crate) fn add(&self, item: Item) -> Option<Item> {
        let mut state = self.lock();
        let left = if state.items.len() < self.most {
            None
        } else {
            state.is_overfull = true;
            if !self.newest_first {
                return Some(item);
            }
            state.items.pop_front()
        };
        state.items.push_back(item);
        self.changed.notify_all();
        left
    }

    /// Adds an image of whoever can wait for room; gives it back if there is none.
    pub(crate) fn add_if_room(&self, item: Item) -> Result<(), Box<Item>> {
        let mut state = self.lock();
        if state.items.len() >= self.most {
            return Err(Box::new(item));
        }
        state.items.push_back(item);
        self.changed.notify_all();
        Ok(())
    }

    /// Whether the newest image is taken first.
    pub(crate) fn is_newest_first(&self) -> bool {
        self.newest_first
    }

    /// How many fit.
    pub(crate) fn room(&self) -> usize {
        self.most.saturating_sub(self.lock().items.len())
    }

    /// The next image; `None` once nothing more is taken. It is in work until [`Backlog::done`].
    pub(crate) fn take(&self) -> Option<Item> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let next = if self.newest_first { state.items.pop_back() } else { state.items.pop_front() };
            if let Some(item) = next {
                state.in_work += 1;
                return Some(item);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The answer to an image that was taken has gone everywhere, or there will be none.
    pub(crate) fn done(&self) {
        let mut state = self.lock();
        state.in_work = state.in_work.saturating_sub(1);
    }

    /// A look at the folder has found all that there is, or more than fits.
    pub(crate) fn looked(&self, is_overfull: bool) {
        self.lock().is_overfull = is_overfull;
    }

    /// Nothing more is taken. What waits stays where it is.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Whether nothing waits and nothing is in work.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.items.is_empty() && state.in_work == 0
    }

    pub(crate) fn waiting(&self) -> Waiting {
        let state = self.lock();
        // They are added as they are found.
        let longest = state.items.front().map(|item| item.found.elapsed()).unwrap_or_default();
        Waiting { images: state.items.len(), longest, is_overfull: state.is_overfull }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str) -> Item {
        Item { id: None, from: From::Watched(name.into()), found: Instant::now(), again: false }
    }

    #[test]
    fn the_oldest_or_the_newest_comes_first_and_what_does_not_fit_is_given_back() {
        for (newest_first, left, order) in [(false, "c", ["a", "b"]), (true, "a", ["c", "b"])] {
            let backlog = Backlog::new(2, newest_first);
            assert!(backlog.add(item("a")).is_none() && backlog.add(item("b")).is_none());
            assert_eq!(backlog.add(item("c")).unwrap().from.shown(), left);
            assert!(backlog.waiting().is_overfull && backlog.room() == 0);
            assert_eq!([(); 2].map(|()| backlog.take().unwrap().from.shown()), order);
            assert!(!backlog.is_idle());
            backlog.done();
            backlog.done();
            assert!(backlog.is_idle());
            assert!(backlog.add_if_room(item("d")).is_ok() && backlog.add_if_room(item("e")).is_ok());
            assert!(backlog.add_if_room(item("f")).is_err());
            backlog.close();
            assert!(backlog.take().is_none());
        }
    }
}
