use super::*;
use crate::{GraphError, nntxt};

/// A network of `batch_size` 2 with an input, a parameter and the given variables and functions.
fn network(rest: &str) -> Network {
    let text = format!(
        "network {{ name: 'n' batch_size: 2 variable {{ name: 'x' type: 'Buffer' shape {{ dim: -1 dim: 4 }} }} \
         variable {{ name: 'w' type: 'Parameter' shape {{ dim: 4 dim: 3 }} }} {rest} }}"
    );
    nntxt::read(&text).unwrap().networks.remove(0)
}

fn buffer(name: &str, dims: &str) -> String {
    format!("variable {{ name: '{name}' type: 'Buffer' shape {{ dim: [{dims}] }} }}")
}

fn function(name: &str, type_name: &str, inputs: &str, outputs: &str, arguments: &str) -> String {
    format!("function {{ name: '{name}' type: '{type_name}' input: [{inputs}] output: [{outputs}] {arguments} }}")
}

#[test]
fn defects_are_named() {
    let y = buffer("y", "-1, 4");
    let z = buffer("z", "-1, 4");
    let tanh = |name, input, output| function(name, "Tanh", input, output, "");
    let affine = |inputs| function("f", "Affine", inputs, "'y'", "affine_param { base_axis: 1 }");
    for (rest, expected) in [
        (tanh("f", "'q'", "'x'"), "function \"f\" of network \"n\" uses variable \"q\", which is not declared"),
        (y.clone() + &y, "variable \"y\" of network \"n\" is declared twice"),
        (
            y.clone() + &z + &tanh("f", "'x'", "'y'") + &tanh("f", "'x'", "'z'"),
            "function \"f\" of network \"n\" is declared twice",
        ),
        (
            y.clone() + &tanh("f", "'x'", "'y'") + &tanh("g", "'x'", "'y'"),
            "variable \"y\" is the output of both \"f\" and \"g\", expected one producer",
        ),
        (tanh("f", "'x'", "'w'"), "function \"f\" writes \"w\", which is a Parameter; only a Buffer can be an output"),
        (
            y.clone() + &z + &tanh("f", "'z'", "'y'") + &tanh("g", "'y'", "'z'"),
            "function \"f\" of network \"n\" depends on its own output",
        ),
        (y.clone() + &tanh("f", "'y'", "'y'"), "function \"f\" of network \"n\" depends on its own output"),
        (y.clone() + &function("f", "Warp", "'x'", "'y'", ""), "function \"f\" has type Warp, which is not supported"),
        (y.clone() + &affine("'x'"), "function \"f\": Affine has 1 inputs, expected x, W and an optional bias"),
        (
            y.clone() + &affine("'x', 'w'"),
            "variable \"y\" is declared as [-1, 4], function \"f\" gives [2, 3] for batch 2",
        ),
        (y.clone() + &tanh("f", "'x'", ""), "function \"f\" lists 0 outputs, its type Tanh gives 1"),
        (
            buffer("y", "-2") + &tanh("f", "'y'", "'x'"),
            "variable \"y\" is declared as [-2], expected countable extents of at least 0 (-1 for the batch, first only)",
        ),
        (
            buffer("y", "4611686018427387904, 4") + &tanh("f", "'y'", "'x'"),
            "variable \"y\" is declared as [4611686018427387904, 4], \
             expected countable extents of at least 0 (-1 for the batch, first only)",
        ),
    ] {
        assert_eq!(network(&rest).validate().unwrap_err().to_string(), expected);
    }
    let mut empty = network("");
    empty.batch_size = 0;
    assert!(matches!(empty.validate(), Err(GraphError::BatchSize { found: 0, .. })));
}

#[test]
fn functions_may_stand_in_any_order() {
    let rest = buffer("y", "-1, 4")
        + &buffer("z", "-1, 4")
        + &function("g", "Exp", "'y'", "'z'", "")
        + &function("f", "Tanh", "'x'", "'y'", "");
    let network = network(&rest);
    network.validate().unwrap();
    assert_eq!(network.topological().unwrap(), [1, 0]);
    assert_eq!(network.inputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(network.outputs().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["z"]);
}

#[test]
fn a_slice_of_the_stored_batch_takes_every_batch() {
    let slice = |stop: i64| format!("slice_param {{ start: [0, 0] stop: [{stop}, 2] step: [1, 1] }}");
    let whole = network(&(buffer("y", "-1, 2") + &function("f", "Slice", "'x'", "'y'", &slice(2))));
    for batch in [1, 2, 9] {
        assert_eq!(whole.infer_shapes(batch).unwrap()["y"], [batch, 2]);
    }
    // One row, whatever the batch.
    let first = network(&(buffer("y", "1, 2") + &function("f", "Slice", "'x'", "'y'", &slice(1))));
    assert_eq!(first.infer_shapes(9).unwrap()["y"], [1, 2]);
    // A parameter has no batch: its first two rows stay two.
    let rows = network(&(buffer("y", "2, 2") + &function("f", "Slice", "'w'", "'y'", &slice(2))));
    assert_eq!(rows.infer_shapes(9).unwrap()["y"], [2, 2]);
}

#[test]
fn a_network_that_no_executor_runs_need_not_hold_together() {
    let mut model = nntxt::read(
        "network { name: 'n' batch_size: 1 variable { name: 'x' type: 'Buffer' shape { dim: -1 } } } \
         network { name: 'training' batch_size: 1 variable { name: 'w' type: 'Parameter' shape { dim: 2 } } \
         variable { name: 'y' type: 'Buffer' shape { dim: -1 } } \
         function { name: 'f' type: 'Warp' input: 'w' output: 'y' } } executor { name: 'e' network_name: 'n' }",
    )
    .unwrap();
    model.validate().unwrap();
    model.executors.clear();
    assert!(matches!(model.validate(), Err(GraphError::UnknownFunction { .. })));
}

#[test]
fn parameters_must_be_there_with_their_shape() {
    let mut model = nntxt::read(
        "network { name: 'n' batch_size: 1 variable { name: 'w' type: 'Parameter' shape { dim: 2 } } } \
         executor { name: 'e' network_name: 'n' data_variable { variable_name: 'w' data_name: 'd' } }",
    )
    .unwrap();
    let check = |model: &Model, expected: &str| assert_eq!(model.validate().unwrap_err().to_string(), expected);
    check(&model, "parameter \"w\" of network \"n\" is not among the parameters of the file");
    let parameter = |count: usize| crate::Parameter {
        name: "w".into(),
        shape: vec![count],
        data: vec![0.0; count].into(),
        need_grad: true,
    };
    model.parameters.insert(parameter(3));
    check(&model, "parameter \"w\" has shape [3], network \"n\" declares [2]");
    model.parameters.insert(parameter(2));
    model.validate().unwrap();
    model.executors[0].output_variables.push(OutputVariable { variable_name: "y".into(), ..OutputVariable::default() });
    check(&model, "executor \"e\" names variable \"y\", which network \"n\" does not have");
    model.executors[0].network_name = "m".into();
    check(&model, "executor \"e\" names network \"m\", which is not in the file");
}
