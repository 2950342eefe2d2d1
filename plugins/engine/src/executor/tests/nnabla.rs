//! The executor against nnabla's figures, and the table of what runs.
//!
//! Single-function networks with inputs and nnabla's outputs: the golden vectors (`nnc-test-data`), and in
//! `testdata/functions` those that are not among them.

use std::env;
use std::path::{Path, PathBuf};

use nnp::{Model, Op};
use tch::{Device, Tensor};

use super::{difference, tensor};
use crate::compute::{Compute, Engine};
use crate::error::EngineError;
use crate::executor::{Executor, kernel, pass};

/// An array in NumPy's format, float32 in row-major order.
fn read_npy(path: &Path) -> Tensor {
    let bytes = std::fs::read(path).unwrap();
    let header_length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = bytes[10..].split_at(header_length);
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.contains("'<f4'") && header.contains("'fortran_order': False"), "{header}");
    let (_, shape) = header.split_once('(').unwrap();
    let (shape, _) = shape.split_once(')').unwrap();
    let shape: Vec<i64> = shape
        .split(',')
        .map(str::trim)
        .filter(|extent| !extent.is_empty())
        .map(|extent| extent.parse().unwrap())
        .collect();
    let values: Vec<f32> = data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    tensor(&values, &shape)
}

/// Runs a case as it is stored, and as it comes back from ONNX where it has a counterpart there.
fn check_case(folder: &Path) -> Result<(f64, bool), String> {
    let model = nnp::archive::read(&folder.join("net.nnp")).unwrap();
    let (mut worst, mut fast) = check_model(&model, folder)?;
    if let Ok(exported) = nnp_onnx::export(&model, None) {
        let back = nnp_onnx_import::read_bytes(&exported.bytes, None, nnp_onnx_import::Options::default());
        let (of_back, on_both) = check_model(&back.map_err(|error| error.to_string())?.model, folder)?;
        (worst, fast) = (worst.max(of_back), fast | on_both);
    }
    Ok((worst, fast))
}

/// Runs a model on libtorch, with and without passes, and on ONNX Runtime if it can. Gives the worst difference and whether
/// ONNX Runtime ran it, or why nothing was run.
fn check_model(model: &Model, folder: &Path) -> Result<(f64, bool), String> {
    let network = &model.networks[0];
    let arrays = |letter: char| {
        let paths = (0..).map(|index| folder.join(format!("{letter}{index}.npy"))).take_while(|path| path.is_file());
        paths.map(|path| read_npy(&path)).collect::<Vec<_>>()
    };
    let (inputs, outputs) = (arrays('x'), arrays('y'));
    let names: Vec<String> = (0..outputs.len()).map(|index| format!("y{index}")).collect();
    let wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut worst, mut fast) = (0_f64, false);
    let torch = Compute::from(Device::Cpu);
    let onnx = Compute::new(Device::Cpu, Engine::OnnxRuntime, Some(&nnc_test_data::onnxruntime())).unwrap();
    for (compute, passes) in [(&torch, pass::ALL), (&torch, &[]), (&onnx, pass::ALL)] {
        let executor = match Executor::compile(network, &model.parameters, &wanted, compute, passes) {
            Err(error @ EngineError::Unsupported { .. }) => return Err(error.to_string()),
            other => other.unwrap(),
        };
        fast |= executor.runs_on_onnxruntime();
        // nnabla joins two batch axes when it stores a network with base_axis 2, so arrays take the stored rank.
        let named: Vec<(String, Tensor)> = (0..)
            .map(|index| format!("x{index}"))
            .zip(&inputs)
            .map(|(name, x)| {
                let x = x.reshape(network.variable(&name).unwrap().shape.as_slice());
                (name, x)
            })
            .collect();
        let named: Vec<(&str, &Tensor)> = named.iter().map(|(name, x)| (name.as_str(), x)).collect();
        for (found, expected) in executor.run_named(&named).unwrap().iter().zip(&outputs) {
            worst = worst.max(difference(found, &expected.reshape(found.size())));
        }
    }
    Ok((worst, fast))
}

#[test]
fn functions_agree_with_nnabla() {
    let folders =
        [Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/functions"), nnc_test_data::golden("functions")];
    let (mut failed, mut skipped, mut run, mut fast) = (vec![], vec![], 0, 0);
    for folder in folders {
        let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            match check_case(&case) {
                Ok((worst, on_both)) if worst <= 1e-5 => {
                    run += 1;
                    fast += usize::from(on_both);
                }
                Ok((worst, _)) => failed.push(format!("{name}: {worst:e}")),
                Err(reason) => skipped.push(format!("{name}: {reason}")),
            }
        }
    }
    println!("{run} cases agree, {} were not run:\n{}", skipped.len(), skipped.join("\n"));
    assert!(failed.is_empty(), "differences above 1e-5:\n{}", failed.join("\n"));
    println!("{fast} of them on ONNX Runtime as well");
    // Most are stored for a fixed batch, which libtorch alone takes; `cargo xtask onnx` feeds them to ONNX Runtime as they are.
    assert!(run > 100 && fast > 10, "{run} cases agree, {fast} of them on ONNX Runtime");
}

/// `docs/nnp-functions.md` says which types have a kernel. With `NNP_BLESS` set it is written.
#[test]
fn the_table_of_functions_says_what_runs() {
    // Some types have an argument without which they cannot be read.
    let arguments = ["", "mode: \"linear\"", "mode: \"constant\""].map(|text| nnp::text::parse(text).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nnp-functions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(" | ").collect();
        let name = cells[0].trim_start_matches("| ");
        let [_, typed @ ("yes" | "no"), _, rest @ ..] = cells.as_slice() else {
            lines.push(line.to_owned());
            continue;
        };
        let op = arguments.iter().find_map(|arguments| Op::read(name, arguments).ok());
        let runs = op.is_some_and(|op| kernel::find(&op).is_some());
        let runs = if runs { "yes" } else { "no" };
        lines.push(format!("| {name} | {typed} | {runs} | {}", rest.join(" | ")));
    }
    let expected = lines.join("\n") + "\n";
    if env::var_os("NNP_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(text == expected, "docs/nnp-functions.md is behind; see its head for the command that writes it");
    }
}
