//! Which images belong together, such as the photographs of one part, so that no group ends up in both tables.

use std::collections::HashMap;

use nnc_dataset::{Fingerprint, MOST_ALIKE, groups_by_likeness};
use nnc_files::hex;
use regex::Regex;

use crate::error::CreateError;
use crate::images::Made;
use crate::options::Grouping;

/// The groups of a dataset.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Groups {
    /// The group of each row.
    pub(crate) of: Vec<usize>,
    /// The names of the groups; none for an image that is alone because nothing names its group.
    pub(crate) names: Vec<Option<String>>,
}

impl Groups {
    /// The groups of the images that were made, numbered in their order.
    pub(crate) fn find(
        made: &[Made<'_>],
        grouping: &Grouping,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, CreateError> {
        Ok(match grouping {
            Grouping::Stem(pattern) => Self::named(made.iter().map(|made| {
                let stem = made.item.stem.as_str();
                Some(matched(pattern, stem).unwrap_or(stem).to_owned())
            })),
            Grouping::Path(pattern) => Self::named(made.iter().map(|made| {
                let path = format!("./{}", made.item.path());
                matched(pattern, &path).filter(|part| !part.is_empty()).map(str::to_owned)
            })),
            Grouping::Folder => {
                Self::named(made.iter().map(|made| Some(made.item.below.clone()).filter(|below| !below.is_empty())))
            }
            Grouping::Likeness if made.len() > MOST_ALIKE => {
                return Err(CreateError::TooManyToCompare { found: made.len(), limit: MOST_ALIKE });
            }
            Grouping::Likeness => {
                let prints: Vec<Option<Fingerprint>> = made.iter().map(|made| made.fingerprint.clone()).collect();
                Self::alike(made, &groups_by_likeness(&prints, stopped).ok_or(CreateError::Interrupted)?)
            }
        })
    }

    /// Rows with one name are one group; one without a name is alone.
    fn named(names: impl Iterator<Item = Option<String>>) -> Self {
        let mut groups = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        for name in names {
            let next = groups.names.len();
            let group = name.as_ref().map_or(next, |name| *known.entry(name.clone()).or_insert(next));
            if group == next {
                groups.names.push(name);
            }
            groups.of.push(group);
        }
        groups
    }

    /// `first` says for each row which row is the first of its group. A group is named after that image and its content, so
    /// that groups of two datasets have one name only where they begin with the same image.
    fn alike(made: &[Made<'_>], first: &[usize]) -> Self {
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        first.iter().for_each(|row| *sizes.entry(*row).or_default() += 1);
        let name = |row: &usize| {
            let made = made.get(*row).filter(|_| sizes.get(row).is_some_and(|size| *size > 1))?;
            let content = made.fingerprint.as_ref().map(|print| hex(&print.pixels()[..4])).unwrap_or_default();
            Some(format!("{}-{content}", made.item.stem))
        };
        let mut groups = Self::default();
        let mut known: HashMap<usize, usize> = HashMap::new();
        for row in first {
            let next = groups.names.len();
            let group = *known.entry(*row).or_insert(next);
            if group == next {
                groups.names.push(name(row));
            }
            groups.of.push(group);
        }
        groups
    }

    /// The name of the group of a row.
    pub(crate) fn name(&self, row: usize) -> Option<&str> {
        self.names.get(*self.of.get(row)?)?.as_deref()
    }
}

/// What of a text names its group: the first group of the expression, else all that matches.
fn matched<'a>(pattern: &Regex, text: &'a str) -> Option<&'a str> {
    let captures = pattern.captures(text)?;
    captures.get(1).or_else(|| captures.get(0)).map(|found| found.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_name_are_one_group() {
        let names = ["a", "b", "", "a", ""].map(|name| Some(name.to_owned()).filter(|name| !name.is_empty()));
        let groups = Groups::named(names.into_iter());
        assert_eq!(groups.of, [0, 1, 2, 0, 3]);
        assert_eq!((groups.name(3), groups.name(4), groups.name(5)), (Some("a"), None, None));
    }

    #[test]
    fn the_first_group_of_an_expression_names_it() {
        for (pattern, text, expected) in [
            (r"(part\d+)_", "./0/part12_3.png", Some("part12")),
            (r"part\d+", "./0/part12_3.png", Some("part12")),
            (r"(x)?part", "part12", Some("part")),
            ("y", "part12", None),
        ] {
            assert_eq!(matched(&Regex::new(pattern).unwrap(), text), expected, "{pattern}");
        }
    }
}
