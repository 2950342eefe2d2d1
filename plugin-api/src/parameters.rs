//! Parameter values: checking what a user gave against a manifest, and reading them inside a plugin.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::nearest::nearest;
use crate::parameter::{ParameterError, ParameterKind};

/// Parameter values of one job; the host has checked them against the manifest and filled in the defaults.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters(Map<String, Value>);

impl Parameters {
    /// Checks `given` against `manifest` and fills in defaults.
    ///
    /// # Errors
    /// One sentence for the first value that is unknown (with the nearest known name), missing, of the wrong type or
    /// out of range.
    pub fn resolve(manifest: &Manifest, given: &Map<String, Value>) -> Result<Self, ParameterError> {
        for name in given.keys() {
            if manifest.parameter(name).is_none() {
                return Err(unknown(manifest, name));
            }
        }
        let mut values = Map::new();
        for parameter in &manifest.parameters {
            let value = match given.get(&parameter.name).or(parameter.default.as_ref()) {
                Some(value) => parameter.accept(value)?,
                None if parameter.required => {
                    return Err(ParameterError::Missing {
                        plugin: manifest.id.clone(),
                        name: parameter.name.clone(),
                        kind: parameter.kind.clone(),
                    });
                }
                None => continue,
            };
            values.insert(parameter.name.clone(), value);
        }
        Ok(Self(values))
    }

    /// Checks that every file and folder a parameter names is there: before a training, which may read it; a trained
    /// model must not need it any more.
    ///
    /// # Errors
    /// One sentence for the first that is missing.
    pub fn check_files(&self, manifest: &Manifest) -> Result<(), ParameterError> {
        for parameter in manifest.parameters.iter().filter(|p| p.kind.is_path()) {
            let Some(Value::String(text)) = self.0.get(&parameter.name) else { continue };
            let path = std::path::Path::new(text);
            let folder = matches!(parameter.kind, ParameterKind::Dir);
            if !(if folder { path.is_dir() } else { path.is_file() }) {
                return Err(ParameterError::Absent { name: parameter.name.clone(), path: text.clone(), folder });
            }
        }
        Ok(())
    }

    /// The same with a value that no manifest knows.
    #[cfg(feature = "testkit")]
    pub(crate) fn with_unchecked(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Values as they came through the C interface.
    pub(crate) fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|e| Error::parameter(format!("the host sent parameters that are no JSON object: {e}")))
    }

    /// The values as a JSON object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    fn get<'a, T>(&'a self, name: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<T> {
        self.0
            .get(name)
            .and_then(read)
            .ok_or_else(|| Error::parameter(format!("parameter `{name}` is missing or has another type")))
    }

    /// Value of an `int` parameter.
    ///
    /// # Errors
    /// When the manifest has no such parameter of this type, or it has neither a value nor a default.
    pub fn int(&self, name: &str) -> Result<i64> {
        self.get(name, Value::as_i64)
    }

    /// Value of a `float` parameter.
    ///
    /// # Errors
    /// As [`Parameters::int`].
    pub fn float(&self, name: &str) -> Result<f64> {
        self.get(name, Value::as_f64)
    }

    /// Value of a `bool` parameter.
    ///
    /// # Errors
    /// As [`Parameters::int`].
    pub fn bool(&self, name: &str) -> Result<bool> {
        self.get(name, Value::as_bool)
    }

    /// Value of a `text`, `option`, `variable` or `variables` parameter.
    ///
    /// # Errors
    /// As [`Parameters::int`].
    pub fn text(&self, name: &str) -> Result<&str> {
        self.get(name, Value::as_str)
    }

    /// Value of a parameter that is a path (`file`, `dir`, `csv`, `image`, `model`, `nntxt`): an absolute one.
    ///
    /// # Errors
    /// As [`Parameters::int`].
    pub fn file(&self, name: &str) -> Result<PathBuf> {
        self.text(name).map(PathBuf::from)
    }
}

fn unknown(manifest: &Manifest, name: &str) -> ParameterError {
    let known: Vec<String> = manifest.parameters.iter().map(|p| p.name.clone()).collect();
    let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    ParameterError::Unknown { plugin: manifest.id.clone(), name: name.to_owned(), nearest, known }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Parameter;
    use serde_json::json;

    fn manifest() -> Manifest {
        Manifest {
            id: "probe".into(),
            title: "Probe".into(),
            version: "1.0.0".into(),
            description: String::new(),
            licence: String::new(),
            permissions: Default::default(),
            trains: true,
            parameters: vec![
                Parameter::float("feature_ratio", "").default(0.1).range(0.0, 1.0),
                Parameter::text("note", ""),
                Parameter::file("mask", ""),
                Parameter::int("seed", "").required(),
            ],
        }
    }

    fn resolve(given: Value) -> Result<Parameters, ParameterError> {
        Parameters::resolve(&manifest(), given.as_object().unwrap())
    }

    #[test]
    fn defaults_are_filled_in_and_types_can_be_read_back() {
        let p = resolve(json!({"seed": 3})).unwrap();
        assert_eq!(p.float("feature_ratio").unwrap(), 0.1);
        assert_eq!(p.int("seed").unwrap(), 3);
        assert!(p.text("note").is_err());
        assert!(p.bool("seed").is_err());
        assert_eq!(Parameters::from_json(&Value::Object(p.as_map().clone()).to_string()).unwrap(), p);
    }

    #[test]
    fn mistakes_get_one_sentence() {
        let message = |given| resolve(given).unwrap_err().to_string();
        assert_eq!(
            message(json!({"seed": 1, "feature_ration": 0.2})),
            "plugin `probe` has no parameter `feature_ration`; did you mean `feature_ratio`?"
        );
        assert_eq!(
            message(json!({"zzz": 0})),
            "plugin `probe` has no parameter `zzz`; it has feature_ratio, note, mask, seed"
        );
        assert_eq!(message(json!({})), "parameter `seed` of plugin `probe` is required: give a whole number");
        let missing = resolve(json!({"seed": 1, "mask": "/no/such"})).unwrap();
        assert!(missing.check_files(&manifest()).unwrap_err().to_string().contains("which is no file"));
        assert!(message(json!({"seed": 1, "feature_ratio": 2})).contains("from 0 to 1"));
    }
}
