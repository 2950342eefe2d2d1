//! What a plugin says about itself: identity, purpose and the parameters a user may set.
//!
//! A manifest crosses the C interface as a JSON document, so that later versions can add keys without touching the
//! binary interface; unknown keys are ignored on both sides.

use serde::{Deserialize, Serialize};

use crate::parameter::Parameter;

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
    /// [`export_detector!`](crate::export_detector) sets this from what is exported; authors leave it alone.
    #[serde(default = "yes")]
    pub trains: bool,
    /// Parameters in the order a dialog shows them.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// What the plugin needs beyond what every plugin may use. Users see it and grant it, or do not.
    #[serde(default, skip_serializing_if = "RequestedPermissions::is_empty")]
    pub permissions: RequestedPermissions,
}

/// What a plugin wants to use beyond what every plugin may: its model, the weights it names, and the host's services.
/// It has to work without, or say what it lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedPermissions {
    /// Connections over a network.
    pub network: bool,
    /// For people: folders that it wants to read, such as `the folder of the camera's calibration`.
    pub read: Vec<String>,
    /// For people: folders that it wants to write.
    pub write: Vec<String>,
}

impl RequestedPermissions {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// A plugin without parameters. `id` is for project files, `title` for people, `version` is `major.minor.patch`.
    pub fn new(id: impl Into<String>, title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            version: version.into(),
            description: String::new(),
            licence: String::new(),
            trains: true,
            parameters: Vec::new(),
            permissions: RequestedPermissions::default(),
        }
    }

    /// Says in one or more sentences what the detector does and when to choose it.
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Sets the SPDX licence expression.
    pub fn licence(self, licence: impl Into<String>) -> Self {
        Self { licence: licence.into(), ..self }
    }

    /// Sets the parameters, in the order in which a dialog shows them.
    pub fn parameters(self, parameters: Vec<Parameter>) -> Self {
        Self { parameters, ..self }
    }

    /// Says what the plugin needs beyond what every plugin may use.
    pub fn permissions(self, permissions: RequestedPermissions) -> Self {
        Self { permissions, ..self }
    }

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
    use serde_json::json;

    use super::*;

    #[test]
    fn a_manifest_survives_json_and_tolerates_new_keys() {
        let parameters = vec![Parameter::float("a", "first").default(0.5).range(0.0, 1.0), Parameter::file("f", "")];
        let manifest = Manifest::new("probe", "Probe", "1.0.0").licence("Apache-2.0").parameters(parameters);
        manifest.check().unwrap();
        let mut json = serde_json::to_value(&manifest).unwrap();
        json["from_the_future"] = json!({"x": 1});
        assert_eq!(serde_json::from_value::<Manifest>(json).unwrap(), manifest);
    }

    #[test]
    fn broken_manifests_are_named() {
        let message = |id: &str, parameters| Manifest::new(id, "", "").parameters(parameters).check().unwrap_err();
        assert!(message("Bad Id", vec![]).contains("Bad Id"));
        assert!(message("ok", vec![Parameter::bool("a", ""), Parameter::bool("a", "")]).contains("declared twice"));
        let default = vec![Parameter::int("n", "").range(1.0, 2.0).default(3)];
        assert!(message("ok", default).contains("parameter `n` is 3"));
    }
}
