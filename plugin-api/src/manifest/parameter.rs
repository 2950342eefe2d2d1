//! Parameters as a plugin declares them: types, limits and defaults, with the conventions of NNC's dialog
//! (contract 5.2).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::parameters::{ParameterError, nearest};

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
    /// Path of a data set CSV.
    Csv,
    /// Path of an image.
    Image,
    /// Path of an NNP model.
    Model,
    /// Path of a network text.
    Nntxt,
    /// Name of a variable of the data set.
    Variable,
    /// Names of variables of the data set, separated by commas; a list of texts is accepted too.
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
            Self::Csv => "the path of a data set CSV".to_owned(),
            Self::Image => "the path of an image".to_owned(),
            Self::Model => "the path of an NNP model".to_owned(),
            Self::Nntxt => "the path of a network text (.nntxt)".to_owned(),
            Self::Variable => "the name of a variable of the data set".to_owned(),
            Self::Variables => "names of variables of the data set, separated by commas".to_owned(),
            Self::Other { name } => format!("a value of type {name}, which this version does not know"),
        }
    }
}

/// Names of all types but [`ParameterKind::Other`].
const KNOWN: [&str; 13] = [
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

    /// Demands that the user gives a value.
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
    pub(super) fn check(&self) -> Result<(), String> {
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
            ParameterKind::Other { name: kind } if KNOWN.contains(&kind.as_str()) => {
                Err(format!("parameter `{name}` is of type {kind}, but its limits cannot be read"))
            }
            _ => Ok(()),
        }
    }

    /// Checks `value` against the type and range and returns it in its canonical form
    /// (a whole number for `int`, a floating point number for `float`). Texts that read as
    /// a number or switch are converted, because command lines and dialogs only know texts.
    ///
    /// # Errors
    /// One sentence with the parameter, what was found, what was expected and, for a choice, the nearest one.
    pub fn accept(&self, value: &Value) -> Result<Value, ParameterError> {
        let refused = |nearest: Option<&str>| {
            let found = match value {
                Value::String(s) => format!("{s:?}"),
                other => other.to_string(),
            };
            let (name, kind) = (self.name.clone(), self.kind.clone());
            Err(ParameterError::Refused { name, found, kind, nearest: nearest.map(str::to_owned) })
        };
        let refuse = || refused(None);
        match &self.kind {
            ParameterKind::Int { min, max } => {
                let number = match value {
                    Value::String(s) => s.trim().parse().ok(),
                    other => other.as_i64(),
                };
                match number {
                    Some(n) if min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) => Ok(n.into()),
                    _ => refuse(),
                }
            }
            ParameterKind::Float { min, max } => {
                let number = match value {
                    Value::String(s) => s.trim().parse().ok(),
                    other => other.as_f64(),
                };
                match number {
                    Some(n) if f64::is_finite(n) && min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m) => {
                        Ok(n.into())
                    }
                    _ => refuse(),
                }
            }
            ParameterKind::Bool => match value {
                Value::Bool(_) => Ok(value.clone()),
                Value::String(s) if s == "true" || s == "false" => Ok((s == "true").into()),
                _ => refuse(),
            },
            ParameterKind::Option { choices } => match value {
                Value::String(s) if choices.contains(s) => Ok(value.clone()),
                Value::String(s) => refused(nearest(s, choices.iter().map(String::as_str))),
                _ => refuse(),
            },
            ParameterKind::Variables => match value {
                Value::String(_) => Ok(value.clone()),
                Value::Array(names) => {
                    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
                    names.map_or_else(refuse, |names| Ok(names.join(",").into()))
                }
                _ => refuse(),
            },
            ParameterKind::Other { .. } => Ok(value.clone()),
            // Texts of some meaning that only the host can check.
            _ => match value {
                Value::String(_) => Ok(value.clone()),
                _ => refuse(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_checked_against_type_and_range() {
        let ratio = Parameter::float("ratio", "").range(0.0, 1.0);
        assert_eq!(ratio.accept(&json!(1)).unwrap(), json!(1.0));
        assert_eq!(ratio.accept(&json!("0.5")).unwrap(), json!(0.5));
        assert_eq!(
            ratio.accept(&json!(1.5)).unwrap_err().to_string(),
            "parameter `ratio` is 1.5, expected a number from 0 to 1"
        );
        assert!(ratio.accept(&json!("nan")).is_err());

        let count = Parameter::int("count", "").range(1.0, 9.0);
        assert_eq!(count.accept(&json!("7")).unwrap(), json!(7));
        for bad in [json!(0), json!(2.5), json!(true), json!("x")] {
            assert!(count.accept(&bad).is_err(), "{bad}");
        }

        let mode = Parameter::option("mode", "", &["dense", "single"]);
        assert!(mode.accept(&json!("dense")).is_ok());
        assert_eq!(
            mode.accept(&json!("Dense")).unwrap_err().to_string(),
            "parameter `mode` is \"Dense\", expected one of dense, single; did you mean `dense`?"
        );
        assert_eq!(Parameter::bool("b", "").accept(&json!("true")).unwrap(), json!(true));
        assert!(Parameter::text("t", "").accept(&json!(3)).is_err());
        let variables = Parameter::of(ParameterKind::Variables, "v", "");
        assert_eq!(variables.accept(&json!(["x", "z"])).unwrap(), json!("x,z"));
        assert!(variables.accept(&json!([1])).is_err());
    }

    #[test]
    fn every_type_survives_json_under_its_name_in_the_dialog() {
        for kind in KNOWN {
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
