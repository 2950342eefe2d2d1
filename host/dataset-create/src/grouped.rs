//! What the user should know of groups after a split: how near the ratio is, and which are large.

use std::collections::HashMap;

use crate::groups::Groups;
use crate::images::Made;
use crate::options::{Grouping, Options};
use crate::split::Split;
use crate::summary::{Group, Grouped};

/// What the user should know of them.
pub(crate) fn describe(groups: &Groups, made: &[Made<'_>], split: &Split, options: &Options) -> Grouped {
    let mut found: Vec<Group> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for (csv, rows) in [(&options.file1, &split.first), (&options.file2, &split.second)] {
        for row in rows {
            let (Some(group), Some(made)) = (groups.of.get(*row), made.get(*row)) else { continue };
            let next = found.len();
            let at = *known.entry(*group).or_insert(next);
            if at == next {
                let name = groups.name(*row).unwrap_or_default().to_owned();
                found.push(Group { name, csv: csv.clone(), images: Vec::new() });
            }
            if let Some(group) = found.get_mut(at) {
                group.images.push(format!("./{}", made.item.path()));
            }
        }
    }
    let count = found.len();
    found.retain(|group| group.images.len() > 1);
    found.sort_by(|a, b| b.images.len().cmp(&a.images.len()).then_with(|| a.name.cmp(&b.name)));
    let got = 100.0 * split.first.len() as f64 / made.len().max(1) as f64;
    let by_likeness = matches!(options.group, Some(Grouping::Likeness));
    Grouped {
        by_likeness,
        groups: count,
        file: options.file1.clone(),
        asked: 100 - options.ratio2,
        got,
        several: found,
    }
}
