//! Parameters as a plugin declares them: names, defaults and limits, with the conventions of NNC's dialog
//! (NNC contract 5.2). `kind` is what types there are, `accept` checks a value against its declaration.

mod accept;
mod error;
mod kind;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::ParameterError;
pub use kind::ParameterKind;

/// One parameter of a plugin, as a dialog would show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Key in the project file's `[plugin.params]`.
    pub name: String,
    /// One sentence for the user, without the name and without NNC's type tag.
    pub help: String,
    /// Type and permitted values.
    #[serde(flatten)]
    pub kind: ParameterKind,
    /// Value used when the user gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether the user has to give a value.
    #[serde(default)]
    pub required: bool,
}

impl Parameter {
    fn new(name: &str, help: &str, kind: ParameterKind) -> Self {
        Self { name: name.to_owned(), help: help.to_owned(), kind, default: None, required: false }
    }

    /// A whole number; see [`Parameter::range`] for limits.
    pub fn int(name: &str, help: &str) -> Self {
        Self::new(name, help, ParameterKind::Int { min: None, max: None })
    }

    /// A finite number; see [`Parameter::range`] for limits.
    pub fn float(name: &str, help: &str) -> Self {
        Self::new(name, help, ParameterKind::Float { min: None, max: None })
    }

    /// A switch.
    pub fn bool(name: &str, help: &str) -> Self {
        Self::new(name, help, ParameterKind::Bool)
    }

    /// Free text.
    pub fn text(name: &str, help: &str) -> Self {
        Self::new(name, help, ParameterKind::Text)
    }

    /// One of `choices`.
    pub fn option(name: &str, help: &str, choices: &[&str]) -> Self {
        let choices = choices.iter().map(|&c| c.to_owned()).collect();
        Self::new(name, help, ParameterKind::Option { choices })
    }

    /// An existing file.
    pub fn file(name: &str, help: &str) -> Self {
        Self::new(name, help, ParameterKind::File)
    }

    /// A parameter of any other type: a folder, a CSV, a variable.
    pub fn of(kind: ParameterKind, name: &str, help: &str) -> Self {
        Self::new(name, help, kind)
    }

    /// Sets the value used when the user gives none.
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Limits a number to `from..=to`; has no effect on other types.
    pub fn range(mut self, from: f64, to: f64) -> Self {
        match &mut self.kind {
            ParameterKind::Int { min, max } => (*min, *max) = (Some(from as i64), Some(to as i64)),
            ParameterKind::Float { min, max } => (*min, *max) = (Some(from), Some(to)),
            _ => {}
        }
        self
    }

    /// Requires that the user gives a value.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What NNC's dialog shows beside the field: `feature_ratio - ratio of features used(float)`. Choices are shown
    /// as buttons there, so `option` has no tag.
    pub fn label(&self) -> String {
        match self.kind {
            ParameterKind::Option { .. } => format!("{} - {}", self.name, self.help),
            _ => format!("{} - {}{}", self.name, self.help, self.kind.tag()),
        }
    }

    /// Checks the declaration itself; the default is checked with [`Parameter::accept`].
    pub(crate) fn check(&self) -> Result<(), String> {
        let name = &self.name;
        match &self.kind {
            ParameterKind::Int { min: Some(min), max: Some(max) } if min > max => {
                Err(format!("parameter `{name}` permits nothing: its range is {min} to {max}"))
            }
            ParameterKind::Float { min: Some(min), max: Some(max) } if min > max => {
                Err(format!("parameter `{name}` permits nothing: its range is {min} to {max}"))
            }
            ParameterKind::Option { choices } if choices.is_empty() => {
                Err(format!("parameter `{name}` has no choices"))
            }
            // The type is known, so something else about it could not be read.
            ParameterKind::Other { name: kind } if kind::KNOWN.contains(&kind.as_str()) => {
                Err(format!("parameter `{name}` is of type {kind}, but its limits cannot be read"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_survives_json_under_its_name_in_the_dialog() {
        for kind in kind::KNOWN {
            let json = json!({"name": "p", "help": "h", "type": kind, "choices": ["a"]});
            let parameter: Parameter = serde_json::from_value(json).unwrap();
            assert_eq!(parameter.kind.name(), kind);
            parameter.check().unwrap();
            let again = serde_json::to_value(&parameter).unwrap();
            assert_eq!(again["type"], kind);
            assert_eq!(serde_json::from_value::<Parameter>(again).unwrap(), parameter);
        }
    }

    #[test]
    fn types_of_later_versions_are_passed_on() {
        let json = json!({"name": "p", "help": "h", "type": "colour", "space": "rgb", "default": [1, 2, 3]});
        let parameter: Parameter = serde_json::from_value(json).unwrap();
        parameter.check().unwrap();
        assert_eq!(parameter.kind.name(), "colour");
        assert_eq!(parameter.accept(&json!([4])).unwrap(), json!([4]));
    }

    #[test]
    fn declarations_that_permit_nothing_are_named() {
        let message = |parameter: Parameter| parameter.check().unwrap_err();
        assert!(message(Parameter::int("n", "").range(2.0, 1.0)).contains("permits nothing"));
        assert!(message(Parameter::option("o", "", &[])).contains("no choices"));
        let broken: Parameter =
            serde_json::from_value(json!({"name": "n", "help": "", "type": "int", "min": "low"})).unwrap();
        assert!(message(broken).contains("limits cannot be read"));
    }

    #[test]
    fn labels_are_those_of_the_dialog() {
        assert_eq!(Parameter::float("ratio", "ratio of features").label(), "ratio - ratio of features(float)");
        let option = Parameter::option("mode", "how", &["a", "b"]);
        assert_eq!((option.label(), option.kind.tag()), ("mode - how".to_owned(), "(option:a,b)".to_owned()));
    }
}
