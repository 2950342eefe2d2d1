//! Small files with one peculiarity each.

use super::*;
use ::safetensors::{Dtype, serialize_to_file, tensor::TensorView};

/// A safetensors file with these tensors.
fn file(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, data)| (*name, TensorView::new(*dtype, shape.to_vec(), data).unwrap()));
    serialize_to_file(views, &None, file.path()).unwrap();
    file
}

fn bytes<const N: usize>(values: &[[u8; N]]) -> Vec<u8> {
    values.concat()
}

#[test]
fn floats_of_every_width_are_read_and_integers_left_out() {
    let file = file(&[
        ("a", Dtype::F32, &[2], bytes(&[1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()])),
        ("b", Dtype::F64, &[1, 1], bytes(&[0.1_f64.to_le_bytes()])),
        ("c", Dtype::F16, &[1], bytes(&[half::f16::from_f32(0.25).to_le_bytes()])),
        ("d", Dtype::BF16, &[], bytes(&[half::bf16::from_f32(-3.0).to_le_bytes()])),
        ("steps", Dtype::I64, &[], bytes(&[7_i64.to_le_bytes()])),
    ]);
    let mut state = StateDict::read(file.path(), "m").unwrap();
    assert_eq!(state.rest(), ["a", "b", "c", "d"]);
    assert_eq!(*state.take("a", &[2]).unwrap(), [1.5, -2.0]);
    assert_eq!(*state.take("b", &[1, 1]).unwrap(), [0.1]);
    assert_eq!(*state.take("c", &[1]).unwrap(), [0.25]);
    assert_eq!(*state.take("d", &[]).unwrap(), [-3.0]);
    assert_eq!(state.rest(), [""; 0]);
}

#[test]
fn what_data_parallel_adds_to_names_is_left_out() {
    let value = || bytes(&[1.0_f32.to_le_bytes()]);
    let all = file(&[("module.a", Dtype::F32, &[1], value()), ("module.b", Dtype::F32, &[1], value())]);
    assert_eq!(StateDict::read(all.path(), "m").unwrap().rest(), ["a", "b"]);
    let one = file(&[("module.a", Dtype::F32, &[1], value()), ("b", Dtype::F32, &[1], value())]);
    assert_eq!(StateDict::read(one.path(), "m").unwrap().rest(), ["b", "module.a"]);
}

#[test]
fn tensors_that_are_missing_or_have_another_shape_are_named() {
    let file = file(&[("a", Dtype::F32, &[1], bytes(&[1.0_f32.to_le_bytes()]))]);
    let mut state = StateDict::read(file.path(), "m").unwrap();
    let told = |error: EngineError| error.to_string().split_once(": ").unwrap().1.to_owned();
    assert_eq!(told(state.take("b", &[1]).unwrap_err()), "no tensor \"b\", which m needs; is this the right file?");
    assert_eq!(told(state.take("a", &[2, 1]).unwrap_err()), "tensor \"a\" has shape [1], m expects [2, 1]");
    assert!(state.take("a", &[1]).is_ok());
    assert!(state.take("a", &[1]).is_err(), "each tensor is taken once");
}

#[test]
fn broken_files_are_refused() {
    let whole = std::fs::read(file(&[("a", Dtype::F32, &[1], bytes(&[1.0_f32.to_le_bytes()]))]).path()).unwrap();
    for cut in [9, 20, whole.len() - 1] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &whole[..cut]).unwrap();
        let error = StateDict::read(file.path(), "m").err().unwrap();
        assert!(matches!(error, EngineError::Safetensors(_)), "{error}");
    }
}
