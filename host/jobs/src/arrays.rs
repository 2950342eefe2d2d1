//! Arrays through a network, in the worker: feeds files to the plugin that runs networks and stages the outputs.

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use nnc_dataset::{Array, read_npy, write_npy};
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result, messages};
use nnc_plugin_api::Interface;
use nnc_plugin_api::loader::RawBatch;
use nnc_result_folder::Directory;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::spec::{JobSpec, RunArrays};
use crate::worker::services::Services;
use crate::worker::{Worker, plugin};
use nnc_project::parameters;

/// File names longer than this are cut; file systems end at 255 bytes.
const MAX_NAME: usize = 200;

messages! {
    enum ArrayMessage {
        UnknownInput { plugin: String, input: String } => "plugin {plugin} reads an unknown `{input}`",
            "プラグイン {plugin} が不明な `{input}` を読み込もうとしています";
    }
}

/// An output of the network in its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// The file.
    pub file: PathBuf,
}

/// Reads the arrays, runs the network once and writes its outputs into the staging folder.
pub(crate) fn run(job: &JobSpec, work: &RunArrays, worker: &Worker) -> Result<Value> {
    let mut arrays: Vec<(&str, Array)> = Vec::with_capacity(work.arrays.len());
    for (name, path) in &work.arrays {
        arrays.push((name, read_npy(path).or_exit(Exit::Dataset)?));
    }
    let shapes: Map<String, Value> =
        arrays.iter().map(|(name, array)| ((*name).to_owned(), Value::from(array.shape.as_slice()))).collect();
    let mut given = job.parameters.values.clone();
    given.insert("arrays".to_owned(), Value::String(Value::Object(shapes).to_string()));

    let plugin = plugin::load(&job.plugin, job.verbosity, &worker.parent)?;
    let manifest = plugin.manifest();
    let parameters = parameters::resolve(manifest, &given, &job.parameters.folder)?;
    let services = Services::new(job, String::new(), Arc::clone(&worker.parent), Arc::clone(&worker.cancelled));
    let created = plugin.create(&parameters, Some(&work.model), services);
    let mut detector = created.map_err(|error| plugin::failure(manifest, &error))?;

    let interface = detector.interface().clone();
    let values = values_of(&interface, &arrays, &manifest.id)?;
    // SAFETY: the bytes of floats that are borrowed for as long as the slice lives; every byte of them is initialised.
    let bytes = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), size_of_val(values.as_slice())) };
    let mut buffers: Vec<Vec<f32>> =
        interface.outputs.iter().map(|output| vec![f32::NAN; output.sample_len()]).collect();
    let mut outputs: Vec<&mut [f32]> = buffers.iter_mut().map(Vec::as_mut_slice).collect();
    let inferred = detector.infer(RawBatch { first: 0, count: 1, bytes }, &mut outputs);
    inferred.map_err(|error| plugin::failure(manifest, &error))?;
    write(&interface, &buffers, &Directory::new(&job.staging))
}

/// The values of all inputs, in the interface's order.
fn values_of(interface: &Interface, arrays: &[(&str, Array)], plugin: &str) -> Result<Vec<f32>> {
    let mut values = Vec::new();
    for input in interface.inputs() {
        let array = arrays.iter().find(|(name, _)| *name == input.variable).map(|(_, array)| array);
        let unknown = || ArrayMessage::UnknownInput { plugin: plugin.to_owned(), input: input.variable.clone() };
        let array = array.ok_or_else(|| Failure::new(Exit::Plugin, unknown()))?;
        values.extend_from_slice(&array.values);
    }
    Ok(values)
}

/// Writes the outputs, each into a file named like it.
fn write(interface: &Interface, buffers: &[Vec<f32>], staging: &Directory) -> Result<Value> {
    let mut taken = HashSet::new();
    let mut written = Vec::with_capacity(buffers.len());
    for (output, values) in interface.outputs.iter().zip(buffers) {
        let file = file_name(&output.name, &mut taken);
        let mut out = BufWriter::new(staging.create(&file)?);
        write_npy(&mut out, &output.shape, values).and_then(|()| out.flush()).at(Doing::Write, &staging.file(&file))?;
        written.push(Written { name: output.name.clone(), shape: output.shape.clone(), file: file.into() });
    }
    Ok(serde_json::to_value(written)?)
}

/// A file name for an output: separators and what file systems dislike become `_`, a name that is taken gets a number.
fn file_name(name: &str, taken: &mut HashSet<String>) -> String {
    let awkward = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let mut stem: String = name.chars().map(|c| if awkward(c) { '_' } else { c }).collect();
    while stem.len() > MAX_NAME {
        stem.pop();
    }
    if stem.is_empty() || stem.starts_with('.') {
        stem.insert(0, '_');
    }
    let mut file = format!("{stem}.npy");
    let mut number = 0;
    // Some file systems take `Y` and `y` for the same name.
    while !taken.insert(file.to_lowercase()) {
        number += 1;
        file = format!("{stem}_{number}.npy");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_outputs_become_names_of_files() {
        let mut taken = HashSet::new();
        let mut name = |text: &str| file_name(text, &mut taken);
        assert_eq!(name("y0"), "y0.npy");
        assert_eq!(name("x'"), "x'.npy");
        assert_eq!(name("@network/Abs_out"), "@network_Abs_out.npy");
        assert_eq!(name("@network\\Abs_out"), "@network_Abs_out_1.npy");
        assert_eq!(name("Y0"), "Y0_1.npy");
        assert_eq!(name("../up"), "_.._up.npy");
        assert_eq!(name(""), "_.npy");
        assert!(name(&"ü".repeat(300)).len() <= 204);
    }
}
