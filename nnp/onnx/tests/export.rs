//! What is exported: every golden network, its free batch, its names, and what is refused. Whether the numbers are right is
//! checked in ONNX Runtime and OpenVINO by `cargo xtask onnx`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]
#![allow(clippy::unwrap_used)]

use std::fs;

use nnc_test_data::golden;
use nnp::{Model, nntxt};
use nnp_onnx::{Missing, OnnxError, export};

/// A model of one network from x (batch, 4) to y, with the given variables and functions between.
fn model(rest: &str) -> Model {
    let text = format!(
        "network {{ name: 'n' batch_size: 2 variable {{ name: 'x' type: 'Buffer' shape {{ dim: [-1, 4] }} }} {rest} }} \
         executor {{ name: 'runtime' network_name: 'n' \
         data_variable {{ variable_name: 'x' data_name: 'x' }} output_variable {{ variable_name: 'y' data_name: 'y' }} }}"
    );
    nntxt::read(&text).unwrap()
}

/// Whether the file holds this text, as every name of a value and an operator stands in it.
fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn every_golden_network_has_a_counterpart() {
    let mut missing = Vec::new();
    let mut count = 0;
    for folder in fs::read_dir(golden("functions")).unwrap() {
        let folder = folder.unwrap().path();
        let model = nnp::archive::read(&folder.join("net.nnp")).unwrap();
        match export(&model, None) {
            Ok(onnx) => {
                assert_eq!(onnx.inputs.len(), model.executors[0].data_variables.len(), "{}", folder.display());
                assert_eq!(onnx.outputs.len(), model.executors[0].output_variables.len(), "{}", folder.display());
            }
            Err(OnnxError::NoCounterpart { type_name, detail, .. }) => missing.push((type_name, detail)),
            Err(error) => panic!("{}: {error}", folder.display()),
        }
        count += 1;
    }
    missing.sort_by(|a, b| a.0.cmp(&b.0));
    missing.dedup();
    let missing: Vec<_> = missing.iter().map(|(type_name, detail)| (type_name.as_str(), *detail)).collect();
    // Training's functions, weights of one bit, and coordinates of several axes.
    assert_eq!(
        missing,
        [
            ("BinaryConnectAffine", Missing::Function),
            ("BinaryConnectConvolution", Missing::Function),
            ("BinaryWeightAffine", Missing::Function),
            ("BinaryWeightConvolution", Missing::Function),
            ("ImageAugmentation", Missing::Function),
            ("OneHot", Missing::Arguments),
            ("VATNoise", Missing::Function),
        ]
    );
    assert!(count > 100, "{count} networks");
}

#[test]
fn the_batch_is_free_unless_the_network_names_it() {
    let free = model(
        "variable { name: 'y' type: 'Buffer' shape { dim: [-1, 2, 2] } } \
         function { name: 'f' type: 'Reshape' input: 'x' output: 'y' reshape_param { shape { dim: [-1, 2, 2] } } }",
    );
    let onnx = export(&free, None).unwrap();
    assert_eq!((onnx.batch, onnx.operators), (None, 1));
    assert!(holds(&onnx.bytes, "batch") && holds(&onnx.bytes, "Reshape"));

    let bound = model(
        "variable { name: 'y' type: 'Buffer' shape { dim: [8] } } \
         function { name: 'f' type: 'Reshape' input: 'x' output: 'y' reshape_param { shape { dim: [8] } } }",
    );
    let onnx = export(&bound, None).unwrap();
    assert_eq!(onnx.batch, Some(2));
    assert!(!holds(&onnx.bytes, "batch"));
}

#[test]
fn a_value_that_is_passed_on_keeps_its_own_name_too() {
    // Dropout does nothing: y is another name of r, which has a reader of its own.
    let twice = model(
        "variable { name: 'r' type: 'Buffer' shape { dim: [-1, 4] } } \
         variable { name: 'd' type: 'Buffer' shape { dim: [-1, 4] } } \
         variable { name: 'y' type: 'Buffer' shape { dim: [-1, 4] } } \
         function { name: 'f' type: 'ReLU' input: 'x' output: 'r' relu_param { } } \
         function { name: 'g' type: 'Dropout' input: 'r' output: 'd' dropout_param { p: 0.5 seed: -1 } } \
         function { name: 'h' type: 'Add2' input: 'r' input: 'd' output: 'y' add2_param { } }",
    );
    let onnx = export(&twice, None).unwrap();
    assert_eq!(onnx.operators, 3);
    assert!(holds(&onnx.bytes, "Identity"));
}

#[test]
fn what_has_no_counterpart_is_named() {
    let unknown = model(
        "variable { name: 'y' type: 'Buffer' shape { dim: [-1, 4] } } \
         function { name: 'f' type: 'ATan2' input: 'x' input: 'x' output: 'y' }",
    );
    let error = export(&unknown, None).map(|_| ()).unwrap_err();
    let (function, type_name) = ("f".to_owned(), "ATan2".to_owned());
    assert_eq!(error, OnnxError::NoCounterpart { function, type_name, detail: Missing::Function });
    assert_eq!(error.to_string(), "function \"f\" (ATan2) has no counterpart in ONNX: no operator does the same");
}

#[test]
fn a_few_words_make_no_large_constant() {
    let model = model(
        "variable { name: 'y' type: 'Buffer' shape { dim: [2000000000] } } \
         function { name: 'f' type: 'Arange' output: 'y' arange_param { start: 0 stop: 2000000000 step: 1 } }",
    );
    let refused = export(&model, None).err().unwrap();
    assert!(matches!(refused, OnnxError::TooLarge { bytes: 8_000_000_000, .. }), "{refused:?}");
}

#[test]
fn executors_and_parameters_that_are_not_there_are_named() {
    let identity = "variable { name: 'y' type: 'Buffer' shape { dim: [-1, 4] } } \
         function { name: 'f' type: 'Identity' input: 'x' output: 'y' }";
    let error = export(&model(identity), Some("training")).map(|_| ()).unwrap_err();
    assert_eq!(error, OnnxError::NoExecutor { executor: "training".to_owned(), present: "runtime".to_owned() });

    let with_bias = model(
        "variable { name: 'b' type: 'Parameter' shape { dim: [1, 4] } } \
         variable { name: 'y' type: 'Buffer' shape { dim: [-1, 4] } } \
         function { name: 'f' type: 'Add2' input: 'x' input: 'b' output: 'y' add2_param { } }",
    );
    let error = export(&with_bias, None).map(|_| ()).unwrap_err();
    assert_eq!(error, OnnxError::NoValues { parameter: "b".to_owned() });

    let empty = Model { networks: Vec::new(), executors: Vec::new(), ..model(identity) };
    assert_eq!(export(&empty, None).map(|_| ()).unwrap_err(), OnnxError::NoNetwork);
}
