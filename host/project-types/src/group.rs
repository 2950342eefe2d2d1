//! Which images belong together, such as the photographs of one part: by a column of the dataset, by a part of their paths,
//! or by their folder.

use std::fmt;
use std::str::FromStr;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// The longest expression that is compiled, in bytes of text.
const LONGEST: usize = 1000;

/// How the group of an image is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum GroupRule {
    /// `column NAME`: what the dataset has in this column.
    Column(String),
    /// `pattern EXPRESSION`: the part of the path that the first group of the expression matches, or all of the match. A path
    /// that does not match is a group of its own.
    Pattern(Regex),
    /// `folder`: the folder that the image lies in.
    Folder,
}

impl GroupRule {
    /// The part of a path that names its group, for a pattern.
    pub fn matched<'a>(pattern: &Regex, path: &'a str) -> Option<&'a str> {
        let found = pattern.captures(path)?;
        found.get(1).or_else(|| found.get(0)).map(|part| part.as_str()).filter(|part| !part.is_empty())
    }
}

/// By their texts; an expression has no other equality.
impl PartialEq for GroupRule {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for GroupRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => write!(f, "column {name}"),
            Self::Pattern(pattern) => write!(f, "pattern {}", pattern.as_str()),
            Self::Folder => f.write_str("folder"),
        }
    }
}

/// A text that is no [`GroupRule`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAGroupRule {
    /// It is none of them.
    Unknown {
        /// The text.
        found: String,
    },
    /// Its expression cannot be used.
    Expression {
        /// The text.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for NotAGroupRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for NotAGroupRule {}

impl FromStr for GroupRule {
    type Err = NotAGroupRule;

    fn from_str(text: &str) -> Result<Self, NotAGroupRule> {
        let found = text.to_owned();
        let (word, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        match (word, rest.trim()) {
            ("folder", "") => Ok(Self::Folder),
            ("column", name) if !name.is_empty() => Ok(Self::Column(name.to_owned())),
            ("pattern", pattern) if pattern.len() > LONGEST => {
                let reason = format!("{} bytes, expected at most {LONGEST}", pattern.len());
                Err(NotAGroupRule::Expression { found, reason })
            }
            ("pattern", pattern) if !pattern.is_empty() => Regex::new(pattern).map(Self::Pattern).map_err(|error| {
                // The last line of several says what is wrong.
                let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
                NotAGroupRule::Expression { found, reason: reason.trim_start_matches("error: ").to_owned() }
            }),
            _ => Err(NotAGroupRule::Unknown { found }),
        }
    }
}

impl From<GroupRule> for String {
    fn from(rule: GroupRule) -> Self {
        rule.to_string()
    }
}

impl TryFrom<String> for GroupRule {
    type Error = NotAGroupRule;

    fn try_from(text: String) -> Result<Self, NotAGroupRule> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_written() {
        for text in ["folder", "column tile", "column # tile", r"pattern ^(part\d+)_"] {
            let rule: GroupRule = text.parse().unwrap();
            assert_eq!(rule.to_string(), text);
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<GroupRule>(&json).unwrap(), rule);
        }
        for text in ["", "folder x", "column", "pattern", "tile", "regex a"] {
            let refused = text.parse::<GroupRule>().unwrap_err();
            assert_eq!(refused, NotAGroupRule::Unknown { found: text.to_owned() });
        }
        for text in ["pattern (", &format!("pattern {}", "a".repeat(2000)), "pattern a{99999999}"] {
            let refused = text.parse::<GroupRule>().unwrap_err();
            assert!(matches!(refused, NotAGroupRule::Expression { .. }), "{text}");
        }
    }

    #[test]
    fn the_first_group_of_an_expression_names_it() {
        let matched = |pattern: &str, path| GroupRule::matched(&Regex::new(pattern).unwrap(), path).map(str::to_owned);
        assert_eq!(matched(r"(part\d+)_", "a/part12_3.png").as_deref(), Some("part12"));
        assert_eq!(matched(r"part\d+", "a/part12_3.png").as_deref(), Some("part12"));
        assert_eq!(matched(r"(x)?part", "a/part12_3.png").as_deref(), Some("part"));
        assert_eq!((matched("y", "a/b.png"), matched("y*", "a/b.png")), (None, None));
    }
}
