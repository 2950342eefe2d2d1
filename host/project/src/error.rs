//! What can be wrong with a project.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use nnc_project_types::{NotAGroupRule, NotATileRule, PluginReference, UnknownDevice, UnknownEngine};
use nnc_report::{NormalSource, ScoreRule, Task};

use crate::own_network::OwnNetwork;

/// Why a project cannot be used.
#[derive(Debug)]
pub struct ProjectError {
    /// The project file.
    pub path: PathBuf,
    /// Where the problem stands, if it stands in the file.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: ProjectProblem,
}

/// What is wrong with a project.
#[derive(Debug)]
pub enum ProjectProblem {
    /// The file is a dataset.
    IsDataset,
    /// The system does not give the file, or it is not UTF-8.
    Unreadable(std::io::Error),
    /// The file is not TOML, or a value has the wrong type; in the words of the TOML library.
    Toml(String),
    /// A key that no section has.
    UnknownKey(Box<UnknownKey>),
    /// An override of the command line that cannot be applied.
    Override(Box<OverrideError>),
    /// A value of the wrong type after the overrides of the command line.
    AfterOverrides {
        /// All overrides as they were given.
        given: Vec<String>,
        /// Words of the TOML library.
        reason: String,
    },
    /// A number of `[config]` out of its range.
    OutOfRange {
        /// The key.
        key: &'static str,
        /// Its value.
        found: i64,
        /// The largest value; the smallest one is 1.
        max: usize,
    },
    /// A dataset whose path is empty.
    EmptyUri {
        /// The dataset.
        dataset: &'static str,
    },
    /// A path with characters that no path has: a backslash and the letter behind it, taken for one.
    ControlCharacters {
        /// The key, with its section.
        key: String,
        /// The value with the characters written out.
        found: String,
    },
    /// The device does not exist.
    Device(UnknownDevice),
    /// The engine does not exist.
    Engine(UnknownEngine),
    /// The score rule does not exist.
    ScoreRule(<ScoreRule as FromStr>::Err),
    /// There is no such way to find groups.
    GroupRule(NotAGroupRule),
    /// A polygon of the region of interest has a corner that is no place.
    RoiCorner {
        /// The number of the polygon, from 1.
        polygon: usize,
    },
    /// There are no such tiles.
    TileRule(NotATileRule),
    /// The task does not exist.
    Task(<Task as FromStr>::Err),
    /// The kind of normal images does not exist.
    NormalSource(<NormalSource as FromStr>::Err),
    /// A training without a plugin.
    NoPlugin {
        /// One to name.
        example: PluginReference,
    },
    /// A training of a network, which only NNC can do.
    OnlyNncTrains {
        /// The project's networks, at least one.
        networks: Vec<OwnNetwork>,
        /// A plugin to name instead.
        example: PluginReference,
    },
    /// A `net.nntxt` that cannot be read.
    Nntxt {
        /// What is wrong; its line is that of the project's error.
        error: Box<nnp::TextError>,
    },
    /// A `.sdcproj` that cannot be read.
    Sdcproj(SdcprojProblem),
}

/// A key that its section does not have.
#[derive(Debug, PartialEq)]
pub struct UnknownKey {
    /// The key.
    pub key: String,
    /// The section; empty for the top of the file.
    pub section: String,
    /// The key that was most likely meant.
    pub nearest: Option<&'static str>,
    /// All keys of the section.
    pub known: &'static [&'static str],
}

/// An override that cannot be applied.
#[derive(Debug, PartialEq)]
pub struct OverrideError {
    /// The override as it was given.
    pub given: String,
    /// What is wrong with it.
    pub problem: OverrideProblem,
}

/// Why an override cannot be applied.
#[derive(Debug, PartialEq)]
pub enum OverrideProblem {
    /// It is not of the form `key.path=value`.
    NoValue,
    /// Nothing stands before the `=`.
    EmptyKey,
    /// The project file has no such key.
    UnknownKey(UnknownKey),
    /// The key is said to lie in what is a value.
    NoSection {
        /// The value's key.
        key: String,
    },
}

/// What is wrong with a `.sdcproj`.
#[derive(Debug, PartialEq)]
pub enum SdcprojProblem {
    /// A line before the first section.
    NoSectionBefore,
    /// A line that is neither a section nor a key with a value.
    NoKeyValue {
        /// The beginning of the line.
        found: String,
    },
    /// The file is empty.
    Empty,
    /// A value that is no number.
    NotANumber {
        /// Section of the value.
        section: String,
        /// Key of the value.
        key: String,
        /// The value.
        found: String,
    },
    /// More of something than any project has.
    TooMany {
        /// Section of the count.
        section: String,
        /// Key of the count.
        key: String,
        /// The count.
        found: i64,
        /// The largest count that is accepted.
        max: i64,
    },
    /// A value that is neither yes nor no.
    NoFlag {
        /// Section of the value.
        section: String,
        /// Key of the value.
        key: String,
        /// The value.
        found: String,
    },
}

// People read the sentences of nnc-messages.
impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for ProjectError {}
