//! Images in groups: how often a group is drawn decides how often its images count.
//!
//! Groups are numbered by what is in them, so that neither the order of the rows nor the names of the groups matter.

use std::collections::HashMap;

use crate::model::EvaluatedImage;

/// Puts items into groups by their names; each without one is a group of its own. What is in a group comes in the order of
/// `T`, and so do the groups.
pub(crate) fn grouped<'a, T: Ord>(items: impl IntoIterator<Item = (Option<&'a str>, T)>) -> Vec<Vec<T>> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for (name, item) in items {
        let group = name.map_or(groups.len(), |name| *known.entry(name).or_insert(groups.len()));
        match groups.get_mut(group) {
            Some(items) => items.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

/// A score that sorts as numbers do: NaN is the lowest, and 0 has no sign.
pub(crate) fn sortable(score: f32) -> u32 {
    let score = if score.is_nan() { f32::NEG_INFINITY } else { score + 0.0 };
    let bits = score.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

/// Whether any image has a group.
pub(crate) fn are_known(rows: &[EvaluatedImage]) -> bool {
    rows.iter().any(|image| image.group.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_by_what_is_in_them() {
        let items = [(Some("b"), 3), (None, 2), (Some("a"), 1), (Some("b"), 0), (None, 2)];
        let due = [vec![0, 3], vec![1], vec![2], vec![2]];
        assert_eq!(grouped(items), due);
        let mut turned = items;
        turned.reverse();
        assert_eq!(grouped(turned), due);
        let renamed = items.map(|(name, item)| (name.map(|name| if name == "a" { "z" } else { "c" }), item));
        assert_eq!(grouped(renamed), due);
    }

    #[test]
    fn scores_sort_as_numbers_do() {
        let sorted = [f32::NAN, -1e30, -2.5, -1e-30, -0.0, 1e-30, 3.0, f32::INFINITY];
        assert!(sorted.map(sortable).is_sorted());
        assert_eq!((sortable(f32::NAN), sortable(-0.0)), (sortable(f32::NEG_INFINITY), sortable(0.0)));
    }
}
