//! The order of the rows, and which CSV each one goes to (NNC contract 3.4).

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::groups::Groups;
use crate::images::Made;
use crate::options::{Grouping, Options};

/// Positions of rows for each of the two tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) first: Vec<usize>,
    pub(crate) second: Vec<usize>,
}

/// Orders the images and gives each to one of the tables, those of a group to the same one.
pub(crate) fn split(made: &[Made<'_>], options: &Options, groups: Option<&Groups>) -> Split {
    let order: Vec<usize> = match options.shuffle {
        None => (0..made.len()).collect(),
        Some(seed) => {
            let names: Vec<String> = made.iter().map(|made| made.item.path()).collect();
            shuffled(&names, seed)
        }
    };
    // Splits by stems were first, and stay what they were.
    let closest = !matches!(options.group, Some(Grouping::Stem(_)));
    match groups {
        None => by_ratio(order, options.ratio2),
        Some(groups) => by_group(order, options.ratio2, &groups.of, closest),
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

/// As [`by_ratio`], but rows of one group stay together: group by group in order of their first rows, each goes to the first
/// CSV as long as that brings it closer to its ratio. Where that misses it, `closest` asks for the groups that come closest.
fn by_group(order: Vec<usize>, ratio2: u8, group_of: &[usize], closest: bool) -> Split {
    let mut sizes: Vec<usize> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    let mut numbers: Vec<usize> = Vec::with_capacity(order.len());
    for row in &order {
        let group = group_of.get(*row).copied().unwrap_or_default();
        let number = *known.entry(group).or_insert(sizes.len());
        match sizes.get_mut(number) {
            Some(size) => *size += 1,
            None => sizes.push(1),
        }
        numbers.push(number);
    }
    let wanted = first_rows(order.len(), ratio2);
    let mut taken = 0;
    let mut chosen: Vec<bool> = Vec::with_capacity(sizes.len());
    for size in &sizes {
        let takes = wanted.abs_diff(taken + size) < wanted.abs_diff(taken);
        taken += if takes { *size } else { 0 };
        chosen.push(takes);
    }
    if closest && taken != wanted {
        chosen = closest_to(&sizes, wanted);
    }
    let goes_first = |number: &usize| chosen.get(*number).copied().unwrap_or_default();
    let (first, second): (Vec<_>, Vec<_>) = order.into_iter().zip(numbers).partition(|(_, number)| goes_first(number));
    let rows = |side: Vec<(usize, usize)>| side.into_iter().map(|(row, _)| row).collect();
    Split { first: rows(first), second: rows(second) }
}

/// Which groups of these sizes have together as nearly `wanted` rows as any; of one size those that come first.
fn closest_to(sizes: &[usize], wanted: usize) -> Vec<bool> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    sizes.iter().for_each(|size| *counts.entry(*size).or_default() += 1);
    // No rows at all are as near as twice as many as are wanted.
    let limit = sizes.iter().sum::<usize>().min(2 * wanted);
    // For every sum that groups can have, the size of one of them: sums of smaller sizes are found first.
    let mut reached: Vec<Option<usize>> = vec![None; limit + 1];
    let is_reached = |reached: &[Option<usize>], sum: usize| sum == 0 || reached.get(sum).is_some_and(Option::is_some);
    for (&size, &count) in &counts {
        let mut used = vec![0; limit + 1];
        for sum in size..=limit {
            let before = used.get(sum - size).copied().unwrap_or_default();
            if before < count && !is_reached(&reached, sum) && is_reached(&reached, sum - size) {
                reached[sum] = Some(size);
                used[sum] = before + 1;
            }
        }
    }
    let sums = (0..=limit).filter(|sum| is_reached(&reached, *sum));
    let mut left = sums.min_by_key(|sum| sum.abs_diff(wanted)).unwrap_or_default();
    let mut due: HashMap<usize, usize> = HashMap::new();
    while let Some(size) = reached.get(left).copied().flatten() {
        *due.entry(size).or_default() += 1;
        left -= size;
    }
    let takes = |size: &usize| match due.get_mut(size) {
        Some(due) if *due > 0 => {
            *due -= 1;
            true
        }
        _ => false,
    };
    sizes.iter().map(takes).collect()
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
        let part: Vec<usize> = (0..100).map(|row| row / 7).collect();
        let order = shuffled(&names(100), 3);
        for closest in [false, true] {
            let Split { first, second } = by_group(order.clone(), 40, &part, closest);
            assert_eq!(first.len() + second.len(), 100);
            assert!(!first.iter().any(|row| second.iter().any(|other| part[*other] == part[*row])));
            // 14 groups of seven and one of two: 8 * 7 + 2 = 58 or 9 * 7 = 63 for the 60 that are asked for.
            assert!(first.len().abs_diff(60) <= if closest { 2 } else { 7 }, "{}", first.len());
            let in_order = |rows: &[usize]| rows.is_sorted_by_key(|row| order.iter().position(|other| other == row));
            assert!(in_order(&first) && in_order(&second));
        }
        // Rows that are alone are split as without groups.
        let alone: Vec<usize> = (0..10).collect();
        assert_eq!(by_group(alone.clone(), 40, &alone, true), by_ratio(alone, 40));
        // What cannot be split is not.
        assert_eq!(by_group(vec![0, 1, 2], 50, &[5; 3], true).second, [0, 1, 2]);
        assert_eq!(by_group(vec![0, 1, 2], 20, &[5; 3], true).first, [0, 1, 2]);
    }

    #[test]
    fn no_other_groups_come_closer() {
        for (sizes, wanted) in [
            (vec![7, 5, 3, 3], 9),
            (vec![10, 10, 10, 4], 13),
            (vec![9, 9], 3),
            (vec![2; 9], 7),
            (vec![6, 1, 5, 1, 4], 0),
            (vec![], 0),
        ] {
            let subsets = 0..1_usize << sizes.len();
            let size_of = |chosen: &dyn Fn(usize) -> bool| -> usize {
                sizes.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, size)| size).sum()
            };
            let least = subsets.map(|subset| size_of(&|at| subset >> at & 1 == 1).abs_diff(wanted)).min();
            let chosen = closest_to(&sizes, wanted);
            assert_eq!(chosen.len(), sizes.len());
            assert_eq!(Some(size_of(&|at| chosen[at]).abs_diff(wanted)), least, "{sizes:?} {wanted}");
        }
    }
}
