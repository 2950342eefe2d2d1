//! What ONNX files become: golden networks there and back, folded shapes, and what is refused. Whether the numbers are right is
//! checked by the engine's tests, and in ONNX Runtime by `cargo xtask onnx`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "opens files of its own")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, missing_docs)]

mod build;
mod hostile;

use build::{floats, int_attribute, integers, ints_attribute, model, node, of_four, of_version, port};
use nnp::{Model, Op};
use nnp_onnx_import::{ImportError, Imported, Lack, Options, read_bytes};

fn read(bytes: &[u8]) -> Imported {
    read_bytes(bytes, None, Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(bytes: &[u8]) -> ImportError {
    read_bytes(bytes, None, Options::default()).map(|_| ()).unwrap_err()
}

/// Types of the functions, in order.
fn types(model: &Model) -> Vec<&str> {
    model.networks[0].functions.iter().map(|function| function.op.type_name()).collect()
}

#[test]
fn every_golden_network_comes_back() {
    let (mut lost, mut count) = (Vec::new(), 0);
    for folder in std::fs::read_dir(nnc_test_data::golden("functions")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let model = nnp::archive::read(&folder.join("net.nnp")).unwrap();
        let Ok(exported) = nnp_onnx::export(&model, None) else { continue };
        let batch = usize::try_from(model.networks[0].batch_size).unwrap();
        match read_bytes(&exported.bytes, None, Options { batch, ..Options::default() }) {
            Ok(back) => {
                let names = |model: &Model| {
                    let executor = &model.executors[0];
                    let data: Vec<_> = executor.data_variables.iter().map(|v| v.variable_name.clone()).collect();
                    let outputs: Vec<_> = executor.output_variables.iter().map(|v| v.variable_name.clone()).collect();
                    (data, outputs)
                };
                assert_eq!(names(&back.model), names(&model), "{name}");
                let shapes = |model: &Model| {
                    let network = &model.networks[0];
                    network.infer_shapes(usize::try_from(network.batch_size).unwrap()).unwrap()
                };
                let (before, after) = (shapes(&model), shapes(&back.model));
                for output in &names(&model).1 {
                    assert_eq!(before[output], after[output], "{name}: {output}");
                }
                count += 1;
            }
            Err(error) => lost.push(format!("{name}: {error}")),
        }
    }
    assert_eq!(lost, [""; 0]);
    assert!(count > 100, "{count} networks");
}

#[test]
fn shapes_that_the_file_computes_are_folded_and_the_batch_stays_free() {
    // x.view(x.shape[0], 2, -1), as PyTorch writes it.
    let nodes = [
        node("Shape", &["x"], &["shape"], &[]),
        node("Gather", &["shape", "zero"], &["rows"], &[int_attribute("axis", 0)]),
        node("Unsqueeze", &["rows", "axis"], &["list"], &[]),
        node("Concat", &["list", "rest"], &["to"], &[int_attribute("axis", 0)]),
        node("Reshape", &["x", "to"], &["y"], &[]),
    ];
    let constants = [integers("zero", &[], &[0]), integers("axis", &[1], &[0]), integers("rest", &[2], &[2, -1])];
    let read = read(&of_four(&nodes, &constants));
    assert_eq!((types(&read.model), read.batch), (vec!["Reshape"], None));
    assert_eq!(read.model.networks[0].variable("y").unwrap().shape, [-1, 2, 2]);
    assert!(read.model.parameters.is_empty());
}

#[test]
fn what_mixes_the_batch_with_other_axes_is_bound_to_one() {
    // (batch, 4) to (4, batch) and on to (2, 2·batch), which no shape of NNP says.
    let nodes = [
        node("Shape", &["x"], &["shape"], &[]),
        node("Mul", &["shape", "shape"], &["square"], &[]),
        node("Expand", &["one", "square"], &["y"], &[]),
    ];
    let bytes = of_four(&nodes, &[floats("one", &[1], &[1.0])]);
    let bound = read_bytes(&bytes, None, Options { batch: 3, ..Options::default() }).unwrap();
    let outputs = bound.model.networks[0].infer_shapes(3).unwrap();
    assert_eq!((outputs["y"].as_slice(), bound.batch), ([9, 16].as_slice(), Some(3)));
}

#[test]
fn what_is_computed_from_the_batch_is_bound_to_it() {
    let rows = [
        node("Shape", &["x"], &["shape"], &[]),
        node("Gather", &["shape", "zero"], &["rows"], &[int_attribute("axis", 0)]),
        node("Cast", &["rows"], &["count"], &[int_attribute("to", 1)]),
        node("Div", &["x", "count"], &["y"], &[]),
    ];
    let last = [node("Slice", &["x", "from", "to", "zeros"], &["y"], &[])];
    let constants = [
        integers("zero", &[], &[0]),
        integers("zeros", &[1], &[0]),
        integers("from", &[1], &[-1]),
        integers("to", &[1], &[9]),
    ];
    for nodes in [&rows[..], &last] {
        let free = of_four(nodes, &constants);
        let fixed = model(nodes, &constants, &[port("x", &[3, 4])], &[port("y", &[3, 4])]);
        for bytes in [free, fixed] {
            let read = read_bytes(&bytes, None, Options { batch: 3, ..Options::default() }).unwrap();
            assert_eq!(read.batch, Some(3));
            // Nobody can feed it another one.
            assert_eq!(read.model.networks[0].variable("x").unwrap().shape, [3, 4]);
        }
    }
}

#[test]
fn whole_numbers_are_not_divided_as_floats() {
    let nodes = [
        node("Cast", &["x"], &["whole"], &[int_attribute("to", 7)]),
        node("Add", &["whole", "one"], &["more"], &[]),
        node("Div", &["more", "two"], &["y"], &[]),
    ];
    let constants = [integers("one", &[1], &[1]), integers("two", &[1], &[2])];
    assert!(matches!(refused(&of_four(&nodes, &constants)), ImportError::NoCounterpart { lack: Lack::Arguments, .. }));
}

#[test]
fn a_batch_that_the_file_fixes_is_free_where_its_shapes_let_it_be() {
    let nodes = [node("Reshape", &["x", "to"], &["y"], &[])];
    let constants = [integers("to", &[3], &[5, 2, 2])];
    let bytes = model(&nodes, &constants, &[port("x", &[5, 4])], &[port("y", &[5, 2, 2])]);
    let read = read(&bytes);
    assert_eq!((read.batch, read.model.networks[0].batch_size), (None, 5));
    assert_eq!(read.model.networks[0].infer_shapes(7).unwrap()["y"], [7, 2, 2]);
}

#[test]
fn constants_become_parameters_under_their_names_and_once() {
    let nodes = [
        node("Gemm", &["x", "w", "b"], &["h"], &[int_attribute("transB", 1)]),
        node("Mul", &["h", "scale"], &["s"], &[]),
        node("Add", &["s", "scale"], &["y"], &[]),
    ];
    let constants = [
        floats("w", &[4, 4], &(0..16).map(|at| at as f32).collect::<Vec<_>>()),
        floats("b", &[4], &[1.0; 4]),
        floats("scale", &[4], &[2.0; 4]),
    ];
    let read = read(&of_four(&nodes, &constants));
    assert_eq!(types(&read.model), ["Affine", "Mul2", "Add2"]);
    let names: Vec<&str> = read.model.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["w", "b", "scale"]);
    // Transposed for Affine.
    assert_eq!(read.model.parameters.get("w").unwrap().data[..5], [0.0, 4.0, 8.0, 12.0, 1.0]);
}

#[test]
fn common_forms_become_functions_of_nnabla() {
    let clip = |low, high| {
        let constants = [floats("low", &[], &[low]), floats("high", &[], &[high])];
        let read = read(&of_four(&[node("Clip", &["x", "low", "high"], &["y"], &[])], &constants));
        types(&read.model).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(clip(0.0, 6.0), ["ReLU6"]);
    assert_eq!(clip(-1.0, 1.0), ["HardTanh"]);
    assert_eq!(clip(0.0, 1.0), ["MaximumScalar", "MinimumScalar"]);
    let image = |op_type: &str, attributes: &[Vec<u8>]| {
        let nodes = [node(op_type, &["x"], &["y"], attributes)];
        read(&model(&nodes, &[], &[port("x", &[0, 3, 5, 6])], &[port("y", &[0, 3, 5, 6])]))
    };
    let kernel = || ints_attribute("kernel_shape", &[2, 2]);
    let pooled = image("MaxPool", &[kernel(), ints_attribute("strides", &[2, 2])]);
    assert!(matches!(&pooled.model.networks[0].functions[0].op, Op::Pooling(op) if op.ignore_border));
    let ceil = [kernel(), ints_attribute("strides", &[2, 2]), int_attribute("ceil_mode", 1)];
    assert_eq!(types(&image("MaxPool", &ceil).model), ["Pad", "MaxPooling"]);
    assert_eq!(types(&image("AveragePool", &ceil).model), ["Pad", "SumPooling", "Mul2"]);
    assert_eq!(types(&image("GlobalAveragePool", &[]).model), ["GlobalAveragePooling"]);
    // What only training does is gone, and the output keeps its name.
    let dropped = read(&of_four(&[node("Dropout", &["x"], &["y", "mask"], &[])], &[]));
    assert_eq!(
        (types(&dropped.model), dropped.model.executors[0].output_variables[0].variable_name.as_str()),
        (vec!["Identity"], "y")
    );
}

#[test]
fn free_extents_of_images_are_those_that_are_asked_for() {
    let bytes =
        model(&[node("Relu", &["x"], &["y"], &[])], &[], &[port("x", &[0, 3, 0, 0])], &[port("y", &[0, 3, 0, 0])]);
    assert!(matches!(refused(&bytes), ImportError::FreeAxis { axis: 2, .. }));
    let read = read_bytes(&bytes, None, Options { open: &[3, 224, 224], ..Options::default() }).unwrap();
    assert_eq!(read.model.networks[0].variable("y").unwrap().shape, [-1, 3, 224, 224]);
}

#[test]
fn a_network_may_end_at_any_of_its_values() {
    let nodes = [node("Relu", &["x"], &["h"], &[]), node("Det", &["h"], &["y"], &[])];
    let bytes = of_four(&nodes, &[]);
    let read = read_bytes(&bytes, None, Options { outputs: &["h"], ..Options::default() }).unwrap();
    assert_eq!((types(&read.model), read.nodes), (vec!["ReLU"], 1));
    let missing = read_bytes(&bytes, None, Options { outputs: &["z"], ..Options::default() }).map(|_| ()).unwrap_err();
    assert!(matches!(missing, ImportError::UnknownValue { value, .. } if value == "z"));
}

#[test]
fn what_has_no_counterpart_is_named_with_its_node() {
    let lack = |nodes: &[Vec<u8>], constants: &[Vec<u8>]| match refused(&of_four(nodes, constants)) {
        ImportError::NoCounterpart { node, op_type, lack } => (node, op_type, lack),
        other => panic!("{other}"),
    };
    let (of_node, op_type, found) = lack(&[node("Det", &["x"], &["y"], &[])], &[]);
    assert_eq!((of_node.as_str(), op_type.as_str(), found), ("y", "Det", Lack::Operator));
    let mut foreign = node("Relu", &["x"], &["y"], &[]);
    foreign.extend(build::bytes(7, b"com.example"));
    assert_eq!(lack(&[foreign], &[]).2, Lack::Domain("com.example".to_owned()));
    let unknown = node("Relu", &["x"], &["y"], &[int_attribute("strange", 1)]);
    assert_eq!(lack(&[unknown], &[]).2, Lack::Attribute("strange".to_owned()));
    assert_eq!(lack(&[node("Reshape", &["x", "x"], &["y"], &[])], &[]).2, Lack::Constant(1));
    assert_eq!(lack(&[node("Relu", &[], &["y"], &[])], &[]).2, Lack::Input(0));
    let misfit = refused(&of_four(&[node("Add", &["x", "c"], &["y"], &[])], &[floats("c", &[3], &[0.0; 3])]));
    assert!(matches!(&misfit, ImportError::Shape { op_type, .. } if op_type == "Add"), "{misfit}");
    let relu = [node("Relu", &["x"], &["y"], &[])];
    for version in [12, 22, -1] {
        let old = of_version(version, &relu, &[], &[port("x", &[0, 4])], &[port("y", &[0, 4])]);
        assert!(matches!(refused(&old), ImportError::Opset { found, .. } if found == version));
    }
    let later = refused(&of_four(&[node("Relu", &["later"], &["y"], &[]), node("Relu", &["x"], &["later"], &[])], &[]));
    assert!(matches!(&later, ImportError::UnknownValue { value, .. } if value == "later"), "{later}");
    let twice = refused(&of_four(&[relu[0].clone(), relu[0].clone()], &[]));
    assert!(matches!(&twice, ImportError::TwoProducers { value } if value == "y"), "{twice}");
    assert!(matches!(refused(&model(&[], &[], &[], &[])), ImportError::NoGraph));
}
