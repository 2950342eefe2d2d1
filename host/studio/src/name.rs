//! Names that come from requests and become names of files. A value of these types cannot lead anywhere.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use nnc_messages::{Language, Said};
use nnc_text::is_plain;
use serde::{Deserialize, Deserializer, Serialize, de};
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::why::Why;

/// Characters of a name.
const LONGEST: usize = 80;
/// Bytes of it: file systems take 255, and endings are added.
const MOST_BYTES: usize = 200;
/// Folders below each other that a result lies in.
const DEEPEST: usize = 6;
/// What stands between the folders of a result's id.
const BETWEEN: char = '~';

/// The name of a dataset, a project, a table or a result: one component of a path, shown, in any script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Name(String);

impl Name {
    /// Checks a name.
    pub(crate) fn new(text: &str) -> Result<Self, Refusal> {
        let begins = text.chars().next().is_some_and(|first| first != '.' && !first.is_whitespace());
        let plain = text.chars().all(|c| is_plain(c) && !matches!(c, '/' | '\\' | BETWEEN));
        let short = text.chars().count() <= LONGEST && text.len() <= MOST_BYTES;
        let ends = !text.ends_with([' ', '.']);
        if begins && plain && short && ends {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::bad_name(Why::BadName { found: text.to_owned() }))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The file with this name and an ending.
    pub(crate) fn with(&self, ending: &str) -> String {
        format!("{}{ending}", self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<Path> for Name {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Programs read this; people are told by forms.
        Self::new(&text).map_err(|refusal| de::Error::custom(Said(&refusal, Language::English)))
    }
}

/// Names that the studio gives itself: uploads, jobs, what was deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Id(String);

impl Id {
    pub(crate) fn new(text: &str) -> Result<Self, Refusal> {
        let good = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if good { Ok(Self(text.to_owned())) } else { Err(Refusal::bad_name(Why::BadId { found: text.to_owned() })) }
    }

    /// One that nobody has: the time first, so that they sort.
    pub(crate) fn fresh(mark: char) -> std::io::Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let random = nnc_files::random_bytes::<4>()?;
        // The queue goes by them, and two jobs may come in the same second.
        let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
        Ok(Self(format!("{mark}{seconds:010x}{nanos:08x}{}", nnc_files::hex(&random))))
    }

    /// One that follows from what it stands for.
    pub(crate) fn of(mark: char, what: &str) -> Self {
        let digest = nnc_files::hex(&Sha256::digest(what.as_bytes()));
        Self(format!("{mark}{}", digest.get(..24).unwrap_or(&digest)))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<Path> for Id {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(|refusal| de::Error::custom(Said(&refusal, Language::English)))
    }
}

/// The folder of a result, by the names that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ResultId(Vec<Name>);

impl ResultId {
    pub(crate) fn new(text: &str) -> Result<Self, Refusal> {
        let names: Vec<Name> = text.split(BETWEEN).map(Name::new).collect::<Result<_, _>>()?;
        if names.len() > DEEPEST {
            return Err(Refusal::bad_name(Why::BadName { found: text.to_owned() }));
        }
        Ok(Self(names))
    }

    /// A result in the usual folder.
    pub(crate) fn usual(name: Name) -> Self {
        Self(vec![Name(crate::workspace::RESULTS.to_owned()), name])
    }

    /// Where it is in the studio's folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.iter().collect()
    }

    /// The last name.
    pub(crate) fn name(&self) -> &str {
        self.0.last().map_or("", Name::as_str)
    }
}

impl fmt::Display for ResultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(Name::as_str).collect();
        f.write_str(&names.join(&BETWEEN.to_string()))
    }
}

impl Serialize for ResultId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResultId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(|refusal| de::Error::custom(Said(&refusal, Language::English)))
    }
}

/// The path of a file in an upload: names with `/` between them.
pub(crate) fn upload_path(text: &str) -> Result<PathBuf, Refusal> {
    const DEEPEST_UPLOAD: usize = 16;
    let bad = || Refusal::bad_name(Why::BadPath { found: text.to_owned() });
    let mut path = PathBuf::new();
    let mut depth = 0;
    for part in text.split('/') {
        let plain = part.chars().all(|c| is_plain(c) && c != '\\');
        depth += 1;
        if part.is_empty() || part.starts_with('.') || part.len() > MOST_BYTES || !plain || depth > DEEPEST_UPLOAD {
            return Err(bad());
        }
        path.push(part);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_plain_component() {
        for good in ["a", "train.csv", "flanges-2", "部品 A", "-o", "a b", "%2e%2e", "100%"] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        let long = "x".repeat(81);
        for bad in [
            "",
            ".",
            "..",
            ".git",
            " a",
            "a ",
            "a.",
            "a/b",
            "../a",
            "a\\b",
            "a~b",
            "a\0b",
            "a\nb",
            "a\u{202e}b",
            &long,
            "\u{feff}",
        ] {
            assert!(Name::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_comes_later_is_sorted_later() {
        let ids: Vec<Id> = (0..100).map(|_| Id::fresh('j').unwrap()).collect();
        assert!(ids.is_sorted());
        assert_eq!(Id::new(&ids[0].to_string()).unwrap(), ids[0]);
    }

    #[test]
    fn results_are_named_by_their_folders() {
        let id = ResultId::new("results~flanges-1").unwrap();
        assert_eq!((id.path(), id.name()), (PathBuf::from("results/flanges-1"), "flanges-1"));
        assert_eq!(id.to_string(), "results~flanges-1");
        for bad in ["", "~", "a~", "a~..~b", "a~.nnc-studio", "a/b", "a~b~c~d~e~f~g"] {
            assert!(ResultId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_of_uploads_stay_in_them() {
        assert_eq!(upload_path("photos/0/a.png").unwrap(), PathBuf::from("photos/0/a.png"));
        for bad in ["", "/etc/passwd", "a//b", "../a", "a/../b", "a/./b", "a\\..\\b", ".ssh/x", "a/\0", "a/"] {
            assert!(upload_path(bad).is_err(), "{bad:?}");
        }
    }
}
