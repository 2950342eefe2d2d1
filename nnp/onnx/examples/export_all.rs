//! Exports every golden network, `export_all GOLDEN OUT`: `OUT/NAME.onnx` for `GOLDEN/NAME/net.nnp`, and says which have no
//! counterpart. `cargo xtask onnx` runs the files and compares.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [golden, out] = arguments.as_slice() else {
        eprintln!("usage: export_all GOLDEN OUT");
        return ExitCode::FAILURE;
    };
    match all(golden.as_ref(), out.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all(golden: &Path, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(out)?;
    let mut folders: Vec<_> = std::fs::read_dir(golden)?.collect::<Result<_, _>>()?;
    folders.sort_by_key(std::fs::DirEntry::file_name);
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        let model = nnp::archive::read(&folder.path().join("net.nnp"))?;
        match nnp_onnx::export(&model, None) {
            Ok(exported) => std::fs::write(out.join(format!("{name}.onnx")), exported.bytes)?,
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}
