use super::*;
use crate::{
    Model, Network, nntxt,
    op::{
        Affine, Binary, BinaryKind, Broadcast, Constant, Reduce, ReduceKind, Reshape, Slice, Split, Transpose, Unary,
    },
};

fn names(network: &Network) -> Vec<&str> {
    network.variables.iter().map(|variable| variable.name.as_str()).collect()
}

fn shape<'a>(model: &'a Model, name: &str) -> &'a [i64] {
    &model.networks[0].variable(name).unwrap().shape
}

const ADD: Binary = Binary { kind: BinaryKind::Add2, inplace: false };

#[test]
fn order_is_depth_first_from_the_outputs_and_unused_parts_go() {
    let mut graph = NetworkBuilder::new("net", 2);
    let x = graph.input("x", &[4]);
    let unused = graph.input("unused", &[4]);
    let late = graph.apply(Unary::Tanh, &[x]).unwrap();
    graph.apply(Unary::Exp, &[unused]).unwrap();
    let early = graph.apply(Unary::Tanh, &[x]).unwrap();
    let bias = graph.parameter("b", &[1, 4], [0.0; 4]);
    graph.parameter("unused/W", &[1], [0.0]);
    let biased = graph.apply(ADD, &[early, bias]).unwrap();
    let sum = graph.apply(ADD, &[biased, late]).unwrap();
    graph.name(sum, "y");
    let model = graph.finish(&[sum], true).unwrap();
    let network = &model.networks[0];
    let functions: Vec<_> = network.functions.iter().map(|f| (f.name.as_str(), f.inputs.join(" "))).collect();
    assert_eq!(
        functions,
        [
            ("@net/Tanh", "x".into()),
            ("@net/Add2", "@net/Tanh_out b".into()),
            ("@net/Tanh_1", "x".into()),
            ("@net/Add2_1", "@net/Add2_out @net/Tanh_out_1".to_owned()),
        ]
    );
    assert_eq!(names(network), ["x", "@net/Tanh_out", "@net/Add2_out", "@net/Tanh_out_1", "y", "b"]);
    assert_eq!(model.parameters.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["b"]);
    model.validate().unwrap();
    assert_eq!(nntxt::read(&nntxt::write(&model)).unwrap().networks, model.networks);
}

#[test]
fn a_network_called_model_has_no_prefix_and_names_stay_unique() {
    let mut graph = NetworkBuilder::new("model", 1);
    let x = graph.input("Tanh_out", &[2]);
    let parts = graph.apply_multi(Split { axis: 1 }, &[x]).unwrap();
    let outputs: Vec<Value> = parts.iter().map(|part| graph.apply(Unary::Tanh, &[*part]).unwrap()).collect();
    let model = graph.finish(&outputs, false).unwrap();
    assert_eq!(names(&model.networks[0]), ["Tanh_out", "Split_out", "Split_out_1", "Tanh_out_1", "Tanh_out_2"]);
    assert_eq!(model.networks[0].functions[2].name, "Tanh_1");
    assert_eq!(model.executors[0].output_variables[1].data_name, "Tanh_out_2");
    model.validate().unwrap();
}

#[test]
fn the_batch_becomes_minus_one_where_values_depend_on_an_input() {
    let mut graph = NetworkBuilder::new("n", 2);
    let x = graph.input("x", &[3, 4]);
    let p = graph.declare_parameter("p", &[2, 12]);
    let of_parameter = graph.apply(Unary::Exp, &[p]).unwrap();
    let flat = graph.apply(Reshape::new([2, 12]), &[x]).unwrap();
    let sum = graph.apply(ADD, &[flat, of_parameter]).unwrap();
    let constant = graph.apply(Constant { val: 1.0, shape: vec![-1, 12] }, &[]).unwrap();
    let sum = graph.apply(ADD, &[sum, constant]).unwrap();
    let mean = graph.apply(Reduce::new(ReduceKind::Mean, [0]), &[sum]).unwrap();
    let outer = graph.apply(Broadcast { shape: vec![2, 12] }, &[sum]).unwrap();
    let model = graph.finish(&[outer, mean], false).unwrap();
    for (name, expected) in [
        ("x", &[-1, 3, 4][..]),
        ("p", &[2, 12]),
        ("@n/Exp_out", &[2, 12]),
        ("@n/Reshape_out", &[-1, 12]),
        ("@n/Constant_out", &[-1, 12]),
        ("@n/Add2_out_1", &[-1, 12]),
        ("@n/Mean_out", &[12]),
    ] {
        assert_eq!(shape(&model, name), expected, "{name}");
    }
    let text = nntxt::write(&model);
    assert_eq!(text.matches("shape {\n        dim: -1\n        dim: 12\n").count(), 3, "{text}");
    model.networks[0].validate().unwrap();
}

#[test]
fn import_takes_what_is_wanted_and_shares_parameters() {
    let mut source = NetworkBuilder::new("source", 3);
    let x = source.input("in", &[4]);
    let weight = source.parameter("W", &[4, 4], [0.5; 16]);
    let cut = source.apply(Slice { start: vec![0, 0], stop: vec![3, 4], step: vec![1, 1] }, &[x]).unwrap();
    let hidden = source.apply(Affine { base_axis: 1 }, &[cut, weight]).unwrap();
    source.name(hidden, "hidden");
    let end = source.apply(Unary::Exp, &[hidden]).unwrap();
    let source = source.finish(&[end], false).unwrap();
    let network = &source.networks[0];

    let mut graph = NetworkBuilder::new("n", 5);
    let x = graph.input("x", &[4]);
    let once = graph.import(network, &source.parameters, &[("in", x)], &["hidden", "W"]).unwrap();
    assert_eq!(graph.shape(once[0]), [5, 4]);
    let twice = graph.import(network, &source.parameters, &[("in", once[0])], &["hidden"]).unwrap();
    let from_tap = graph.import(network, &source.parameters, &[("hidden", twice[0])], &["@source/Exp_out"]).unwrap();
    let model = graph.finish(&from_tap, false).unwrap();
    let types: Vec<_> = model.networks[0].functions.iter().map(|f| f.op.type_name()).collect();
    assert_eq!(types, ["Slice", "Affine", "Slice", "Affine", "Exp"]);
    assert_eq!(model.parameters.len(), 1);
    model.validate().unwrap();
    assert_eq!(model.networks[0].infer_shapes(2).unwrap()["@n/Exp_out"], [2, 4]);

    let mut graph = NetworkBuilder::new("n", 5);
    let x = graph.input("x", &[4]);
    let error = |graph: &mut NetworkBuilder, bind: &[(&str, Value)], wanted: &[&str]| {
        graph.import(network, &source.parameters, bind, wanted).unwrap_err()
    };
    assert!(
        matches!(error(&mut graph, &[], &["hidden"]), GraphError::UnboundInput { variable, .. } if variable == "in")
    );
    assert!(
        matches!(error(&mut graph, &[("in", x)], &["no"]), GraphError::UndeclaredVariable { variable, .. } if variable == "no")
    );
    graph.declare_parameter("W", &[4, 5]);
    assert!(matches!(error(&mut graph, &[("in", x)], &["hidden"]), GraphError::NameTaken { name, .. } if name == "W"));
}

#[test]
fn mistakes_are_reported_by_the_next_call() {
    let start = || {
        let mut graph = NetworkBuilder::new("n", 2);
        let x = graph.input("x", &[4]);
        (graph, x)
    };
    let (mut graph, x) = start();
    graph.parameter("p", &[3], [0.0; 2]);
    assert!(matches!(graph.apply(Unary::Exp, &[x]), Err(GraphError::ParameterLength { found: 2, .. })));
    let (mut graph, x) = start();
    graph.parameter("x", &[1], [0.0]);
    assert!(matches!(graph.finish(&[x], false), Err(GraphError::NameTaken { .. })));
    let (mut graph, x) = start();
    let y = graph.apply(Unary::Exp, &[x]).unwrap();
    graph.name(y, "x");
    assert!(matches!(graph.finish(&[y], false), Err(GraphError::NameTaken { .. })));
    let (mut graph, _) = start();
    assert!(matches!(graph.apply(Unary::Exp, &[Value(9)]), Err(GraphError::ForeignValue { value: 9, .. })));
    graph.name(Value(9), "y");
    assert!(matches!(graph.finish(&[], false), Err(GraphError::ForeignValue { value: 9, .. })));
    let (mut graph, x) = start();
    let error = graph.apply(Affine { base_axis: 1 }, &[x]).unwrap_err().to_string();
    assert_eq!(error, "function \"Affine\": Affine has 1 inputs, expected x, W and an optional bias");
    assert!(matches!(graph.apply(Split { axis: 1 }, &[x]), Err(GraphError::Outputs { expected: 4, .. })));
    let unknown = Op::Other { type_name: "New".into(), arguments: crate::text::Message::new() };
    assert!(matches!(graph.apply(unknown, &[x]), Err(GraphError::UnknownFunction { .. })));
    let (mut graph, x) = start();
    let turned = graph.apply(Transpose { axes: vec![1, 0] }, &[x]).unwrap();
    let flat = graph.apply(Reshape::new([4, 2]), &[turned]).unwrap();
    assert!(matches!(graph.finish(&[flat], false), Err(GraphError::LostBatch { batch: 2, .. })));
}

#[test]
fn renaming_frees_the_old_name() {
    let mut graph = NetworkBuilder::new("n", 1);
    let x = graph.input("x", &[1]);
    let y = graph.apply(Unary::Exp, &[x]).unwrap();
    graph.name(y, "a");
    graph.name(y, "b");
    graph.name(y, "b");
    graph.parameter("a", &[1], [0.0]);
    assert_eq!(graph.finish(&[y], false).unwrap().executors[0].output_variables[0].variable_name, "b");
}

#[test]
fn a_deep_network_does_not_exhaust_the_stack() {
    let mut graph = NetworkBuilder::new("n", 1);
    let mut x = graph.input("x", &[1]);
    for _ in 0..100_000 {
        x = graph.apply(Unary::Abs, &[x]).unwrap();
    }
    let model = graph.finish(&[x], false).unwrap();
    model.validate().unwrap();
    assert_eq!(model.networks[0].functions[99_999].name, "@n/Abs_99999");
}
