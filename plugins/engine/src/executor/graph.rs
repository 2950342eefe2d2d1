//! The graph that passes work on: the part of a network that is needed, with values by number.

use super::kernel;
use crate::error::{EngineError, torch};
use nnp::{Network, Op, Parameters, Variable, VariableKind};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};
use tch::{Device, Tensor};

/// Number of a value; an index into [`Graph::constants`].
pub(super) type Id = usize;

/// A function of the graph.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Name of the function in the network.
    pub(super) name: String,
    pub(super) op: Op,
    /// Whether the arguments name the batch and change with the number of rows.
    pub(super) batched: bool,
    /// Whether the result may overwrite the first input.
    pub(super) in_place: bool,
    pub(super) inputs: Vec<Id>,
    pub(super) outputs: Vec<Id>,
}

/// A value that is fed.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) id: Id,
    pub(super) name: String,
    /// Whether the first axis is the batch; `shape` is without it then.
    pub(super) per_sample: bool,
    pub(super) shape: Vec<i64>,
}

/// Functions in an order in which they can run, and the values between them.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) inputs: Vec<Input>,
    /// Values known before any input, on the device; `None` for the others.
    pub(super) constants: Vec<Option<Tensor>>,
    /// Shapes of values that functions of the file write, for the batch it was saved for; empty for the others.
    pub(super) shapes: Vec<Vec<usize>>,
    pub(super) wanted: Vec<Id>,
    /// Rows that the network was saved for.
    pub(super) stored: u64,
    pub(super) device: Device,
}

impl Graph {
    /// Takes what `wanted` needs out of a network, checks the shapes for the batch it was saved for, and uploads its
    /// parameters.
    pub(super) fn build(
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        device: Device,
    ) -> Result<Self, EngineError> {
        let declared: HashMap<&str, &Variable> = network.variables.iter().map(|v| (v.name.as_str(), v)).collect();
        let unknown = |what, name: &str, problem: &str| EngineError::Variable {
            network: network.name.clone(),
            what,
            name: name.to_owned(),
            problem: problem.to_owned(),
        };
        for name in wanted {
            declared.get(name).ok_or_else(|| unknown("variable", name, "is not declared"))?;
        }
        let batch = usize::try_from(network.batch_size).ok().filter(|&batch| batch > 0);
        let batch = batch
            .ok_or_else(|| nnp::GraphError::BatchSize { network: network.name.clone(), found: network.batch_size })?;

        let mut graph = Self {
            nodes: vec![],
            inputs: vec![],
            constants: vec![],
            shapes: vec![],
            wanted: vec![],
            stored: batch as u64,
            device,
        };
        let mut ids: HashMap<&str, Id> = HashMap::new();
        let mut shapes: HashMap<&str, Vec<usize>> = HashMap::new();
        for function in needed(network, wanted)? {
            let op = network.at_batch(function, batch);
            kernel::check(&op).map_err(|reason| EngineError::Unsupported {
                function: function.name.clone(),
                type_name: op.type_name().to_owned(),
                reason,
            })?;
            let mut inputs = Vec::with_capacity(function.inputs.len());
            for name in &function.inputs {
                if let Some(&id) = ids.get(name.as_str()) {
                    inputs.push(id);
                    continue;
                }
                let variable =
                    declared.get(name.as_str()).ok_or_else(|| unknown("variable", name, "is not declared"))?;
                let shape = variable.shape_at(batch).ok_or_else(|| nnp::GraphError::Extent {
                    variable: name.clone(),
                    declared: variable.shape.clone(),
                })?;
                let id = graph.leaf(network, variable, &shape, parameters)?;
                ids.insert(name, id);
                shapes.insert(name, shape);
                inputs.push(id);
            }
            let of_inputs: Vec<&[usize]> =
                function.inputs.iter().filter_map(|name| shapes.get(name.as_str()).map(Vec::as_slice)).collect();
            let of_outputs = op
                .infer(&of_inputs)
                .map_err(|reason| nnp::GraphError::Shape { function: function.name.clone(), reason })?;
            if of_outputs.len() != function.outputs.len() {
                return Err(nnp::GraphError::Outputs {
                    function: function.name.clone(),
                    type_name: op.type_name().to_owned(),
                    found: function.outputs.len(),
                    expected: of_outputs.len(),
                }
                .into());
            }
            let outputs: Vec<Id> = function.outputs.iter().map(|_| graph.value(None)).collect();
            for (&id, shape) in outputs.iter().zip(&of_outputs) {
                graph.shapes[id].clone_from(shape);
            }
            ids.extend(function.outputs.iter().map(String::as_str).zip(outputs.iter().copied()));
            shapes.extend(function.outputs.iter().map(String::as_str).zip(of_outputs));
            graph.nodes.push(Node {
                name: function.name.clone(),
                // What changes with one more row names the batch.
                batched: matches!(network.at_batch(function, batch + 1), Cow::Owned(_)),
                op: function.op.clone(),
                in_place: false,
                inputs,
                outputs,
            });
        }
        for name in wanted {
            let id = match (ids.get(name), declared.get(name)) {
                (Some(&id), _) => id,
                (None, Some(variable)) => {
                    let shape = variable.shape_at(batch).unwrap_or_default();
                    graph.leaf(network, variable, &shape, parameters)?
                }
                (None, None) => continue,
            };
            ids.insert(name, id);
            graph.wanted.push(id);
        }
        Ok(graph)
    }

    /// A value that no function writes: an input or a parameter.
    fn leaf(
        &mut self,
        network: &Network,
        variable: &Variable,
        shape: &[usize],
        parameters: &Parameters,
    ) -> Result<Id, EngineError> {
        let signed = |shape: &[usize]| shape.iter().map(|&extent| i64::try_from(extent).unwrap_or(i64::MAX)).collect();
        if variable.kind == VariableKind::Buffer {
            let per_sample = variable.shape.first() == Some(&-1);
            let shape: Vec<i64> = signed(if per_sample { shape.get(1..).unwrap_or_default() } else { shape });
            let id = self.value(None);
            self.inputs.push(Input { id, name: variable.name.clone(), per_sample, shape });
            return Ok(id);
        }
        let problem = |problem: String| EngineError::Variable {
            network: network.name.clone(),
            what: "parameter",
            name: variable.name.clone(),
            problem,
        };
        let parameter = parameters.get(&variable.name).ok_or_else(|| problem("has no values in the file".into()))?;
        if parameter.shape != shape || parameter.data.len() != shape.iter().product::<usize>() {
            let found = (&parameter.shape, parameter.data.len());
            return Err(problem(format!(
                "has shape {:?} and {} values, the network declares {shape:?}",
                found.0, found.1
            )));
        }
        let shape: Vec<i64> = signed(shape);
        let tensor = Tensor::f_from_slice(&parameter.data)
            .and_then(|tensor| tensor.f_reshape(shape))
            .and_then(|tensor| tensor.f_to(self.device))
            .map_err(torch("uploading a parameter"))?;
        Ok(self.value(Some(tensor)))
    }

    /// A new value.
    pub(super) fn value(&mut self, constant: Option<Tensor>) -> Id {
        self.constants.push(constant);
        self.shapes.push(Vec::new());
        self.constants.len() - 1
    }

    /// The value if it is known before any input.
    pub(super) fn constant(&self, id: Id) -> Option<&Tensor> {
        self.constants.get(id).and_then(Option::as_ref)
    }

    /// Releases constants that passes have made superfluous.
    #[allow(clippy::unnecessary_wraps)] // It is a pass like the others.
    pub(super) fn drop_unused(&mut self) -> Result<(), EngineError> {
        let uses = self.uses();
        for (constant, uses) in self.constants.iter_mut().zip(uses) {
            if uses == 0 {
                *constant = None;
            }
        }
        Ok(())
    }

    /// How often each value is read, as an input or from outside.
    pub(super) fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.constants.len()];
        for &id in self.nodes.iter().flat_map(|node| &node.inputs).chain(&self.wanted) {
            if let Some(uses) = uses.get_mut(id) {
                *uses += 1;
            }
        }
        uses
    }
}

/// The functions that lead to `wanted`, in an order in which they can run.
fn needed<'a>(network: &'a Network, wanted: &[&str]) -> Result<Vec<&'a nnp::Function>, EngineError> {
    let order = network.topological()?;
    let mut names: HashSet<&str> = wanted.iter().copied().collect();
    let mut functions = Vec::new();
    for function in order.iter().rev().filter_map(|&index| network.functions.get(index)) {
        if function.outputs.iter().any(|output| names.contains(output.as_str())) {
            names.extend(function.inputs.iter().map(String::as_str));
            functions.push(function);
        }
    }
    functions.reverse();
    Ok(functions)
}
