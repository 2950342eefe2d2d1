//! `nnp run`: arrays through a network.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cli::RunArgs;
use crate::commands::nnp::messages::NnpFailure;
use crate::commands::print_json;
use nnc_console::print_line;
use nnc_jobs::run_arrays;
use nnc_jobs::spec::{GivenParameters, JobSpec, RunArrays, Work};
use nnc_messages::Doing;
use nnc_messages::{At, Exit, Failure, OrExit, Result, Say};
use nnc_project_types::{PluginReference, UnknownDevice, UnknownEngine};

/// The plugin that runs networks.
const PLUGIN: &str = "forward";

/// Feeds the arrays to `model` and writes the outputs.
pub(super) fn run(args: &RunArgs, model: &Path) -> Result<()> {
    let device = args.device.parse().map_err(|error: UnknownDevice| Failure::new(Exit::Usage, error))?;
    let engine = args.engine.parse().map_err(|error: UnknownEngine| Failure::new(Exit::Usage, error))?;
    let inputs = args.input.iter().map(|text| input(text)).collect::<Result<Vec<_>>>()?;
    let mut seen = HashSet::new();
    if let Some((name, _)) = inputs.iter().find(|(name, _)| !seen.insert(name.as_str())) {
        return Err(Failure::new(Exit::Usage, NnpFailure::InputTwice { name: name.clone() }));
    }
    let (plugin, _) = nnc_registry::find(&PluginReference::Id(PLUGIN.to_owned()), &args.plugins.plugin_dir)?;
    let mut values = Map::new();
    values.extend(args.executor.iter().map(|name| ("executor".to_owned(), Value::from(name.as_str()))));
    let threads = args.threads.map(usize::from);
    let job = JobSpec {
        work: Work::RunArrays(RunArrays { model: std::path::absolute(model).at(Doing::Find, model)?, arrays: inputs }),
        plugin,
        parameters: GivenParameters { values, folder: PathBuf::new() },
        device,
        engine,
        onnxruntime: None,
        threads: threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1),
        batch_size: 1,
        max_epoch: 1,
        tile: None,
        roi: None,
        weights_dirs: Vec::new(),
        verbosity: 0,
        limits: args.limits.limits(),
        enforced: nnc_sandbox::chosen_mode().enforced(),
        staging: PathBuf::new(),
    };
    let outputs = run_arrays(job, &args.output)?;
    if args.json {
        return print_json(&outputs);
    }
    for output in &outputs {
        print_line(format!("{} {:?}: {}", output.name, output.shape, output.file.said()));
    }
    Ok(())
}

/// `NAME=FILE`; the name may hold a `=` where the file does not.
fn input(text: &str) -> Result<(String, PathBuf)> {
    let parts = text.rsplit_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
    let (name, file) =
        parts.ok_or_else(|| Failure::new(Exit::Usage, NnpFailure::NotNameFile { given: text.to_owned() }))?;
    Ok((name.to_owned(), std::path::absolute(file).or_exit(Exit::Usage)?))
}
