//! What of the images of a dataset is not used, told once with a count: EXIF orientations, further pages, colour profiles.
//! It is noted as images are decoded, so that no file is read for it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use nnc_picture::Unused;

/// The bit of a row with an image that was decoded; the bits above it stand for the kinds.
const READ: u8 = 1;

/// What is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnusedKind {
    /// An EXIF orientation: pixels are taken as they are stored.
    Orientation,
    /// Pages and frames after the first.
    Pages,
    /// A colour profile other than sRGB.
    Profile {
        /// The name of the first.
        name: String,
    },
}

/// How many images of a dataset have something that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedParts {
    /// What it is.
    pub kind: UnusedKind,
    /// Images that have it.
    pub images: usize,
    /// Images that were looked at.
    pub of: usize,
    /// The first that has it, as the dataset names it.
    pub first: String,
}

impl UnusedParts {
    /// Counts in one pass over what was found of each image, beside its name.
    pub fn count<'a>(images: impl IntoIterator<Item = (&'a str, &'a Unused)>) -> Vec<UnusedParts> {
        let mut found: [(usize, Option<UnusedKind>, &str); 3] = Default::default();
        let mut of = 0;
        for (name, unused) in images {
            of += 1;
            for ((count, kind, first), has) in found.iter_mut().zip(kinds(unused)) {
                if let Some(has) = has {
                    *count += 1;
                    if kind.is_none() {
                        (*kind, *first) = (Some(has), name);
                    }
                }
            }
        }
        let parts = found
            .into_iter()
            .filter_map(|(images, kind, first)| Some(UnusedParts { kind: kind?, images, of, first: first.to_owned() }));
        parts.collect()
    }
}

fn kinds(unused: &Unused) -> [Option<UnusedKind>; 3] {
    [
        unused.orientation.then_some(UnusedKind::Orientation),
        unused.pages.then_some(UnusedKind::Pages),
        unused.profile.clone().map(|name| UnusedKind::Profile { name }),
    ]
}

/// What was found in the rows of a dataset so far.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Bits for each row.
    rows: Box<[AtomicU8]>,
    /// Row, column and kind of the first of each kind.
    first: Mutex<[Option<(usize, usize, UnusedKind)>; 3]>,
}

impl Tally {
    pub(crate) fn new(rows: usize) -> Tally {
        Tally { rows: (0..rows).map(|_| AtomicU8::new(0)).collect(), first: Mutex::default() }
    }

    /// Notes the image in `column` of `row`.
    pub(crate) fn note(&self, row: usize, column: usize, unused: &Unused) {
        let kinds = kinds(unused);
        let has = kinds.iter().enumerate().filter(|(_, kind)| kind.is_some());
        let bits = has.fold(READ, |bits, (index, _)| bits | READ << (index + 1));
        if let Some(seen) = self.rows.get(row) {
            seen.fetch_or(bits, Ordering::Relaxed);
        }
        if bits == READ {
            return;
        }
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        for (first, kind) in first.iter_mut().zip(kinds) {
            if let Some(kind) = kind
                && first.as_ref().is_none_or(|(known, at, _)| (row, column) < (*known, *at))
            {
                *first = Some((row, column, kind));
            }
        }
    }

    /// What there is of each kind; `name` says what a dataset calls the image in a row and column.
    pub(crate) fn parts(&self, name: impl Fn(usize, usize) -> String) -> Vec<UnusedParts> {
        let count = |bit: u8| self.rows.iter().filter(|seen| seen.load(Ordering::Relaxed) & bit != 0).count();
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of = count(READ);
        let parts = first.into_iter().enumerate().filter_map(|(index, first)| {
            let (row, column, kind) = first?;
            Some(UnusedParts { kind, images: count(READ << (index + 1)), of, first: name(row, column) })
        });
        parts.collect()
    }
}
