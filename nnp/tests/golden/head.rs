//! PaDiM's score graph built on the tiny backbone gives the text that nnabla saved, byte for byte (contract 6.6).

use crate::{backbone_file, head_text};
use nnc_test_data::golden;
use nnp::{
    GraphError, Model, NetworkBuilder, Value, VariableKind, archive, nntxt,
    op::{
        Binary, BinaryKind, Concatenate, Convolution, Reduce, ReduceKind, Reshape, Scalar, ScalarKind, Slice,
        Transpose, Unpooling,
    },
};

const BATCH: i64 = 4;

/// The last ReLU of each size, walking the functions of the backbone (contract 6.2).
fn taps(backbone: &Model) -> Vec<String> {
    let network = &backbone.networks[0];
    let last_relu = |size: i64| {
        let of_size = |f: &&nnp::Function| {
            let variable = network.variable(&f.outputs[0]).unwrap();
            f.op.type_name() == "ReLU" && variable.shape[2..] == [size, size]
        };
        network.functions.iter().rfind(of_size).unwrap().outputs[0].clone()
    };
    [56, 28, 14].map(last_relu).to_vec()
}

/// The embedding: first channels of each tap, enlarged to 56 × 56 and joined.
fn embedding(graph: &mut NetworkBuilder, backbone: &Model, ratio: f64) -> Result<(Value, i64), GraphError> {
    let network = &backbone.networks[0];
    let x = graph.input("x", &[3, 224, 224]);
    let taps = taps(backbone);
    let wanted: Vec<&str> = taps.iter().map(String::as_str).collect();
    let layers = graph.import(network, &backbone.parameters, &[("x", x)], &wanted)?;
    let mut parts = Vec::new();
    for (layer, repeats) in layers.into_iter().zip([1, 2, 4]) {
        let stop: Vec<i64> = graph.shape(layer).iter().map(|&extent| extent as i64).collect();
        let channels = (stop[1] as f64 * ratio) as i64;
        let stop = vec![BATCH, channels, stop[2], stop[3]];
        let mut part = graph.apply(Slice { start: vec![0; 4], stop, step: vec![1; 4] }, &[layer])?;
        if repeats > 1 {
            part = graph.apply(Unpooling::square(repeats), &[part])?;
        }
        parts.push(part);
    }
    let joined = graph.apply(Concatenate { axis: 1 }, &parts)?;
    Ok((joined, graph.shape(joined)[1] as i64))
}

fn transpose(axes: &[i64]) -> Transpose {
    Transpose { axes: axes.into() }
}

fn score(graph: &mut NetworkBuilder, q: Value, delta: Value, kind: ReduceKind) -> Result<Value, GraphError> {
    let product = graph.apply(Binary::new(BinaryKind::Mul2), &[q, delta])?;
    let reduced = graph.apply(Reduce::new(kind, [1]), &[product])?;
    let root = graph.apply(Scalar::new(ScalarKind::PowScalar, 0.5), &[reduced])?;
    graph.name(root, "x'");
    Ok(root)
}

fn start() -> (NetworkBuilder, Model) {
    (NetworkBuilder::new("network", BATCH as usize), archive::read(&backbone_file()).unwrap())
}

fn dense(ratio: f64) -> Result<Model, GraphError> {
    let (mut graph, backbone) = start();
    let (e, d) = embedding(&mut graph, &backbone, ratio)?;
    let mean = graph.declare_parameter("mean", &[1, d as usize, 56, 56]);
    let delta = graph.apply(Binary::new(BinaryKind::Sub2), &[e, mean])?;
    let rows = d * 3136;
    let cov_inv = graph.declare_parameter("cov_inv", &[rows as usize, d as usize, 1, 1]);
    let last = graph.apply(transpose(&[0, 2, 3, 1]), &[delta])?;
    let flat = graph.apply(Reshape::new([-1, rows, 1, 1]), &[last])?;
    let q = graph.apply(Convolution::new([0, 0], [1, 1], 3136), &[flat, cov_inv])?;
    let q = graph.apply(Reshape::new([BATCH, 56, 56, d]), &[q])?;
    let q = graph.apply(transpose(&[0, 3, 1, 2]), &[q])?;
    let root = score(&mut graph, q, delta, ReduceKind::Mean)?;
    graph.finish(&[root], true)
}

fn sixteenth(ratio: f64) -> Result<Model, GraphError> {
    let (mut graph, backbone) = start();
    let (e, d) = embedding(&mut graph, &backbone, ratio)?;
    let mean = graph.declare_parameter("mean", &[1, d as usize, 14, 14]);
    let mean = graph.apply(Unpooling::square(4), &[mean])?;
    let delta = graph.apply(Binary::new(BinaryKind::Sub2), &[e, mean])?;
    let rows = d * 196;
    let cov_inv = graph.declare_parameter("cov_inv", &[rows as usize, d as usize, 1, 1]);
    let cells = graph.apply(Reshape::new([-1, d, 14, 4, 14, 4]), &[delta])?;
    let cells = graph.apply(transpose(&[0, 2, 4, 1, 3, 5]), &[cells])?;
    let flat = graph.apply(Reshape::new([-1, rows, 4, 4]), &[cells])?;
    let q = graph.apply(Convolution::new([0, 0], [1, 1], 196), &[flat, cov_inv])?;
    let q = graph.apply(Reshape::new([-1, 14, 14, d, 4, 4]), &[q])?;
    let q = graph.apply(transpose(&[0, 3, 1, 4, 2, 5]), &[q])?;
    let q = graph.apply(Reshape::new([-1, d, 56, 56]), &[q])?;
    let root = score(&mut graph, q, delta, ReduceKind::Sum)?;
    graph.finish(&[root], true)
}

fn single(ratio: f64) -> Result<Model, GraphError> {
    let (mut graph, backbone) = start();
    let (e, d) = embedding(&mut graph, &backbone, ratio)?;
    let mean = graph.declare_parameter("mean", &[1, d as usize, 1, 1]);
    let delta = graph.apply(Binary::new(BinaryKind::Sub2), &[e, mean])?;
    let cov_inv = graph.declare_parameter("cov_inv", &[d as usize, d as usize, 1, 1]);
    let q = graph.apply(Convolution::new([0, 0], [1, 1], 1), &[delta, cov_inv])?;
    let root = score(&mut graph, q, delta, ReduceKind::Sum)?;
    graph.finish(&[root], true)
}

/// Compares line by line first, so that a failure shows where.
fn check(model: &Model, expected: &str) {
    let written = nntxt::write(model);
    for (at, (written, expected)) in written.lines().zip(expected.lines()).enumerate() {
        assert_eq!(written, expected, "line {}", at + 1);
    }
    assert!(written == expected);
    model.networks[0].validate().unwrap();
}

#[test]
fn dense_head_is_byte_equal() {
    let model = dense(0.1).unwrap();
    check(&model, &head_text());
    // Backbone values came along, the statistics are still to be filled in.
    assert!(model.parameters.get("stem/conv/W").is_some());
    assert!(
        matches!(model.validate(), Err(GraphError::MissingParameters { parameters, .. }) if parameters == ["mean", "cov_inv"])
    );
    let parameters = |v: &&nnp::Variable| v.kind == VariableKind::Parameter;
    assert_eq!(model.parameters.len() + 2, model.networks[0].variables.iter().filter(parameters).count());
}

#[test]
fn other_heads_are_byte_equal() {
    for (case, model) in [("tiny_sixteenth", sixteenth(0.25)), ("tiny_single", single(0.25))] {
        let path = golden("expected").join(case).join("results.nntxt");
        check(&model.unwrap(), &std::fs::read_to_string(path).unwrap());
    }
}
