//! Arrays through a network: the two halves of `nnp run`. The worker's half feeds files to the plugin that runs
//! networks and stages the outputs; the parent's half gives them their final names.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnc_dataset::{Array, read_npy, write_npy};
use nnc_plugin_api::loader::RawBatch;
use nnc_sandbox::Output;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::job::JobSpec;
use crate::job::protocol::{Event, Level};
use crate::job::signals::Signals;
use crate::job::supervisor;
use crate::job::worker::{Job, plugin_failure};
use crate::language::{JobText, Message};
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, OrExit, PluginEnded, Result};
use nnc_project::parameters;

/// File names longer than this are cut; file systems end at 255 bytes.
const MAX_NAME: usize = 200;

/// An output of the network in its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) file: PathBuf,
}

/// The parent's half: runs the worker and moves what it staged into `folder`, which is made if need be.
///
/// # Errors
/// What the worker says; `folder` is then as it was.
pub(crate) fn start(mut spec: JobSpec, folder: &Path) -> Result<Vec<Written>> {
    let signals = Signals::register()?;
    let made = !folder.exists();
    fs::create_dir_all(folder)
        .map_err(|e| Failure::new(Exit::Usage, Message::FolderCannotBeMade.with(&[&folder.display(), &e])))?;
    let staging = tempfile::Builder::new().prefix(".nnp-run-").tempdir_in(folder).at(Doing::WriteInto, folder)?;
    spec.staging = staging.path().to_owned();
    let outcome = follow(&spec, &signals).and_then(|summary| {
        let mut outputs: Vec<Written> = serde_json::from_value(summary)?;
        for output in &mut outputs {
            let target = folder.join(&output.file);
            fs::rename(staging.path().join(&output.file), &target).at(Doing::Write, &target)?;
            output.file = target;
        }
        Ok(outputs)
    });
    drop(staging);
    if outcome.is_err() && made {
        // Only if it is empty, and only a courtesy.
        let _ = fs::remove_dir(folder);
    }
    outcome
}

/// Starts the worker and listens to it until it ends. Ctrl-C ends it at once.
fn follow(spec: &JobSpec, signals: &Signals) -> Result<Value> {
    let mut worker = supervisor::start(spec)?;
    let mut ended: Option<Result<Value>> = None;
    while let Some(output) = worker.next_output()? {
        if signals.count() > 0 {
            worker.kill();
            return Err(Failure::new(Exit::Interrupted, Message::StoppedByUser.with(&[])));
        }
        match output {
            Output::Message(Event::Done { summary }) => ended = Some(Ok(summary)),
            Output::Message(Event::Failed { exit, message }) => ended = Some(Err(Failure::new(exit, message))),
            Output::Message(Event::Log { level: Level::Warning, text, .. }) => {
                eprintln!("{}", Message::Warning.with(&[&text]));
            }
            Output::Message(_) | Output::Stderr(_) | Output::Quiet => {}
        }
    }
    let ending = worker.end()?;
    match ended {
        Some(Ok(summary)) if ending.succeeded() => Ok(summary),
        Some(Err(failure)) if ending.broken_limit().is_none() => Err(failure),
        _ => Err(Failure::new(Exit::Plugin, PluginEnded::of(supervisor::plugin_name(spec), ending))),
    }
}

/// The worker's half: reads the arrays, runs the network once and writes its outputs into the staging folder.
pub(crate) fn run(job: &Job) -> Result<Value> {
    let spec = &job.spec;
    let mut arrays: Vec<(&str, Array)> = Vec::with_capacity(spec.arrays.len());
    for (name, path) in &spec.arrays {
        arrays.push((name, read_npy(path).or_exit(Exit::Dataset)?));
    }
    let shapes: Map<String, Value> =
        arrays.iter().map(|(name, array)| ((*name).to_owned(), Value::from(array.shape.as_slice()))).collect();
    let mut params = spec.params.clone();
    params.insert("arrays".to_owned(), Value::String(Value::Object(shapes).to_string()));
    let plugin = job.load_plugin()?;
    let parameters = parameters::resolve(plugin.manifest(), &params, &spec.project_folder)?;
    let services = Arc::clone(&job.services);
    let mut detector =
        plugin.create(&parameters, spec.model.as_deref(), services).map_err(|e| plugin_failure(&plugin, &e))?;

    let interface = detector.interface().clone();
    let mut values: Vec<f32> = Vec::new();
    for input in interface.inputs() {
        let array =
            arrays.iter().find(|(name, _)| *name == input.variable).map(|(_, array)| array).ok_or_else(|| {
                Failure::new(Exit::Plugin, JobText::UnknownInput.with(&[&plugin.manifest().id, &input.variable]))
            })?;
        values.extend_from_slice(&array.values);
    }
    // SAFETY: the bytes of floats that are borrowed for as long as the slice lives; every byte of them is initialised.
    let bytes = unsafe { std::slice::from_raw_parts(values.as_ptr().cast::<u8>(), size_of_val(values.as_slice())) };
    let mut buffers: Vec<Vec<f32>> =
        interface.outputs.iter().map(|output| vec![f32::NAN; output.sample_len()]).collect();
    let mut outputs: Vec<&mut [f32]> = buffers.iter_mut().map(Vec::as_mut_slice).collect();
    detector.infer(RawBatch { first: 0, count: 1, bytes }, &mut outputs).map_err(|e| plugin_failure(&plugin, &e))?;

    let mut taken = HashSet::new();
    let mut written = Vec::with_capacity(buffers.len());
    for (output, values) in interface.outputs.iter().zip(&buffers) {
        let file = file_name(&output.name, &mut taken);
        let path = spec.staging.join(&file);
        let mut out = BufWriter::new(File::create(&path).at(Doing::Write, &path)?);
        write_npy(&mut out, &output.shape, values).and_then(|()| out.flush()).at(Doing::Write, &path)?;
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
