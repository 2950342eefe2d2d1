//! Images that show the same part, under another light or from a slightly other place: their names need not say so, and
//! their greys differ.
//!
//! What of an image is compared is fine detail alone ([`Appearance`]): the band-passed means of its fingerprint, at equal
//! contrast everywhere, less what all images of the set share. Two images are alike whose details correlate, at the best
//! of a few shifts, far more than those of an image with most others of the set do; the usual correlation is that at which
//! three quarters of a sample of the others lie below. So no fixed correlation decides, which each product would need its
//! own of.
//!
//! Every image is compared with every other coarsely, and with the few that remain exactly; what remains is bounded for
//! each image, so that memory grows with the number of images alone. The same images give the same result for any number
//! of threads.
//!
//! This can miss, for example where parts hardly differ from each other or one part fills a quarter of the set, and it can
//! join, for example images of two parts with one scratch pattern of the tool. How often, `docs/decisions/likeness.md` says.

mod appearance;
mod comparison;

use std::collections::HashMap;

use crate::fingerprint::Fingerprint;
use crate::threads;
use appearance::Appearance;
use comparison::Comparison;

/// Images that are compared at most: time grows with the square of their number.
pub const MOST_ALIKE: usize = 50_000;

/// Two images that are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Its position in the first set.
    pub first: usize,
    /// Its position in the second set.
    pub second: usize,
    /// How much more than usual their details correlate, up to 1; 1 for the very same pixels.
    pub excess: f32,
}

/// The group of every image: images that are alike, directly or by way of others, have one number, that of the first of
/// them. An image without a fingerprint is alone. `None` if `stopped` said so, or if there are more images than
/// [`MOST_ALIKE`].
pub fn groups_by_likeness(images: &[Option<Fingerprint>], stopped: &(dyn Fn() -> bool + Sync)) -> Option<Vec<usize>> {
    let prints: Vec<Option<&Fingerprint>> = images.iter().map(Option::as_ref).collect();
    let mut groups = Groups::new(prints.len());
    let mut first: HashMap<[u8; 32], usize> = HashMap::new();
    for (position, print) in prints.iter().enumerate() {
        if let Some(print) = print {
            groups.join(*first.entry(print.hash).or_insert(position), position);
        }
    }
    for Alike { first, second, .. } in alike(&prints, 0, stopped)? {
        groups.join(first, second);
    }
    Some((0..prints.len()).map(|position| groups.first(position)).collect())
}

/// For every image of `second` that is like one of `first`, that one, in the order of `second`; the very same pixels
/// before all. `None` as in [`groups_by_likeness`], for both sets together.
pub fn find_alike(
    first: &[Option<Fingerprint>],
    second: &[Option<Fingerprint>],
    stopped: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Alike>> {
    let prints: Vec<Option<&Fingerprint>> = second.iter().chain(first).map(Option::as_ref).collect();
    let known: HashMap<[u8; 32], usize> =
        first.iter().enumerate().rev().filter_map(|(position, print)| Some((print.as_ref()?.hash, position))).collect();
    let mut best: Vec<Option<Alike>> = vec![None; second.len()];
    for (position, (place, print)) in best.iter_mut().zip(second).enumerate() {
        let same = print.as_ref().and_then(|print| known.get(&print.hash));
        *place = same.map(|&first| Alike { first, second: position, excess: 1.0 });
    }
    // In one list with the second set in front, so that a pair across the sets leads from a low position to a high one.
    for Alike { first: own, second: other, excess } in alike(&prints, second.len(), stopped)? {
        let found = Alike { first: other - second.len(), second: own, excess };
        if let Some(place) = best.get_mut(own)
            && place.is_none_or(|known| (excess, known.first) > (known.excess, found.first))
        {
            *place = Some(found);
        }
    }
    Some(best.into_iter().flatten().collect())
}

/// All pairs that are alike, the lower position first; with a `border`, those across it alone.
fn alike(prints: &[Option<&Fingerprint>], border: usize, stopped: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Alike>> {
    if prints.len() > MOST_ALIKE {
        return None;
    }
    let compare = || {
        let appearances = Appearance::of_all(prints);
        let comparison = Comparison::new(&appearances, stopped)?;
        comparison.pairs(border, stopped)
    };
    match threads::pool(0) {
        Ok(pool) => pool.install(compare),
        // Without further threads it only takes longer.
        Err(_) => compare(),
    }
}

/// Numbers that are joined to groups, each known by its lowest number.
struct Groups {
    above: Vec<usize>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { above: (0..count).collect() }
    }

    fn first(&mut self, number: usize) -> usize {
        let mut at = number;
        while let Some(&above) = self.above.get(at).filter(|above| **above != at) {
            // Halves the way for whoever comes next.
            let further = self.above.get(above).copied().unwrap_or(above);
            if let Some(place) = self.above.get_mut(at) {
                *place = further;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(place) = self.above.get_mut(one.max(other)) {
            *place = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests;
