//! Which images of the watched folder need no look any more: those that wait, and those that are answered. Images that have gone
//! from the folder are forgotten, so that memory follows the folder and not the years.

use std::collections::HashMap;

use crate::identity::Id;

/// What is known about an image.
#[derive(Debug, Clone, Copy)]
struct Image {
    /// The look at the folder in which it was seen last.
    seen: u32,
    is_answered: bool,
}

/// What is known about a folder.
#[derive(Debug, Default)]
pub(crate) struct Known {
    images: HashMap<Id, Image>,
    /// Taken by an earlier run that did not answer them, with the look in which each was seen last.
    unanswered: HashMap<Id, u32>,
    look: u32,
}

impl Known {
    pub(crate) fn new(answered: impl IntoIterator<Item = Id>, unanswered: impl IntoIterator<Item = Id>) -> Self {
        let images = answered.into_iter().map(|id| (id, Image { seen: 0, is_answered: true })).collect();
        Self { images, unanswered: unanswered.into_iter().map(|id| (id, 0)).collect(), look: 0 }
    }

    /// A new look at the folder begins.
    pub(crate) fn begin_look(&mut self) {
        self.look = self.look.wrapping_add(1);
    }

    /// Whether the image is known; it is there.
    pub(crate) fn is_seen(&mut self, id: Id) -> bool {
        if let Some(seen) = self.unanswered.get_mut(&id) {
            *seen = self.look;
        }
        self.images.get_mut(&id).map(|image| image.seen = self.look).is_some()
    }

    /// The image waits from now on. `None` if it is known already, else whether an earlier run took it and did not answer.
    pub(crate) fn add(&mut self, id: Id) -> Option<bool> {
        if self.is_seen(id) {
            return None;
        }
        self.images.insert(id, Image { seen: self.look, is_answered: false });
        Some(self.unanswered.contains_key(&id))
    }

    /// Whether an earlier run took the image and did not answer.
    pub(crate) fn is_unanswered(&self, id: Id) -> bool {
        self.unanswered.contains_key(&id)
    }

    /// The image has to be looked for again.
    pub(crate) fn forget(&mut self, id: Id) {
        self.images.remove(&id);
    }

    /// The image was answered.
    pub(crate) fn answered(&mut self, id: Id) {
        self.unanswered.remove(&id);
        // One that is in no folder that is looked at is not remembered.
        if let Some(image) = self.images.get_mut(&id) {
            image.is_answered = true;
        }
    }

    /// The whole folder was looked at: what was not seen has gone. Returns how many of those taken by an earlier run, and never
    /// answered, went with it.
    pub(crate) fn end_look(&mut self) -> usize {
        let look = self.look;
        // What was added after the look began has its number; what an earlier one saw last has gone.
        self.images.retain(|_, image| image.seen == look);
        let before = self.unanswered.len();
        self.unanswered.retain(|_, seen| *seen == look);
        before - self.unanswered.len()
    }

    /// Those that were answered, for a new journal.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.images.iter().filter(|(_, image)| image.is_answered).map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_follows_the_folder() {
        let id = |number: u32| Id::read(&format!("{number:032x}")).unwrap();
        let mut known = Known::new([id(1), id(2)], [id(3), id(4)]);
        known.begin_look();
        assert!(known.is_seen(id(1)) && !known.is_seen(id(3)));
        assert_eq!((known.add(id(3)), known.add(id(3)), known.add(id(5))), (Some(true), None, Some(false)));
        // 2 has gone, and 4, which was never answered.
        assert_eq!(known.end_look(), 1);
        // Those that wait are none that were answered.
        assert_eq!(known.ids().collect::<Vec<_>>(), [id(1)]);
        known.answered(id(3));
        let mut ids: Vec<Id> = known.ids().collect();
        ids.sort();
        assert_eq!(ids, [id(1), id(3)]);
        known.forget(id(3));
        assert_eq!(known.add(id(3)), Some(false));
    }
}
