//! Parameters of a plugin as a project gives them, checked against its manifest before the plugin sees them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nnc_dataset::Dataset;
use nnc_plugin_api::{Manifest, ParameterKind, Parameters, nearest};
use serde_json::{Map, Value};

use crate::failure::{Exit, Failure, Result};

/// Checks `given`, fills in defaults, and makes paths absolute: they refer to `folder`, the project's.
pub(crate) fn resolve(manifest: &Manifest, given: &Map<String, Value>, folder: &Path) -> Result<Parameters> {
    let mut given = given.clone();
    for parameter in manifest.parameters.iter().filter(|p| p.kind.is_path()) {
        let value = given.get(&parameter.name).or(parameter.default.as_ref()).cloned();
        if let Some(Value::String(path)) = value {
            let path = folder.join(path.replace('\\', "/")).to_string_lossy().into_owned();
            given.insert(parameter.name.clone(), Value::String(path));
        }
    }
    Parameters::resolve(manifest, &given).map_err(|e| Failure::new(Exit::Usage, e))
}

/// As [`resolve`], for a training: files have to be there and to be what their parameter asks for.
pub(crate) fn resolve_for_training(
    manifest: &Manifest,
    given: &Map<String, Value>,
    folder: &Path,
) -> Result<Parameters> {
    let parameters = resolve(manifest, given, folder)?;
    parameters.check_files(manifest).map_err(|e| Failure::new(Exit::Usage, e))?;
    for parameter in &manifest.parameters {
        let Some(Value::String(path)) = parameters.as_map().get(&parameter.name) else { continue };
        if let Err(problem) = check_content(&parameter.kind, Path::new(path)) {
            let message = format!("parameter `{}` names {path}, {problem}", parameter.name);
            return Err(Failure::new(Exit::Usage, message));
        }
    }
    Ok(parameters)
}

/// Looks into a file as far as its kind can be told without decoding it.
fn check_content(kind: &ParameterKind, path: &Path) -> Result<(), String> {
    let starts_with = |magics: &[&[u8]]| {
        let mut start = [0; 8];
        let length = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        magics.iter().any(|magic| start.get(..length).is_some_and(|start| start.starts_with(magic)))
    };
    match kind {
        ParameterKind::Csv => Dataset::open(path).map(drop).map_err(|e| format!("which is no data set: {e}")),
        // The formats that NNC reads.
        ParameterKind::Image if !starts_with(&[b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"II*\0", b"MM\0*"]) => {
            Err("which is no image".to_owned())
        }
        ParameterKind::Model => nnp::archive::list(path).map(drop).map_err(|_| "which is no NNP model".to_owned()),
        ParameterKind::Nntxt if path.extension().is_none_or(|e| e != "nntxt" && e != "prototxt") => {
            Err("which is no network text; its name has to end in .nntxt".to_owned())
        }
        _ => Ok(()),
    }
}

/// Checks that every variable a parameter names is one of the data set's.
pub(crate) fn check_variables(manifest: &Manifest, parameters: &Parameters, dataset: &Dataset) -> Result<()> {
    let known = || dataset.variables().iter().map(|variable| variable.name.as_str());
    for parameter in &manifest.parameters {
        let names = match (&parameter.kind, parameters.as_map().get(&parameter.name)) {
            (ParameterKind::Variable, Some(Value::String(name))) => vec![name.as_str()],
            (ParameterKind::Variables, Some(Value::String(names))) => names.split(',').map(str::trim).collect(),
            _ => continue,
        };
        if let Some(name) = names.into_iter().find(|name| !known().any(|k| k == *name)) {
            let hint = match nearest(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
            };
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "parameter `{}` names the variable `{name}`, which {} does not have; {hint}",
                    parameter.name,
                    dataset.path().display()
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnc_plugin_api::Parameter;

    fn manifest() -> Manifest {
        let of = |kind, name: &str| Parameter::of(kind, name, "");
        Manifest {
            id: "p".into(),
            title: String::new(),
            version: String::new(),
            description: String::new(),
            licence: String::new(),
            trains: true,
            parameters: vec![
                of(ParameterKind::Dir, "dir"),
                of(ParameterKind::Csv, "csv"),
                of(ParameterKind::Image, "image"),
                of(ParameterKind::Model, "model"),
                of(ParameterKind::Nntxt, "nntxt"),
                of(ParameterKind::Variable, "variable"),
                of(ParameterKind::Variables, "variables"),
            ],
        }
    }

    #[test]
    fn files_have_to_be_what_their_parameter_asks_for() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("text.txt"), "hello").unwrap();
        std::fs::write(dir.path().join("good.csv"), "x,y\n1,0\n").unwrap();
        let resolve = |name: &str, value: &str| {
            let given = Map::from_iter([(name.to_owned(), Value::from(value))]);
            resolve_for_training(&manifest(), &given, dir.path()).map(drop).map_err(|e| e.to_string())
        };
        resolve("csv", "good.csv").unwrap();
        resolve("dir", ".").unwrap();
        for (name, value, problem) in [
            ("dir", "none", "which is no folder"),
            ("csv", "none.csv", "which is no file"),
            ("image", "text.txt", "which is no image"),
            ("model", "text.txt", "which is no NNP model"),
            ("nntxt", "text.txt", "has to end in .nntxt"),
        ] {
            let error = resolve(name, value).unwrap_err();
            assert!(error.starts_with(&format!("parameter `{name}` names ")) && error.contains(problem), "{error}");
        }
    }

    #[test]
    fn variables_have_to_be_the_data_sets() {
        let dir = tempfile::tempdir().unwrap();
        let csv = dir.path().join("set.csv");
        std::fs::write(&csv, "x,mask\n1,0\n").unwrap();
        let dataset = Dataset::open(&csv).unwrap();
        let check = |name: &str, value: &str| {
            let given = Map::from_iter([(name.to_owned(), Value::from(value))]);
            let parameters = resolve(&manifest(), &given, dir.path()).unwrap();
            check_variables(&manifest(), &parameters, &dataset).map_err(|e| e.to_string())
        };
        check("variable", "x").unwrap();
        check("variables", "x, mask").unwrap();
        assert!(check("variable", "mark").unwrap_err().contains("did you mean `mask`?"));
        assert!(check("variables", "x,zebra").unwrap_err().ends_with("it has x, mask"));
    }
}
