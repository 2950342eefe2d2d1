//! Parameters of a plugin as a project gives them, checked against its manifest before the plugin sees them.

use std::io::Read;
use std::path::{Path, PathBuf};

use nnc_dataset::{Dataset, DatasetError};
use nnc_files::open_regular;
use nnc_plugin_api::{Manifest, ParameterError, ParameterKind, Parameters, nearest};
use serde_json::{Map, Value};

/// Why the values for a plugin's parameters cannot be used.
#[derive(Debug)]
pub enum ParametersError {
    /// A value that the manifest does not allow.
    Value(ParameterError),
    /// A file that is not what its parameter asks for.
    Content {
        /// The parameter.
        name: String,
        /// The file.
        path: PathBuf,
        /// What it is not.
        problem: ContentProblem,
    },
    /// A variable that the dataset does not have.
    NoVariable {
        /// The parameter.
        name: String,
        /// The variable.
        variable: String,
        /// The dataset.
        dataset: PathBuf,
        /// The variable that was most likely meant.
        nearest: Option<String>,
        /// All variables of the dataset.
        known: Vec<String>,
    },
}

/// What a file is not, although its parameter asks for it.
#[derive(Debug)]
pub enum ContentProblem {
    /// No dataset.
    Dataset(Box<DatasetError>),
    /// No image.
    Image,
    /// No NNP model.
    Model,
    /// No network text by its name.
    Nntxt,
}

/// Checks `given`, fills in defaults, and makes paths absolute: they refer to `folder`, the project's.
///
/// # Errors
/// The first value that the manifest does not allow.
pub fn resolve(manifest: &Manifest, given: &Map<String, Value>, folder: &Path) -> Result<Parameters, ParametersError> {
    let mut given = given.clone();
    for parameter in manifest.parameters.iter().filter(|p| p.kind.is_path()) {
        let value = given.get(&parameter.name).or(parameter.default.as_ref()).cloned();
        if let Some(Value::String(path)) = value {
            let path = folder.join(path.replace('\\', "/")).to_string_lossy().into_owned();
            given.insert(parameter.name.clone(), Value::String(path));
        }
    }
    Parameters::resolve(manifest, &given).map_err(ParametersError::Value)
}

/// As [`resolve`], for a training: files have to be there and to be what their parameter asks for.
///
/// # Errors
/// The first value that cannot be used.
pub fn resolve_for_training(
    manifest: &Manifest,
    given: &Map<String, Value>,
    folder: &Path,
) -> Result<Parameters, ParametersError> {
    let parameters = resolve(manifest, given, folder)?;
    parameters.check_files(manifest).map_err(ParametersError::Value)?;
    for parameter in &manifest.parameters {
        let Some(Value::String(path)) = parameters.as_map().get(&parameter.name) else { continue };
        check_content(&parameter.kind, Path::new(path)).map_err(|problem| ParametersError::Content {
            name: parameter.name.clone(),
            path: path.into(),
            problem,
        })?;
    }
    Ok(parameters)
}

/// Looks into a file as far as its kind can be told without decoding it.
fn check_content(kind: &ParameterKind, path: &Path) -> Result<(), ContentProblem> {
    let starts_with = |magics: &[&[u8]]| {
        let mut start = [0; 8];
        let length = open_regular(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        magics.iter().any(|magic| start.get(..length).is_some_and(|start| start.starts_with(magic)))
    };
    match kind {
        ParameterKind::Csv => Dataset::open(path).map(drop).map_err(|error| ContentProblem::Dataset(error.into())),
        // The formats that NNC reads.
        ParameterKind::Image if !starts_with(&[b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"II*\0", b"MM\0*"]) => {
            Err(ContentProblem::Image)
        }
        ParameterKind::Model => nnp::archive::list(path).map(drop).map_err(|_| ContentProblem::Model),
        ParameterKind::Nntxt if path.extension().is_none_or(|e| e != "nntxt" && e != "prototxt") => {
            Err(ContentProblem::Nntxt)
        }
        _ => Ok(()),
    }
}

/// Checks that every variable a parameter names is one of the dataset's.
///
/// # Errors
/// The first variable that the dataset does not have.
pub fn check_variables(manifest: &Manifest, parameters: &Parameters, dataset: &Dataset) -> Result<(), ParametersError> {
    let known = || dataset.variables().iter().map(|variable| variable.name.as_str());
    for parameter in &manifest.parameters {
        let names = match (&parameter.kind, parameters.as_map().get(&parameter.name)) {
            (ParameterKind::Variable, Some(Value::String(name))) => vec![name.as_str()],
            (ParameterKind::Variables, Some(Value::String(names))) => names.split(',').map(str::trim).collect(),
            _ => continue,
        };
        if let Some(name) = names.into_iter().find(|name| !known().any(|k| k == *name)) {
            return Err(ParametersError::NoVariable {
                name: parameter.name.clone(),
                variable: name.to_owned(),
                dataset: dataset.path().to_owned(),
                nearest: nearest(name, known()).map(str::to_owned),
                known: known().map(str::to_owned).collect(),
            });
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
            permissions: Default::default(),
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
            resolve_for_training(&manifest(), &given, dir.path()).map(drop)
        };
        resolve("csv", "good.csv").unwrap();
        resolve("dir", ".").unwrap();
        for (parameter, folder) in [("dir", true), ("csv", false)] {
            let error = resolve(parameter, "none").unwrap_err();
            let ParametersError::Value(ParameterError::Absent { name, folder: found, .. }) = error else {
                panic!("{error:?}");
            };
            assert_eq!((&*name, found), (parameter, folder));
        }
        for parameter in ["csv", "image", "model", "nntxt"] {
            let error = resolve(parameter, "text.txt").unwrap_err();
            let ParametersError::Content { name, path, problem } = error else { panic!("{error:?}") };
            assert!(name == parameter && path.ends_with("text.txt"));
            let expected = match problem {
                ContentProblem::Dataset(_) => "csv",
                ContentProblem::Image => "image",
                ContentProblem::Model => "model",
                ContentProblem::Nntxt => "nntxt",
            };
            assert_eq!(expected, parameter);
        }
    }

    #[test]
    fn variables_have_to_be_the_datasets() {
        let dir = tempfile::tempdir().unwrap();
        let csv = dir.path().join("set.csv");
        std::fs::write(&csv, "x,mask\n1,0\n").unwrap();
        let dataset = Dataset::open(&csv).unwrap();
        let check = |name: &str, value: &str| {
            let given = Map::from_iter([(name.to_owned(), Value::from(value))]);
            let parameters = resolve(&manifest(), &given, dir.path()).unwrap();
            check_variables(&manifest(), &parameters, &dataset)
        };
        check("variable", "x").unwrap();
        check("variables", "x, mask").unwrap();
        for (parameter, value, expected) in [("variable", "mark", Some("mask")), ("variables", "x,zebra", None)] {
            match check(parameter, value).unwrap_err() {
                ParametersError::NoVariable { nearest, known, .. } => {
                    assert_eq!((nearest.as_deref(), known.join(",")), (expected, "x,mask".to_owned()));
                }
                error => panic!("{error:?}"),
            }
        }
    }
}
