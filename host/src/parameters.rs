//! Parameters of a plugin as a project gives them, checked against its manifest.

use std::path::Path;

use nnc_plugin_api::{Manifest, ParameterKind, Parameters};
use serde_json::{Map, Value};

use crate::failure::{Exit, Failure, Result};

/// Checks `given`, fills in defaults, and makes paths of files absolute: they refer to `folder`, the project's.
pub(crate) fn resolve(manifest: &Manifest, given: &Map<String, Value>, folder: &Path) -> Result<Parameters> {
    let mut given = given.clone();
    for parameter in manifest.parameters.iter().filter(|p| matches!(p.kind, ParameterKind::File)) {
        let value = given.get(&parameter.name).or(parameter.default.as_ref()).cloned();
        if let Some(Value::String(path)) = value {
            let path = folder.join(path.replace('\\', "/")).to_string_lossy().into_owned();
            given.insert(parameter.name.clone(), Value::String(path));
        }
    }
    Parameters::resolve(manifest, &given).map_err(|e| Failure::new(Exit::Usage, e))
}

/// As [`resolve`], for a training: files have to be there.
pub(crate) fn resolve_for_training(
    manifest: &Manifest,
    given: &Map<String, Value>,
    folder: &Path,
) -> Result<Parameters> {
    let parameters = resolve(manifest, given, folder)?;
    parameters.check_files(manifest).map_err(|e| Failure::new(Exit::Usage, e))?;
    Ok(parameters)
}
