//! Texts of projects that pages have seen.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::name::Name;

/// Texts that pages work on and that are remembered.
const BASES: usize = 32;

/// Texts that pages have seen, so that a change beside them can be told key by key.
#[derive(Default)]
pub(crate) struct Bases {
    texts: Mutex<VecDeque<(Name, String, String)>>,
    /// Held by whoever reads a project to write it.
    turn: Mutex<()>,
}

impl Bases {
    /// Projects are changed one after the other: two that were made on one text must not both be written.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember(&self, name: &Name, etag: String, text: &str) {
        let mut bases = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        bases.retain(|(known, of, _)| (known, of) != (name, &etag));
        bases.push_back((name.clone(), etag, text.to_owned()));
        if bases.len() > BASES {
            bases.pop_front();
        }
    }

    pub(super) fn get(&self, name: &Name, etag: &str) -> Option<String> {
        let bases = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        bases.iter().find(|(known, of, _)| known == name && of == etag).map(|(_, _, text)| text.clone())
    }
}
