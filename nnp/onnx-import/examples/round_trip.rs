//! Reads ONNX files and writes what they became as ONNX again, `round_trip IN OUT`: `OUT/NAME.onnx` for `IN/NAME.onnx`, or
//! for `IN/NAME/net.nnp`, which is exported first. Says which are refused, and why. `cargo xtask onnx` runs and compares.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::path::Path;
use std::process::ExitCode;

use nnp_onnx_import::Options;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, out] = arguments.as_slice() else {
        eprintln!("usage: round_trip IN OUT");
        return ExitCode::FAILURE;
    };
    match all(from.as_ref(), out.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all(from: &Path, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(out)?;
    let mut entries: Vec<_> = std::fs::read_dir(from)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let made = if path.is_dir() {
            let model = nnp::archive::read(&path.join("net.nnp"))?;
            // What has no counterpart is told by the export itself.
            let Ok(exported) = nnp_onnx::export(&model, None) else { continue };
            nnp_onnx_import::read_bytes(&exported.bytes, None, Options::default())
        } else if path.extension().is_some_and(|extension| extension == "onnx") {
            nnp_onnx_import::read(&path, Options::default())
        } else {
            continue;
        };
        let again = made
            .map_err(|error| error.to_string())
            .and_then(|made| nnp_onnx::export(&made.model, None).map_err(|error| format!("written again: {error}")));
        match again {
            Ok(again) => std::fs::write(out.join(format!("{stem}.onnx")), again.bytes)?,
            Err(error) => println!("{stem}: {error}"),
        }
    }
    Ok(())
}
