//! The order of the rows, and which CSV each one goes to (NNC contract 3.4).

use std::collections::HashMap;

use regex::Regex;
use sha2::{Digest, Sha256};

use crate::images::Made;
use crate::options::Options;

/// Positions of rows for each of the two tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) first: Vec<usize>,
    pub(crate) second: Vec<usize>,
}

/// Orders the images and gives each to one of the tables.
pub(crate) fn split(made: &[Made<'_>], options: &Options) -> Split {
    let order: Vec<usize> = match options.shuffle {
        None => (0..made.len()).collect(),
        Some(seed) => {
            let names: Vec<String> = made.iter().map(|made| made.item.path()).collect();
            shuffled(&names, seed)
        }
    };
    match &options.group_by {
        None => by_ratio(order, options.ratio2),
        Some(pattern) => {
            let stems: Vec<&str> = made.iter().map(|made| made.item.stem.as_str()).collect();
            by_group(order, options.ratio2, &stems, pattern)
        }
    }
}

/// Positions of `names` in a new order that depends on `seed` and the names alone: not on the machine, and hardly on
/// what is added or removed later.
fn shuffled(names: &[String], seed: u64) -> Vec<usize> {
    let mut order: Vec<([u8; 32], usize)> = names
        .iter()
        .enumerate()
        .map(|(position, name)| {
            let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name);
            (hash.finalize().into(), position)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, position)| position).collect()
}

/// The first `100 - ratio2` percent, rounded down, and the rest.
fn by_ratio(order: Vec<usize>, ratio2: u8) -> Split {
    let mut first = order;
    let second = first.split_off(first_rows(first.len(), ratio2));
    Split { first, second }
}

/// As [`by_ratio`], but rows whose stems belong together stay together: group by group in order of their first rows, each
/// goes to the first CSV as long as that brings it closer to its ratio.
fn by_group(order: Vec<usize>, ratio2: u8, stems: &[&str], pattern: &Regex) -> Split {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for &row in &order {
        let stem = stems.get(row).copied().unwrap_or_default();
        let group = *known.entry(group_of(stem, pattern)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(rows) => rows.push(row),
            None => groups.push(vec![row]),
        }
    }
    let wanted = first_rows(order.len(), ratio2);
    let mut first = std::collections::HashSet::new();
    for group in groups {
        let without = wanted.abs_diff(first.len());
        if wanted.abs_diff(first.len() + group.len()) < without {
            first.extend(group);
        }
    }
    let (first, second) = order.into_iter().partition(|row| first.contains(row));
    Split { first, second }
}

/// What of a stem names its group: the first group of the expression, else all that matches, else the whole stem.
fn group_of<'a>(stem: &'a str, pattern: &Regex) -> &'a str {
    let found = pattern.captures(stem).and_then(|captures| captures.get(1).or_else(|| captures.get(0)));
    found.map_or(stem, |found| found.as_str())
}

fn first_rows(rows: usize, ratio2: u8) -> usize {
    rows * (100 - usize::from(ratio2.min(100))) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|i| format!("./0/{i}.png")).collect()
    }

    #[test]
    fn ratios_are_rounded_down_for_the_first() {
        for (rows, ratio2, first) in [(8, 40, 4), (8, 0, 8), (8, 100, 0), (3, 50, 1), (1, 1, 0), (0, 50, 0)] {
            let Split { first: one, second: two } = by_ratio((0..rows).collect(), ratio2);
            assert_eq!(one, (0..first).collect::<Vec<_>>());
            assert_eq!(two, (first..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_order_depends_on_seed_and_names_alone() {
        let order = shuffled(&names(50), 7);
        assert_eq!(order, shuffled(&names(50), 7));
        assert_ne!(order, shuffled(&names(50), 8));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        // A row more changes nothing among the others.
        let more: Vec<usize> = shuffled(&names(51), 7).into_iter().filter(|row| *row != 50).collect();
        assert_eq!(order, more);
    }

    #[test]
    fn groups_stay_together() {
        let stems: Vec<String> = (0..100).map(|i| format!("part{}_{}", i / 7, i % 7)).collect();
        let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
        let order = shuffled(&names(100), 3);
        for pattern in [r"^(part\d+)_", r"^part\d+", r"part(\d+)"] {
            let Split { first, second } = by_group(order.clone(), 40, &stems, &Regex::new(pattern).unwrap());
            assert_eq!(first.len() + second.len(), 100);
            assert!(first.len().abs_diff(60) <= 7, "{}", first.len());
            let part = |row: &usize| row / 7;
            assert!(!first.iter().any(|row| second.iter().any(|other| part(other) == part(row))));
        }
        // Stems that do not match are groups of their own.
        let Split { first, .. } = by_group((0..10).collect(), 40, &stems, &Regex::new("^x").unwrap());
        assert_eq!(first, [0, 1, 2, 3, 4, 5]);
    }
}
