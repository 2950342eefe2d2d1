//! The types of parameters, which are those of the type tags in NNC's help texts.

use serde::{Deserialize, Serialize};

/// Type of a parameter and what it permits; ranges include both ends. Names and meanings are those of the type tags in
/// NNC's help texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ParameterKind {
    /// Whole number.
    Int {
        /// Smallest permitted value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Largest permitted value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// Finite number.
    Float {
        /// Smallest permitted value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// Largest permitted value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// `true` or `false`.
    Bool,
    /// Any text.
    Text,
    /// One of a list of texts.
    Option {
        /// The permitted texts.
        choices: Vec<String>,
    },
    /// Path of an existing file; the host makes it absolute before the plugin sees it, as all paths below.
    File,
    /// Path of an existing folder.
    Dir,
    /// Path of a dataset CSV.
    Csv,
    /// Path of an image.
    Image,
    /// Path of an NNP model.
    Model,
    /// Path of a network text.
    Nntxt,
    /// Name of a variable of the dataset.
    Variable,
    /// Names of variables of the dataset, separated by commas; a list of texts is accepted too.
    Variables,
    /// A type of a later version of this interface. The host passes its values on unchecked.
    #[serde(untagged)]
    Other {
        /// The type's name.
        #[serde(rename = "type")]
        name: String,
    },
}

impl ParameterKind {
    /// Name of the type as users know it from NNC's dialog.
    pub fn name(&self) -> &str {
        match self {
            Self::Int { .. } => "int",
            Self::Float { .. } => "float",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Option { .. } => "option",
            Self::File => "file",
            Self::Dir => "dir",
            Self::Csv => "csv",
            Self::Image => "image",
            Self::Model => "model",
            Self::Nntxt => "nntxt",
            Self::Variable => "variable",
            Self::Variables => "variables",
            Self::Other { name } => name,
        }
    }

    /// The type tag of NNC's help texts: `(float)`, `(option:dense,single)`.
    pub fn tag(&self) -> String {
        match self {
            Self::Option { choices } => format!("(option:{})", choices.join(",")),
            kind => format!("({})", kind.name()),
        }
    }

    /// Whether values are paths, which refer to the project's folder.
    pub fn is_path(&self) -> bool {
        matches!(self, Self::File | Self::Dir | Self::Csv | Self::Image | Self::Model | Self::Nntxt)
    }

    /// What a value has to look like, for help texts and errors: `a number from 0.01 to 1`.
    pub fn expectation(&self) -> String {
        fn range<T: std::fmt::Display>(noun: &str, min: &Option<T>, max: &Option<T>) -> String {
            match (min, max) {
                (Some(a), Some(b)) => format!("{noun} from {a} to {b}"),
                (Some(a), None) => format!("{noun} of at least {a}"),
                (None, Some(b)) => format!("{noun} of at most {b}"),
                (None, None) => noun.to_owned(),
            }
        }
        match self {
            Self::Int { min, max } => range("a whole number", min, max),
            Self::Float { min, max } => range("a number", min, max),
            Self::Bool => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Option { choices } => format!("one of {}", choices.join(", ")),
            Self::File => "the path of a file".to_owned(),
            Self::Dir => "the path of a folder".to_owned(),
            Self::Csv => "the path of a dataset CSV".to_owned(),
            Self::Image => "the path of an image".to_owned(),
            Self::Model => "the path of an NNP model".to_owned(),
            Self::Nntxt => "the path of a network text (.nntxt)".to_owned(),
            Self::Variable => "the name of a variable of the dataset".to_owned(),
            Self::Variables => "names of variables of the dataset, separated by commas".to_owned(),
            Self::Other { name } => format!("a value of type {name}, which this version does not know"),
        }
    }
}

/// Names of all types but [`ParameterKind::Other`].
pub(super) const KNOWN: [&str; 13] = [
    "int",
    "float",
    "bool",
    "text",
    "option",
    "file",
    "dir",
    "csv",
    "image",
    "model",
    "nntxt",
    "variable",
    "variables",
];
