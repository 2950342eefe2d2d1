//! What can be wrong with the values that a user gives for parameters.

use super::ParameterKind;

/// Why a value was refused. Printed, it is one sentence in English; a host that speaks other languages finds here what
/// to say.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// A name that the plugin does not have.
    #[error("plugin `{plugin}` has no parameter `{name}`{}", hint(nearest.as_deref(), known))]
    Unknown {
        /// Id of the plugin.
        plugin: String,
        /// The name that was given.
        name: String,
        /// The name that was most likely meant.
        nearest: Option<String>,
        /// All names there are.
        known: Vec<String>,
    },
    /// A parameter that has to be given and was not.
    #[error("parameter `{name}` of plugin `{plugin}` is required: give {}", kind.expectation())]
    Missing {
        /// Id of the plugin.
        plugin: String,
        /// Its parameter.
        name: String,
        /// What to give.
        kind: ParameterKind,
    },
    /// A value of the wrong type or out of range.
    #[error("parameter `{name}` is {found}, expected {}{}", kind.expectation(), meant(nearest.as_deref()))]
    Refused {
        /// The parameter.
        name: String,
        /// The value as JSON.
        found: String,
        /// What it has to be.
        kind: ParameterKind,
        /// The choice that was most likely meant.
        nearest: Option<String>,
    },
    /// A path with no file there, or no folder where the parameter is one.
    #[error("parameter `{name}` names {path}, which is no {}", if *folder { "folder" } else { "file" })]
    Absent {
        /// The parameter.
        name: String,
        /// The path.
        path: String,
        /// Whether a folder is expected.
        folder: bool,
    },
}

impl From<ParameterError> for String {
    fn from(error: ParameterError) -> Self {
        error.to_string()
    }
}

fn hint(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(_) => meant(nearest),
        None if known.is_empty() => "; it has none".to_owned(),
        None => format!("; it has {}", known.join(", ")),
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
