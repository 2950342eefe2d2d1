//! Images that training and test have in common.

use std::path::Path;

use nnc_dataset::{Dataset, Fingerprint, twins};

use crate::error::CreateError;
use crate::language::Text;
use crate::layout::Item;
use crate::options::Options;
use crate::summary::Leak;

/// Another data set, its images looked at.
pub(crate) struct Other {
    csv: String,
    names: Vec<String>,
    prints: Vec<Option<Fingerprint>>,
}

impl Other {
    /// Reads the variable `x`, or the first one if there is no `x`.
    pub(crate) fn open(path: &Path) -> Result<Self, CreateError> {
        let dataset = Dataset::open(path)?;
        let variable = dataset.variable("x").ok().or_else(|| dataset.variables().first());
        let column = variable.and_then(|variable| variable.columns.first().copied()).unwrap_or_default();
        let names =
            (0..dataset.len()).map(|row| dataset.record(row).nth(column).unwrap_or_default().to_owned()).collect();
        let prints = variable.map(|variable| dataset.fingerprints(variable)).unwrap_or_default();
        if prints.iter().all(Option::is_none) {
            return Err(CreateError::NothingToCompare { path: path.to_owned() });
        }
        Ok(Self { csv: path.display().to_string(), names, prints })
    }

    /// What the user should know where not every row could be compared.
    pub(crate) fn note(&self) -> Option<String> {
        let missing = self.prints.iter().filter(|print| print.is_none()).count();
        (missing > 0).then(|| Text::NotCompared.with(&[&missing, &self.prints.len(), &self.csv]))
    }
}

/// Compares the second table with the first, and both with `other`.
pub(crate) fn find(
    made: &[(&Item, Option<Fingerprint>)],
    first: &[usize],
    second: &[usize],
    options: &Options,
    other: Option<&Other>,
) -> Vec<Leak> {
    let of = |csv: &str, rows: &[usize]| {
        let rows: Vec<_> = rows.iter().filter_map(|&row| made.get(row)).collect();
        Other {
            csv: csv.to_owned(),
            names: rows.iter().map(|(item, _)| format!("./{}", item.path())).collect(),
            prints: rows.iter().map(|(_, print)| print.clone()).collect(),
        }
    };
    let (first, second) = (of(&options.file1, first), of(&options.file2, second));
    let mut leaks = between(&first, &second);
    for own in [&first, &second] {
        leaks.extend(other.into_iter().flat_map(|other| between(other, own)));
    }
    leaks
}

fn between(first: &Other, second: &Other) -> Vec<Leak> {
    let name = |side: &Other, row: usize| side.names.get(row).cloned().unwrap_or_default();
    let leak = |twin: nnc_dataset::Twin| Leak {
        first: name(first, twin.first),
        first_csv: first.csv.clone(),
        second: name(second, twin.second),
        second_csv: second.csv.clone(),
        exact: twin.exact,
        distance: twin.distance,
    };
    twins(&first.prints, &second.prints).into_iter().map(leak).collect()
}
