//! Files that ask for far more than they are.

use std::time::{Duration, Instant};

use nnp_onnx_import::{ImportError, Options, TensorProblem, read, read_bytes};

use crate::build::{external, floats, int_attribute, integers, model, node, of_four, port};
use crate::refused;

#[test]
fn a_few_bytes_make_no_large_array() {
    for (nodes, constants) in [
        (
            vec![node("ConstantOfShape", &["to"], &["zeros"], &[]), node("Add", &["x", "zeros"], &["y"], &[])],
            vec![integers("to", &[2], &[1 << 31, 1 << 31])],
        ),
        (
            vec![node("Expand", &["one", "to"], &["large"], &[]), node("Add", &["x", "large"], &["y"], &[])],
            vec![floats("one", &[1], &[1.0]), integers("to", &[2], &[1 << 20, 1 << 20])],
        ),
        (
            vec![node("Tile", &["one", "to"], &["large"], &[]), node("Add", &["x", "large"], &["y"], &[])],
            vec![floats("one", &[1], &[1.0]), integers("to", &[1], &[1 << 40])],
        ),
        (
            vec![node("Range", &["zero", "end", "one"], &["large"], &[]), node("Gather", &["x", "large"], &["y"], &[])],
            vec![integers("zero", &[], &[0]), integers("end", &[], &[i64::MAX]), integers("one", &[], &[1])],
        ),
    ] {
        let told = refused(&of_four(&nodes, &constants));
        assert!(matches!(told, ImportError::TooLarge { .. }), "{told}");
    }
    let told = refused(&of_four(&[], &[floats("w", &[1 << 40], &[])]));
    assert!(matches!(told, ImportError::TooLarge { .. }), "{told}");
    let told = refused(&of_four(&[], &[floats("w", &[2, 2], &[0.0; 3])]));
    assert!(matches!(told, ImportError::Tensor { problem: TensorProblem::Length { .. }, .. }), "{told}");
}

#[test]
fn constants_that_double_each_time_end_soon() {
    let mut nodes = Vec::new();
    for at in 0..60 {
        let (from, to) = (format!("c{at}"), format!("c{}", at + 1));
        nodes.push(node("Concat", &[&from, &from], &[&to], &[int_attribute("axis", 0)]));
    }
    let start = Instant::now();
    let told = refused(&of_four(&nodes, &[floats("c0", &[2], &[1.0; 2])]));
    assert!(matches!(told, ImportError::TooLarge { .. }), "{told}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn reading_a_constant_again_and_again_is_paid_for() {
    let values = vec![1; 1 << 16];
    let constants = [integers("c", &[1 << 16], &values)];
    let nodes: Vec<_> = (0..20_000).map(|at| node("ReduceSum", &["c"], &[&format!("s{at}")], &[])).collect();
    let start = Instant::now();
    let told = refused(&of_four(&nodes, &constants));
    assert!(matches!(told, ImportError::TooLarge { .. }), "{told}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn lists_without_an_end_are_refused() {
    let empty: Vec<u8> = (0..1 << 21).flat_map(|_| [0x0a, 0x00]).collect();
    let graph = crate::build::bytes(7, &empty);
    assert!(matches!(refused(&graph), ImportError::TooMany { .. }));
}

#[test]
fn axes_without_an_end_are_refused() {
    let nodes: Vec<_> =
        (0..40).map(|at| node("Unsqueeze", &[&format!("v{at}"), "zero"], &[&format!("v{}", at + 1)], &[])).collect();
    let many = [vec![node("Identity", &["x"], &["v0"], &[])], nodes].concat();
    let told = refused(&of_four(&many, &[integers("zero", &[1], &[0])]));
    assert!(matches!(told, ImportError::NoCounterpart { .. }), "{told}");
    let told = refused(&of_four(&[], &[floats("w", &[1; 100], &[1.0])]));
    assert!(matches!(told, ImportError::Tensor { problem: TensorProblem::Shape, .. }), "{told}");
    let told = refused(&model(&[], &[], &[port("x", &[1; 100])], &[port("y", &[1])]));
    assert!(matches!(told, ImportError::NoShape { .. }), "{told}");
}

#[test]
fn what_is_no_onnx_is_refused_and_so_is_every_cut() {
    for bytes in [&b""[..], b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"nonsense, and more of it", &[0xff; 64]] {
        assert!(read_bytes(bytes, None, Options::default()).is_err());
    }
    let whole = of_four(&[node("Add", &["x", "c"], &["y"], &[])], &[floats("c", &[4], &[1.0; 4])]);
    assert!(read_bytes(&whole, None, Options::default()).is_ok());
    for length in 0..whole.len() {
        let _ = read_bytes(&whole[..length], None, Options::default());
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            let _ = read_bytes(&changed, None, Options::default());
        }
    }
}

#[test]
fn external_data_is_found_beside_the_model_and_nowhere_else() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("models");
    std::fs::create_dir(&folder).unwrap();
    let values: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    std::fs::write(folder.join("m.data"), &values).unwrap();
    std::fs::write(place.path().join("secret"), &values).unwrap();
    let with = |location| of_four(&[node("Add", &["x", "c"], &["y"], &[])], &[external("c", &[4], location)]);
    let path = folder.join("m.onnx");
    std::fs::write(&path, with("m.data")).unwrap();
    let found = read(&path, Options::default()).unwrap();
    assert_eq!(found.model.parameters.get("c").unwrap().data[..], [1.0, 2.0, 3.0, 4.0]);
    for outside in ["../secret", place.path().join("secret").to_str().unwrap()] {
        std::fs::write(&path, with(outside)).unwrap();
        assert!(matches!(read(&path, Options::default()), Err(ImportError::External { .. })));
    }
    assert!(matches!(read(&folder, Options::default()), Err(ImportError::Io { .. })));
}
