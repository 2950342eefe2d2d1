//! From a network and its parameters to the bytes of an ONNX file.

mod arrange;
mod call;
mod choose;
mod elementwise;
mod function;
mod graph;
mod matrix;
mod normalization;
mod reduce;
mod shapes;
mod spatial;

use std::collections::HashSet;

use nnp::{Model, Network, Parameters, VariableKind};
use prost::Message;

use crate::error::OnnxError;
use crate::proto::{self, data_type};
use call::Call;
use graph::{Extent, Graph};
use shapes::Shapes;

/// Version of ONNX's operators that is written: understood by ONNX Runtime from 1.14 and OpenVINO from 2023.
pub const OPSET: i64 = 18;
/// Version of the file format that belongs to [`OPSET`].
const IR_VERSION: i64 = 8;
/// Most bytes of one protobuf file.
const LIMIT: u64 = 0x7fff_ffff;
/// Values of a constant that a function makes by itself; parameters have what the file holds.
const MOST_MADE: i64 = 1 << 26;
/// What the free extent is called.
const BATCH: &str = "batch";

/// An ONNX model.
pub struct Exported {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// Names of inputs, in order.
    pub inputs: Vec<String>,
    /// Names of outputs, in order.
    pub outputs: Vec<String>,
    /// The batch that the network is bound to; `None` when any batch can be fed.
    pub batch: Option<usize>,
    /// How many operators it has.
    pub operators: usize,
}

/// Writes the network of an executor (the first one unless it is named) as an ONNX model.
///
/// Inputs are the executor's data variables, outputs its output variables, by the names of the network's variables; all
/// are float32. Where the network can be run with any batch the first extent of the inputs is free.
///
/// # Errors
/// [`OnnxError`]: a damaged network, a function without counterpart, a parameter without values, more than 2 GiB.
pub fn export(model: &Model, executor: Option<&str>) -> Result<Exported, OnnxError> {
    let chosen = match executor {
        Some(name) => Some(model.executors.iter().find(|executor| executor.name == name).ok_or_else(|| {
            let names: Vec<&str> = model.executors.iter().map(|executor| executor.name.as_str()).collect();
            OnnxError::NoExecutor { executor: name.to_owned(), present: names.join(", ") }
        })?),
        None => model.executors.first(),
    };
    let network = match chosen {
        Some(executor) => model.network(&executor.network_name),
        None => model.networks.first(),
    };
    let network = network.ok_or(OnnxError::NoNetwork)?;
    network.validate()?;
    let (inputs, outputs): (Vec<String>, Vec<String>) = match chosen {
        Some(executor) => (
            executor.data_variables.iter().map(|variable| variable.variable_name.clone()).collect(),
            executor.output_variables.iter().map(|variable| variable.variable_name.clone()).collect(),
        ),
        None => (
            network.inputs().map(|variable| variable.name.clone()).collect(),
            network.outputs().map(|variable| variable.name.clone()).collect(),
        ),
    };
    part(network, &model.parameters, inputs, outputs)
}

/// Writes what leads from the variables `inputs` to the variables `outputs` of a network that was checked
/// ([`Network::validate`]) as an ONNX model.
///
/// # Errors
/// As [`export`].
pub fn part(
    network: &Network,
    parameters: &Parameters,
    inputs: Vec<String>,
    outputs: Vec<String>,
) -> Result<Exported, OnnxError> {
    let shapes = Shapes::of(network)?;
    let needed = needed(network, &inputs, &outputs)?;
    let taken = network.variables.iter().map(|variable| variable.name.clone());
    let batch_of = inputs.iter().find(|name| shapes.get(name).first() == Some(&Extent::Batch(1))).cloned();
    let mut graph = Graph::new(taken, batch_of);
    let mut used: HashSet<&str> = HashSet::new();
    for &index in &needed {
        let Some(function) = network.functions.get(index) else { continue };
        used.extend(function.inputs.iter().map(String::as_str));
        let call = Call::of(network, function, &shapes);
        let made = function::write(&mut graph, &call)?;
        for (value, name) in made.iter().zip(&function.outputs).rev() {
            graph.call(value, name);
        }
    }
    let mut constants = Vec::new();
    for variable in network.variables.iter().filter(|variable| variable.kind == VariableKind::Parameter) {
        let wanted = used.contains(variable.name.as_str()) || outputs.contains(&variable.name);
        if !wanted || inputs.contains(&variable.name) {
            continue;
        }
        let values = parameters.get(&variable.name);
        let values = values.ok_or_else(|| OnnxError::NoValues { parameter: variable.name.clone() })?;
        constants.push(proto::Tensor {
            dims: values.shape.iter().map(|&extent| i64::try_from(extent).unwrap_or(i64::MAX)).collect(),
            data_type: data_type::FLOAT,
            name: variable.name.clone(),
            raw_data: values.data.iter().flat_map(|value| value.to_le_bytes()).collect(),
        });
    }
    constants.append(&mut graph.constants);
    drop_unused(&graph, &mut constants, &outputs);
    let operators = graph.nodes.len();
    let onnx = proto::Model {
        ir_version: IR_VERSION,
        producer_name: "nnc-host".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(proto::Graph {
            node: graph.nodes,
            name: network.name.clone(),
            initializer: constants,
            input: inputs.iter().map(|name| value_info(name, &shapes)).collect(),
            output: outputs.iter().map(|name| value_info(name, &shapes)).collect(),
        }),
        opset_import: vec![proto::OperatorSet { domain: String::new(), version: OPSET }],
    };
    let bytes = u64::try_from(onnx.encoded_len()).unwrap_or(u64::MAX);
    if bytes > LIMIT {
        return Err(OnnxError::TooLarge { bytes, limit: LIMIT });
    }
    Ok(Exported { bytes: onnx.encode_to_vec(), inputs, outputs, batch: shapes.bound_to, operators })
}

/// Refuses a constant of so many values, which a few words of a network can ask for.
fn check_made(values: i64) -> Result<(), OnnxError> {
    if values > MOST_MADE {
        let bytes = u64::try_from(values).unwrap_or(0).saturating_mul(4);
        return Err(OnnxError::TooLarge { bytes, limit: 4 * MOST_MADE as u64 });
    }
    Ok(())
}

/// Constants that a function had no use for, such as the statistics of a folded normalisation, are not written.
fn drop_unused(graph: &Graph, constants: &mut Vec<proto::Tensor>, outputs: &[String]) {
    let read: HashSet<&str> = graph.nodes.iter().flat_map(|node| &node.input).map(String::as_str).collect();
    constants.retain(|constant| read.contains(constant.name.as_str()) || outputs.contains(&constant.name));
}

/// The functions that lead from inputs to outputs, in the order in which they run.
fn needed(network: &Network, inputs: &[String], outputs: &[String]) -> Result<Vec<usize>, OnnxError> {
    let order = network.topological()?;
    let mut wanted: HashSet<&str> = outputs.iter().map(String::as_str).collect();
    let mut needed = Vec::new();
    for &index in order.iter().rev() {
        let Some(function) = network.functions.get(index) else { continue };
        let makes = |name: &String| wanted.contains(name.as_str()) && !inputs.contains(name);
        if function.outputs.iter().any(makes) {
            wanted.extend(function.inputs.iter().map(String::as_str));
            needed.push(index);
        }
    }
    needed.reverse();
    Ok(needed)
}

fn value_info(name: &str, shapes: &Shapes) -> proto::ValueInfo {
    let dimension = |extent: &Extent| proto::Dimension {
        value: Some(match extent {
            Extent::Fixed(extent) => proto::Extent::Value(*extent),
            Extent::Batch(1) => proto::Extent::Parameter(BATCH.to_owned()),
            Extent::Batch(times) => proto::Extent::Parameter(format!("{times}*{BATCH}")),
        }),
    };
    proto::ValueInfo {
        name: name.to_owned(),
        r#type: Some(proto::Type {
            tensor_type: Some(proto::TensorType {
                elem_type: data_type::FLOAT,
                shape: Some(proto::Shape { dim: shapes.get(name).iter().map(dimension).collect() }),
            }),
        }),
    }
}
