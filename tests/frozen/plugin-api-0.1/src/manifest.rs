//! What a plugin says about itself: identity, purpose and the parameters a user may set.
//!
//! A manifest crosses the border as a JSON document, so that later versions can add keys without touching the
//! binary interface; unknown keys are ignored on both sides.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A plugin's description of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Short name used in project files, for example `padim`: lower-case ASCII letters, digits, `-` and `_`.
    pub id: String,
    /// Name for people, for example `PaDiM`.
    pub title: String,
    /// Version of the plugin, `major.minor.patch`.
    pub version: String,
    /// One or more sentences on what the detector does and when to choose it.
    pub description: String,
    /// SPDX licence expression.
    pub licence: String,
    /// Whether the plugin can be trained; one that cannot only evaluates existing models.
    #[serde(default = "yes")]
    pub trains: bool,
    /// Parameters in the order a dialog shows them.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// The parameter called `name`.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| p.name == name)
    }

    /// Checks the manifest itself: a usable id, no parameter twice, defaults that fit their own ranges.
    ///
    /// # Errors
    /// One sentence naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), String> {
        let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.id.is_empty() || self.id.len() > 64 || !self.id.chars().all(usable) {
            return Err(format!("the plugin id {:?} must be 1 to 64 lower-case letters, digits, '-' or '_'", self.id));
        }
        for (i, parameter) in self.parameters.iter().enumerate() {
            if parameter.name.is_empty() {
                return Err(format!("parameter {} has no name", i + 1));
            }
            if self.parameters[..i].iter().any(|p| p.name == parameter.name) {
                return Err(format!("parameter `{}` is declared twice", parameter.name));
            }
            if let Some(default) = &parameter.default {
                parameter.accept(default).map_err(|e| format!("the default does not fit: {e}"))?;
            }
        }
        Ok(())
    }
}

/// One parameter of a plugin, as a dialog would show it (NNC contract 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Key in the project file's `[plugin.params]`.
    pub name: String,
    /// One sentence for the user, without the name.
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

/// Type of a parameter and what it permits; ranges include both ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
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
    /// Path of an existing file; the host makes it absolute before the plugin sees it.
    File,
}

impl ParameterKind {
    /// Name of the type as users know it from NNC's dialog.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Int { .. } => "int",
            Self::Float { .. } => "float",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Option { .. } => "option",
            Self::File => "file",
        }
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
        }
    }
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

    /// Checks `value` against the type and range and returns it in its canonical form
    /// (a whole number for `int`, a floating point number for `float`). Texts that read as
    /// a number or switch are converted, because command lines and dialogs only know texts.
    ///
    /// # Errors
    /// One sentence with the parameter, what was found and what was expected.
    pub fn accept(&self, value: &Value) -> Result<Value, String> {
        let refuse = || {
            let found = match value {
                Value::String(s) => format!("{s:?}"),
                other => other.to_string(),
            };
            Err(format!("parameter `{}` is {found}, expected {}", self.name, self.kind.expectation()))
        };
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
            ParameterKind::Text | ParameterKind::File => match value {
                Value::String(_) => Ok(value.clone()),
                _ => refuse(),
            },
            ParameterKind::Option { choices } => match value {
                Value::String(s) if choices.contains(s) => Ok(value.clone()),
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
        assert_eq!(ratio.accept(&json!(1.5)).unwrap_err(), "parameter `ratio` is 1.5, expected a number from 0 to 1");
        assert!(ratio.accept(&json!("nan")).is_err());

        let count = Parameter::int("count", "").range(1.0, 9.0);
        assert_eq!(count.accept(&json!("7")).unwrap(), json!(7));
        for bad in [json!(0), json!(2.5), json!(true), json!("x")] {
            assert!(count.accept(&bad).is_err(), "{bad}");
        }

        let mode = Parameter::option("mode", "", &["dense", "single"]);
        assert!(mode.accept(&json!("dense")).is_ok());
        assert_eq!(
            mode.accept(&json!("Dense")).unwrap_err(),
            "parameter `mode` is \"Dense\", expected one of dense, single"
        );
        assert_eq!(Parameter::bool("b", "").accept(&json!("true")).unwrap(), json!(true));
        assert!(Parameter::text("t", "").accept(&json!(3)).is_err());
    }

    #[test]
    fn a_manifest_survives_json_and_tolerates_new_keys() {
        let manifest = Manifest {
            id: "probe".into(),
            title: "Probe".into(),
            version: "1.0.0".into(),
            description: "For tests.".into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![Parameter::float("a", "first").default(0.5).range(0.0, 1.0), Parameter::file("f", "")],
        };
        manifest.check().unwrap();
        let mut json = serde_json::to_value(&manifest).unwrap();
        json["from_the_future"] = json!({"x": 1});
        assert_eq!(serde_json::from_value::<Manifest>(json).unwrap(), manifest);
    }

    #[test]
    fn broken_manifests_are_named() {
        let base = Manifest {
            id: "Bad Id".into(),
            title: String::new(),
            version: String::new(),
            description: String::new(),
            licence: String::new(),
            trains: true,
            parameters: vec![],
        };
        assert!(base.check().unwrap_err().contains("Bad Id"));
        let twice = Manifest {
            id: "ok".into(),
            parameters: vec![Parameter::bool("a", ""), Parameter::bool("a", "")],
            ..base.clone()
        };
        assert!(twice.check().unwrap_err().contains("declared twice"));
        let default =
            Manifest { id: "ok".into(), parameters: vec![Parameter::int("n", "").range(1.0, 2.0).default(3)], ..base };
        assert!(default.check().unwrap_err().contains("parameter `n` is 3"));
    }
}
