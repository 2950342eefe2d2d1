//! Parameters of a plugin as a project gives them, checked against its manifest before the plugin sees them.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use nnc_dataset::Dataset;
use nnc_plugin_api::{Manifest, ParameterError, ParameterKind, Parameters, nearest};
use serde_json::{Map, Value};

use crate::language::{Expected, ParameterText};
use nnc_messages::{Exit, Failure, Result};

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
    Parameters::resolve(manifest, &given).map_err(|e| Failure::new(Exit::Usage, sentence(&e)))
}

/// As [`resolve`], for a training: files have to be there and to be what their parameter asks for.
pub(crate) fn resolve_for_training(
    manifest: &Manifest,
    given: &Map<String, Value>,
    folder: &Path,
) -> Result<Parameters> {
    let parameters = resolve(manifest, given, folder)?;
    parameters.check_files(manifest).map_err(|e| Failure::new(Exit::Usage, sentence(&e)))?;
    for parameter in &manifest.parameters {
        let Some(Value::String(path)) = parameters.as_map().get(&parameter.name) else { continue };
        if let Err(problem) = check_content(&parameter.kind, Path::new(path)) {
            let message = ParameterText::Names.with(&[&parameter.name, path, &problem]);
            return Err(Failure::new(Exit::Usage, message));
        }
    }
    Ok(parameters)
}

/// An error about a value in the language of this process.
fn sentence(error: &ParameterError) -> String {
    let meant = |nearest: &Option<String>| {
        nearest.as_ref().map(|near| ParameterText::DidYouMean.with(&[near])).unwrap_or_default()
    };
    match error {
        ParameterError::Unknown { plugin, name, nearest, known } => {
            let hint = match nearest {
                Some(_) => meant(nearest),
                None if known.is_empty() => ParameterText::HasNone.with(&[]),
                None => ParameterText::Has.with(&[&known.join(", ")]),
            };
            ParameterText::Unknown.with(&[plugin, name, &hint])
        }
        ParameterError::Missing { plugin, name, kind } => {
            ParameterText::Missing.with(&[plugin, name, &expectation(kind)])
        }
        ParameterError::Refused { name, found, kind, nearest } => {
            ParameterText::Refused.with(&[name, found, &expectation(kind), &meant(nearest)])
        }
        ParameterError::Absent { name, path, folder } => {
            let what = if *folder { ParameterText::NoFolder } else { ParameterText::NoFile };
            ParameterText::Names.with(&[name, path, &what.with(&[])])
        }
        // Those of later versions have words of their own.
        other => other.to_string(),
    }
}

/// What a value has to look like: [`ParameterKind::expectation`] in the language of this process.
pub(crate) fn expectation(kind: &ParameterKind) -> String {
    fn range<T: Display>(noun: Expected, min: Option<T>, max: Option<T>) -> String {
        let noun = noun.with(&[]);
        match (min, max) {
            (Some(min), Some(max)) => Expected::Between.with(&[&noun, &min, &max]),
            (Some(min), None) => Expected::AtLeast.with(&[&noun, &min]),
            (None, Some(max)) => Expected::AtMost.with(&[&noun, &max]),
            (None, None) => noun,
        }
    }
    let words = match kind {
        ParameterKind::Int { min, max } => return range(Expected::Int, *min, *max),
        ParameterKind::Float { min, max } => return range(Expected::Float, *min, *max),
        ParameterKind::Option { choices } => return Expected::Choice.with(&[&choices.join(", ")]),
        ParameterKind::Bool => Expected::Bool,
        ParameterKind::Text => Expected::Text,
        ParameterKind::File => Expected::File,
        ParameterKind::Dir => Expected::Dir,
        ParameterKind::Csv => Expected::Csv,
        ParameterKind::Image => Expected::Image,
        ParameterKind::Model => Expected::Model,
        ParameterKind::Nntxt => Expected::Nntxt,
        ParameterKind::Variable => Expected::Variable,
        ParameterKind::Variables => Expected::Variables,
        // Types of later versions have words of their own.
        other => return other.expectation(),
    };
    words.with(&[])
}

/// Looks into a file as far as its kind can be told without decoding it.
fn check_content(kind: &ParameterKind, path: &Path) -> Result<(), String> {
    let starts_with = |magics: &[&[u8]]| {
        let mut start = [0; 8];
        let length = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        magics.iter().any(|magic| start.get(..length).is_some_and(|start| start.starts_with(magic)))
    };
    match kind {
        ParameterKind::Csv => Dataset::open(path).map(drop).map_err(|e| ParameterText::NoDataset.with(&[&e])),
        // The formats that NNC reads.
        ParameterKind::Image if !starts_with(&[b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"II*\0", b"MM\0*"]) => {
            Err(ParameterText::NoImage.with(&[]))
        }
        ParameterKind::Model => nnp::archive::list(path).map(drop).map_err(|_| ParameterText::NoModel.with(&[])),
        ParameterKind::Nntxt if path.extension().is_none_or(|e| e != "nntxt" && e != "prototxt") => {
            Err(ParameterText::NoNntxt.with(&[]))
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
                Some(near) => ParameterText::DidYouMean.with(&[&near]),
                None => ParameterText::Has.with(&[&known().collect::<Vec<_>>().join(", ")]),
            };
            let message = ParameterText::NoVariable.with(&[&parameter.name, &name, &dataset.path().display(), &hint]);
            return Err(Failure::new(Exit::Usage, message));
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
