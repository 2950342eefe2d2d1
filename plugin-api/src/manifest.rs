//! What a plugin says about itself: identity, purpose and the parameters a user may set.
//!
//! A manifest crosses the border as a JSON document, so that later versions can add keys without touching the
//! binary interface; unknown keys are ignored on both sides.

mod parameter;

use serde::{Deserialize, Serialize};

pub use parameter::{Parameter, ParameterKind};

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

    /// Checks the manifest itself: a usable id, no parameter twice, limits and defaults that make sense.
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
            parameter.check()?;
            if let Some(default) = &parameter.default {
                parameter.accept(default).map_err(|e| format!("the default does not fit: {e}"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
