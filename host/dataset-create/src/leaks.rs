//! Images that training and test have in common.

use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, Duplicate, Fingerprint, find_duplicates};

use crate::error::CreateError;
use crate::images::Made;
use crate::options::Options;
use crate::split::Split;
use crate::summary::{Leak, Note};

/// One side of a comparison: a table with the fingerprints of its images.
pub(crate) struct Compared {
    csv: PathBuf,
    names: Vec<String>,
    fingerprints: Vec<Option<Fingerprint>>,
}

impl Compared {
    /// Reads the variable `x`, or the first one if there is no `x`.
    pub(crate) fn open(path: &Path) -> Result<Self, CreateError> {
        let dataset = Dataset::open(path)?;
        let variable = dataset.variable("x").ok().or_else(|| dataset.variables().first());
        let column = variable.and_then(|variable| variable.columns.first().copied()).unwrap_or_default();
        let names = (0..dataset.len()).map(|row| dataset.text(row, column).unwrap_or_default().to_owned()).collect();
        let fingerprints = variable.map(|variable| dataset.fingerprints(variable)).unwrap_or_default();
        if fingerprints.iter().all(Option::is_none) {
            return Err(CreateError::NothingToCompare { path: path.to_owned() });
        }
        Ok(Self { csv: path.to_owned(), names, fingerprints })
    }

    /// What the user should know where not every row could be compared.
    pub(crate) fn note(&self) -> Option<Note> {
        let missing = self.fingerprints.iter().filter(|found| found.is_none()).count();
        (missing > 0).then(|| Note::NotCompared { missing, rows: self.fingerprints.len(), dataset: self.csv.clone() })
    }
}

/// Compares the second table with the first, and both with `other`.
pub(crate) fn find(made: &[Made<'_>], split: &Split, options: &Options, other: Option<&Compared>) -> Vec<Leak> {
    let of = |csv: &str, rows: &[usize]| {
        let rows: Vec<&Made<'_>> = rows.iter().filter_map(|&row| made.get(row)).collect();
        Compared {
            csv: csv.into(),
            names: rows.iter().map(|made| format!("./{}", made.item.path())).collect(),
            fingerprints: rows.iter().map(|made| made.fingerprint.clone()).collect(),
        }
    };
    let (first, second) = (of(&options.file1, &split.first), of(&options.file2, &split.second));
    let mut leaks = between(&first, &second);
    for own in [&first, &second] {
        leaks.extend(other.into_iter().flat_map(|other| between(other, own)));
    }
    leaks
}

fn between(first: &Compared, second: &Compared) -> Vec<Leak> {
    let name = |side: &Compared, row: usize| side.names.get(row).cloned().unwrap_or_default();
    let leak = |found: Duplicate| Leak {
        first: name(first, found.first),
        first_csv: first.csv.display().to_string(),
        second: name(second, found.second),
        second_csv: second.csv.display().to_string(),
        exact: found.exact,
        distance: found.distance,
    };
    find_duplicates(&first.fingerprints, &second.fingerprints).into_iter().map(leak).collect()
}
