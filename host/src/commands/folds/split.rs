//! Which image goes into which fold.

use std::collections::{BTreeMap, BTreeSet};

/// What a split has to know of an image.
pub(super) struct Member<'a> {
    /// What its place in the order is drawn from.
    pub(super) name: &'a str,
    /// The group that no fold may tear; `None` for an image by itself.
    pub(super) group: Option<&'a str>,
    pub(super) is_defective: bool,
}

/// How many groups have a normal image; an image without a group is one by itself.
pub(super) fn normal_units(members: &[Member<'_>]) -> usize {
    let normal = members.iter().filter(|member| !member.is_defective);
    let alone = normal.clone().filter(|member| member.group.is_none()).count();
    alone + normal.filter_map(|member| member.group).collect::<BTreeSet<_>>().len()
}

/// The fold of every image, from 0. Groups stay whole, and folds have about as many normal and defective images each; the same
/// images give the same folds. `None` where too few groups have a normal image to give each fold one.
pub(super) fn split(members: &[Member<'_>], folds: usize) -> Option<Vec<usize>> {
    let mut groups: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let alone = if member.group.is_some() { 0 } else { index };
        groups.entry((member.group, alone)).or_default().push(index);
    }
    // Large groups first, so that small ones can even out; groups of one size in an order that says nothing about them.
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    let key = |group: &Vec<usize>| group.first().and_then(|&first| members.get(first)).map(|first| hash(first.name));
    groups.sort_by_key(|group| (usize::MAX - group.len(), key(group)));
    let is_defective = |&index: &usize| members.get(index).is_some_and(|member| member.is_defective);
    let mut counts = vec![[0, 0]; folds];
    let mut found = vec![0; members.len()];
    for group in groups {
        let defective = group.iter().filter(|index| is_defective(index)).count();
        let normal = group.len() - defective;
        // By what is rarer in a training set: a group with normal images goes where there are fewest of them.
        let kind = usize::from(normal == 0);
        let fold = (0..folds).min_by_key(|&fold| (counts[fold][kind], counts[fold][1 - kind]))?;
        counts[fold][0] += normal;
        counts[fold][1] += defective;
        group.iter().for_each(|&index| found[index] = fold);
    }
    counts.iter().all(|[normal, _]| *normal > 0).then_some(found)
}

/// A number that says nothing about the text it was made of (FNV-1a).
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stay_whole_and_folds_are_alike() {
        let names: Vec<String> = (0..60).map(|index| format!("{index}.png")).collect();
        let groups: Vec<String> = (0..60).map(|index| format!("part {}", index / 3)).collect();
        let members: Vec<Member<'_>> = (0..60)
            .map(|index| Member { name: &names[index], group: Some(&groups[index]), is_defective: index >= 45 })
            .collect();
        let found = split(&members, 5).unwrap();
        assert_eq!(split(&members, 5).unwrap(), found);
        for group in found.chunks(3) {
            assert!(group.iter().all(|fold| *fold == group[0]), "{found:?}");
        }
        for fold in 0..5 {
            let count = |defective: bool| {
                found
                    .iter()
                    .zip(&members)
                    .filter(|(of, member)| **of == fold && member.is_defective == defective)
                    .count()
            };
            assert_eq!((count(false), count(true)), (9, 3));
        }
        // Without groups each image is by itself.
        let alone: Vec<Member<'_>> = members.iter().map(|member| Member { group: None, ..*member }).collect();
        let found = split(&alone, 7).unwrap();
        assert!((0..7).all(|fold| (8..=9).contains(&found.iter().filter(|of| **of == fold).count())), "{found:?}");
    }

    #[test]
    fn folds_without_a_normal_image_are_refused() {
        let member = |group, is_defective| Member { name: "a", group: Some(group), is_defective };
        let members = [member("1", false), member("1", false), member("2", true), member("3", false)];
        assert!(split(&members, 2).is_some());
        assert!(split(&members, 3).is_none());
        assert!(split(&[], 2).is_none());
        let group = |name, group, is_defective| Member { name, group, is_defective };
        let members = [
            group("a", Some("g"), false),
            group("b", Some("g"), false),
            group("c", Some("h"), true),
            group("d", None, false),
        ];
        assert_eq!(normal_units(&members), 2);
    }
}
