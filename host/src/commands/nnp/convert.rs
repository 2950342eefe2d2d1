//! `nnp convert`: a model as an ONNX file.

use std::path::Path;

use nnc_console::print_line;
use nnc_files::write_atomically;
use nnc_messages::{At, Doing, Exit, Failure, OrExit, Result, Say};
use nnc_text::PathText;
use serde_json::json;

use super::messages::{Converted, NnpFailure};
use crate::commands::print_json;

/// Writes the network of `executor` in the model at `from` to `to`, whose name says the format.
pub(super) fn run(from: &Path, to: &Path, executor: Option<&str>, as_json: bool) -> Result<()> {
    if !to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx")) {
        return Err(Failure::new(Exit::Usage, NnpFailure::NoFormat { path: to.to_owned() }));
    }
    if to.symlink_metadata().is_ok() {
        return Err(Failure::new(Exit::Usage, NnpFailure::FileExists { path: to.to_owned() }));
    }
    let model = nnp::archive::read(from)?;
    let onnx = nnp_onnx::export(&model, executor).or_exit(Exit::Failed)?;
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
    if let Some(batch) = onnx.batch {
        print_line(Converted::BoundTo { batch }.said());
    }
    Ok(())
}
