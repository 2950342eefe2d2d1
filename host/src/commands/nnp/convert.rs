//! `nnp convert`: a model as an ONNX file, and an ONNX file as a model.

use std::path::Path;

use nnc_console::print_line;
use nnc_files::write_atomically;
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result, Say};
use nnc_text::PathText;
use nnp_onnx_import::{ImportError, Options};
use serde_json::json;

use super::messages::{Converted, NnpFailure};
use crate::commands::print_json;

/// What the command line says beside the two files.
pub(super) struct Wanted<'a> {
    pub(super) executor: Option<&'a str>,
    pub(super) batch_size: Option<usize>,
}

/// What becomes what.
pub(super) enum Conversion {
    ToOnnx,
    FromOnnx,
}

impl Conversion {
    /// As the names of the files say. The new one must not be there.
    pub(super) fn of(from: &Path, to: &Path, wanted: &Wanted<'_>) -> Result<Self> {
        let ends = |path: &Path, wanted: &str| {
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
        };
        let refused = |why| Err(Failure::new(Exit::Usage, why));
        let conversion = match (ends(from, "onnx"), ends(to, "onnx"), ends(to, "nnp")) {
            (true, _, true) if wanted.executor.is_some() => return refused(NnpFailure::OnlyToOnnx),
            (true, _, true) => Self::FromOnnx,
            (true, _, false) => return refused(NnpFailure::NoNnpName { path: to.to_owned() }),
            (false, true, _) if wanted.batch_size.is_some() => return refused(NnpFailure::OnlyFromOnnx),
            (false, true, _) => Self::ToOnnx,
            (false, false, _) => return refused(NnpFailure::NoFormat { path: to.to_owned() }),
        };
        if to.symlink_metadata().is_ok() {
            return refused(NnpFailure::FileExists { path: to.to_owned() });
        }
        Ok(conversion)
    }
}

/// Writes a network of the model at `from` as the ONNX file `to`.
pub(super) fn to_onnx(from: &Path, to: &Path, wanted: &Wanted<'_>, as_json: bool) -> Result<()> {
    let model = nnp::archive::read(from)?;
    let onnx = nnp_onnx::export(&model, wanted.executor).or_exit(Exit::Failed)?;
    drop(model);
    write_atomically(&std::path::absolute(to)?, &onnx.bytes).at(Doing::Write, to)?;
    if as_json {
        return print_json(&json!({
            "file": PathText(to),
            "bytes": onnx.bytes.len(),
            "opset": nnp_onnx::OPSET,
            "operators": onnx.operators,
            "inputs": onnx.inputs,
            "outputs": onnx.outputs,
            "batch": onnx.batch,
        }));
    }
    let (inputs, outputs) = (onnx.inputs.join(", "), onnx.outputs.join(", "));
    let (opset, operators) = (nnp_onnx::OPSET, onnx.operators);
    print_line(Converted::Written { path: to.to_owned(), opset, operators, inputs, outputs }.said());
    tell_bound(onnx.batch);
    Ok(())
}

/// Writes the network of the ONNX file `from` as the NNP `to`.
pub(super) fn from_onnx(from: &Path, to: &Path, wanted: &Wanted<'_>, as_json: bool) -> Result<()> {
    let options = Options { batch: wanted.batch_size.unwrap_or(1), ..Options::default() };
    let read = nnp_onnx_import::read(from, options).map_err(|error| match error {
        // These name the file themselves.
        ImportError::Io { .. } => Failure::new(Exit::Failed, error),
        _ => Failure::new(Exit::Failed, NnpFailure::NotRead { path: from.to_owned(), error: error.said() }),
    })?;
    nnp::archive::write(&std::path::absolute(to)?, &read.model, &[])?;
    let names = |of: fn(&nnp::Executor) -> Vec<String>| read.model.executors.first().map(of).unwrap_or_default();
    let inputs = names(|executor| executor.data_variables.iter().map(|v| v.variable_name.clone()).collect());
    let outputs = names(|executor| executor.output_variables.iter().map(|v| v.variable_name.clone()).collect());
    let functions = read.model.networks.first().map_or(0, |network| network.functions.len());
    if as_json {
        return print_json(&json!({
            "file": PathText(to),
            "opset": read.opset,
            "nodes": read.nodes,
            "functions": functions,
            "inputs": inputs,
            "outputs": outputs,
            "batch": read.batch,
        }));
    }
    let (nodes, opset, inputs, outputs) = (read.nodes, read.opset, inputs.join(", "), outputs.join(", "));
    print_line(Converted::Read { path: to.to_owned(), nodes, opset, functions, inputs, outputs }.said());
    tell_bound(read.batch);
    Ok(())
}

fn tell_bound(batch: Option<usize>) {
    if let Some(batch) = batch {
        print_line(Converted::BoundTo { batch }.said());
    }
}
