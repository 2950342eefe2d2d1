//! Runs a network on libtorch.
//!
//! A network is compiled once: what the wanted variables do not need is dropped, everything that depends on parameters
//! alone is computed, batch normalisation is folded into convolutions, and each value is given up after its last use. What
//! is left is a list of steps that any number of rows can run through. Passes over the graph live in `pass`, the functions
//! themselves in `kernel`.

mod footprint;
mod graph;
mod image;
mod kernel;
mod pass;
mod values;

pub use image::image_tensor;
pub use values::{copy_values, values};

use crate::error::{EngineError, first_line, torch};
use crate::precision::Precision;
use graph::{Graph, Id, Input};
use nnp::{Model, Network, NetworkBuilder, Op, Parameters, Value};
use tch::{Device, Kind, Tensor};

/// A compiled network with its parameters on a device.
///
/// It may be sent to another thread, but not shared between threads, like the tensors in it.
pub struct Executor {
    network: String,
    device: Device,
    /// Rows that the network was saved for; literal extents in the file stand for it.
    stored: i64,
    inputs: Vec<Input>,
    /// Values that are there before any input, by [`Id`].
    constants: Vec<Option<Tensor>>,
    steps: Vec<Step>,
    wanted: Vec<Id>,
    /// Whether Dropout drops.
    drops: bool,
    precision: Precision,
    row_bytes: u64,
}

/// One function, ready to run.
#[derive(Clone)]
struct Step {
    name: String,
    op: Op,
    /// Whether the arguments name the batch.
    batched: bool,
    /// Whether the result may overwrite the first input.
    in_place: bool,
    inputs: Vec<Id>,
    outputs: Vec<Id>,
    /// Values that nobody needs after this step.
    last_used: Vec<Id>,
}

impl Executor {
    /// Compiles what the variables `wanted` need and puts the parameters on `device`.
    ///
    /// # Errors
    /// A wanted variable that is not there, a parameter without values, inputs that do not fit a function, and a function
    /// type that cannot be run, with the name of the function.
    pub fn new(
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        device: Device,
    ) -> Result<Self, EngineError> {
        Self::compile(network, parameters, wanted, device, pass::ALL)
    }

    /// Compiles what `values` of a network under construction need.
    ///
    /// # Errors
    /// As [`new`](Self::new), and those of the builder.
    pub fn of_values(mut builder: NetworkBuilder, values: &[Value], device: Device) -> Result<Self, EngineError> {
        let names: Vec<String> = (1..=values.len()).map(|number| format!("wanted{number}")).collect();
        for (&value, name) in values.iter().zip(&names) {
            builder.name(value, name);
        }
        let model = builder.finish(values, true)?;
        let network = model.networks.first().ok_or(EngineError::NoNetwork)?;
        Self::new(network, &model.parameters, &names.iter().map(String::as_str).collect::<Vec<_>>(), device)
    }

    /// Compiles what the output `name` of a trained model needs.
    ///
    /// # Errors
    /// As [`new`](Self::new), and for a model that does not hold together or has no such output.
    pub fn of_model(model: &Model, name: &str, device: Device) -> Result<Self, EngineError> {
        model.validate()?;
        let network = main_network(model)?;
        if network.variable(name).is_none() {
            let outputs = network.outputs().map(|v| v.name.clone()).collect();
            return Err(EngineError::NoOutput { output: name.to_owned(), outputs });
        }
        Self::new(network, &model.parameters, &[name], device)
    }

    /// On the CPU, function by function as in the file: what passes are compared with.
    #[cfg(test)]
    pub(crate) fn plain(network: &Network, parameters: &Parameters, wanted: &[&str]) -> Result<Self, EngineError> {
        Self::compile(network, parameters, wanted, Device::Cpu, &[])
    }

    fn compile(
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        device: Device,
        passes: &[pass::Pass],
    ) -> Result<Self, EngineError> {
        let _no_grad = tch::no_grad_guard();
        let mut graph = Graph::build(network, parameters, wanted, device)?;
        for pass in passes {
            pass(&mut graph)?;
        }
        let steps = steps(&graph);
        Ok(Self {
            network: network.name.clone(),
            device,
            stored: network.batch_size,
            row_bytes: footprint::of_row(&graph, &steps),
            steps,
            inputs: graph.inputs,
            constants: graph.constants,
            wanted: graph.wanted,
            drops: false,
            precision: Precision::Full,
        })
    }

    /// Computes in numbers of this precision. What is fed and wanted stays in 32-bit floats.
    ///
    /// # Errors
    /// When libtorch is out of memory.
    pub fn with_precision(mut self, precision: Precision) -> Result<Self, EngineError> {
        if precision == self.precision {
            return Ok(self);
        }
        let (old, new) = (self.precision.kind(), precision.kind());
        for constant in self.constants.iter_mut().flatten() {
            *constant = rounded(constant.shallow_clone(), old, new)?;
        }
        self.row_bytes = self.row_bytes / old.elt_size_in_bytes() as u64 * new.elt_size_in_bytes() as u64;
        Ok(Self { precision, ..self })
    }

    /// Lets Dropout drop elements, which it does not otherwise: for networks that tell their uncertainty by it. The draws
    /// are those of libtorch's generator ([`Executor::seed_draws`]).
    #[must_use]
    pub fn with_dropout(self) -> Self {
        Self { drops: true, ..self }
    }

    /// Lets the draws of the next run begin at `seed`, for all networks of this process.
    pub fn seed_draws(seed: i64) {
        tch::manual_seed(seed);
    }

    /// The same network for another thread. The two share the memory of their parameters.
    #[must_use]
    pub fn replica(&self) -> Self {
        Self {
            network: self.network.clone(),
            device: self.device,
            stored: self.stored,
            inputs: self.inputs.clone(),
            constants: self.constants.iter().map(|constant| constant.as_ref().map(Tensor::shallow_clone)).collect(),
            steps: self.steps.clone(),
            wanted: self.wanted.clone(),
            drops: self.drops,
            precision: self.precision,
            row_bytes: self.row_bytes,
        }
    }

    /// Bytes of values between functions that a run holds at once for each row, at most. What a function needs for itself
    /// comes on top.
    pub fn row_bytes(&self) -> u64 {
        self.row_bytes
    }

    /// Whether two runs on equal inputs may differ.
    pub fn draws(&self) -> bool {
        self.drops && self.steps.iter().any(|step| matches!(&step.op, Op::Dropout(op) if op.p > 0.0))
    }

    /// Runs a network with one input of shape (rows, …) and returns the wanted variables in order.
    ///
    /// Results may have any strides. Values of one run are never touched by a later run.
    ///
    /// # Errors
    /// A network with another number of inputs, an input of another shape, and a function that fails, with its name.
    pub fn run(&self, input: &Tensor) -> Result<Vec<Tensor>, EngineError> {
        match self.inputs.as_slice() {
            [only] => self.run_ids(&[(only.id, input)]),
            [] => self.run_ids(&[]),
            [_, second, ..] => Err(self.unfed(second)),
        }
    }

    /// Runs a network with inputs by name.
    ///
    /// # Errors
    /// As [`run`](Self::run), and for an input that is not named.
    pub fn run_named(&self, inputs: &[(&str, &Tensor)]) -> Result<Vec<Tensor>, EngineError> {
        let mut fed = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let found = inputs.iter().find(|(name, _)| *name == input.name);
            fed.push((input.id, found.ok_or_else(|| self.unfed(input))?.1));
        }
        self.run_ids(&fed)
    }

    /// Where it runs.
    pub fn device(&self) -> Device {
        self.device
    }

    fn run_ids(&self, fed: &[(Id, &Tensor)]) -> Result<Vec<Tensor>, EngineError> {
        let _no_grad = tch::no_grad_guard();
        let mut values: Vec<Option<Tensor>> = Vec::new();
        values.resize_with(self.constants.len(), || None);
        let mut rows = usize::try_from(self.stored).unwrap_or(1);
        for (input, (id, tensor)) in self.inputs.iter().zip(fed) {
            let shape = tensor.size();
            let matches = if input.per_sample {
                let first = shape.first().and_then(|&rows| usize::try_from(rows).ok());
                rows = first.unwrap_or(rows);
                shape.get(1..) == Some(&input.shape)
            } else {
                shape == input.shape
            };
            if !matches {
                let (name, expected) = (input.name.clone(), input.shape.clone());
                return Err(EngineError::Input { name, found: shape, expected });
            }
            if let Some(value) = values.get_mut(*id) {
                let fed = tensor.f_to(self.device).map_err(torch("moving the input to the device"))?;
                *value = Some(rounded(fed, Kind::Float, self.precision.kind())?);
            }
        }
        for step in &self.steps {
            self.run_step(step, &mut values, rows)?;
        }
        self.wanted
            .iter()
            .map(|&id| {
                let value = self.value(&values, id).ok_or_else(|| self.lost(id))?;
                rounded(value.shallow_clone(), self.precision.kind(), Kind::Float)
            })
            .collect()
    }

    fn run_step(&self, step: &Step, values: &mut [Option<Tensor>], rows: usize) -> Result<(), EngineError> {
        let inputs = step.inputs.iter().map(|&id| self.value(values, id).ok_or_else(|| self.lost(id)));
        let inputs: Vec<&Tensor> = inputs.collect::<Result<_, _>>()?;
        let call = kernel::Call { inputs: &inputs, device: self.device, in_place: step.in_place, drops: self.drops };
        let outputs = if step.batched {
            kernel::run(&step.op.at_batch(self.stored, rows), &call)
        } else {
            kernel::run(&step.op, &call)
        };
        let outputs = outputs.map_err(|error| EngineError::Function {
            function: step.name.clone(),
            type_name: step.op.type_name().to_owned(),
            reason: first_line(&error),
        })?;
        for (&id, output) in step.outputs.iter().zip(outputs) {
            if let Some(value) = values.get_mut(id) {
                *value = Some(output);
            }
        }
        for &id in &step.last_used {
            if let Some(value) = values.get_mut(id) {
                *value = None;
            }
        }
        Ok(())
    }

    fn value<'a>(&'a self, values: &'a [Option<Tensor>], id: Id) -> Option<&'a Tensor> {
        let computed = values.get(id).and_then(Option::as_ref);
        computed.or_else(|| self.constants.get(id).and_then(Option::as_ref))
    }

    fn unfed(&self, input: &Input) -> EngineError {
        EngineError::Variable {
            network: self.network.clone(),
            what: "input",
            name: input.name.clone(),
            problem: "is needed and not given".into(),
        }
    }

    /// Steps are in order and values are kept until their last use, so this marks a mistake of ours.
    fn lost(&self, id: Id) -> EngineError {
        EngineError::Variable {
            network: self.network.clone(),
            what: "variable",
            name: format!("number {id}"),
            problem: "was given up too early".into(),
        }
    }
}

/// The network that a model is about: that of its first executor, else the first.
///
/// # Errors
/// [`EngineError::NoNetwork`].
pub fn main_network(model: &Model) -> Result<&Network, EngineError> {
    let of_executor = model.executors.first().and_then(|executor| model.network(&executor.network_name));
    of_executor.or_else(|| model.networks.first()).ok_or(EngineError::NoNetwork)
}

/// Values of kind `from` as `to`; others, such as truth values, as they are.
fn rounded(tensor: Tensor, from: Kind, to: Kind) -> Result<Tensor, EngineError> {
    if from == to || tensor.kind() != from {
        return Ok(tensor);
    }
    tensor.f_to_kind(to).map_err(torch("rounding values"))
}

/// The nodes of a graph as steps, with the last use of every value.
fn steps(graph: &Graph) -> Vec<Step> {
    let mut needed = vec![false; graph.constants.len()];
    let mut need = |id: Id| needed.get_mut(id).is_some_and(|needed| !std::mem::replace(needed, true));
    for &id in &graph.wanted {
        need(id);
    }
    let mut steps: Vec<Step> = graph
        .nodes
        .iter()
        .rev()
        .map(|node| Step {
            name: node.name.clone(),
            op: node.op.clone(),
            batched: node.batched,
            in_place: node.in_place,
            inputs: node.inputs.clone(),
            outputs: node.outputs.clone(),
            // An output that nobody reads is given up at once.
            last_used: node.outputs.iter().chain(&node.inputs).copied().filter(|&id| need(id)).collect(),
        })
        .collect();
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests;
