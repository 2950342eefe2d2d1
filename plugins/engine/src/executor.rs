//! Runs a network, on libtorch or on ONNX Runtime.
//!
//! A network is compiled once: what the wanted variables do not need is dropped, everything that depends on parameters
//! alone is computed, batch normalisation is folded into convolutions, and each value is released after its last use. What
//! is left is a list of steps that any number of rows can run through. This file compiles and configures; passes over the
//! graph live in `pass`, the resulting steps in `step`, the functions themselves in `kernel`, and `run` executes.
//!
//! Where [`Compute`] says so and the network has a counterpart in ONNX, `onnx` lets ONNX Runtime run it instead; libtorch is
//! the reference.

mod footprint;
mod graph;
mod image;
mod kernel;
mod onnx;
mod pass;
mod run;
mod step;
mod values;

pub use image::image_tensor;
pub use values::{copy_values, values};

use crate::compute::Compute;
use crate::error::EngineError;
use crate::precision::Precision;
use graph::{Graph, Id, Input};
use nnp::{Model, Network, NetworkBuilder, Parameters, Value};
use onnx::{Onnx, Unfit};
use run::rounded;
use step::{Step, steps};
use tch::{Device, Tensor};

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
    /// The network itself where ONNX Runtime runs it; there are no steps and no constants then.
    onnx: Option<Onnx>,
    /// What runs it.
    engine: String,
}

impl Executor {
    /// Compiles what the variables `wanted` need and puts the parameters where `on` says; a [`Device`] will do.
    ///
    /// # Errors
    /// A wanted variable that is not there, a parameter without values, inputs that do not fit a function, a function type
    /// that cannot be run, with the name of the function, and a library of ONNX Runtime that cannot be used although it has
    /// to be.
    pub fn new(
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        on: impl Into<Compute>,
    ) -> Result<Self, EngineError> {
        let compute = on.into();
        Self::compile(network, parameters, wanted, &compute, pass::ALL)?.with_precision(compute.precision)
    }

    /// Compiles what `values` of a network under construction need.
    ///
    /// # Errors
    /// As [`new`](Self::new), and those of the builder.
    pub fn of_values(
        mut builder: NetworkBuilder,
        values: &[Value],
        on: impl Into<Compute>,
    ) -> Result<Self, EngineError> {
        let names: Vec<String> = (1..=values.len()).map(|number| format!("wanted{number}")).collect();
        for (&value, name) in values.iter().zip(&names) {
            builder.name(value, name);
        }
        let model = builder.finish(values, true)?;
        let network = model.networks.first().ok_or(EngineError::NoNetwork)?;
        Self::new(network, &model.parameters, &names.iter().map(String::as_str).collect::<Vec<_>>(), on)
    }

    /// Compiles what the output `name` of a trained model needs.
    ///
    /// # Errors
    /// As [`new`](Self::new), and for a model that does not hold together or has no such output.
    pub fn of_model(model: &Model, name: &str, on: impl Into<Compute>) -> Result<Self, EngineError> {
        model.validate()?;
        let network = main_network(model)?;
        if network.variable(name).is_none() {
            let outputs = network.outputs().map(|v| v.name.clone()).collect();
            return Err(EngineError::NoOutput { output: name.to_owned(), outputs });
        }
        Self::new(network, &model.parameters, &[name], on)
    }

    /// On the CPU, function by function as in the file: what passes are compared with.
    #[cfg(test)]
    pub(crate) fn plain(network: &Network, parameters: &Parameters, wanted: &[&str]) -> Result<Self, EngineError> {
        Self::compile(network, parameters, wanted, &Device::Cpu.into(), &[])
    }

    fn compile(
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        compute: &Compute,
        passes: &[pass::Pass],
    ) -> Result<Self, EngineError> {
        let _no_grad = tch::no_grad_guard();
        let mut graph = Graph::build(network, parameters, wanted, compute.device)?;
        let (onnx, engine) = match compute.onnxruntime() {
            None => (None, "libtorch".to_owned()),
            Some((library, must)) => match Onnx::compile(library, network, parameters, wanted, &graph) {
                Ok(onnx) => {
                    let name = onnx.name();
                    (Some(onnx), name)
                }
                Err(Unfit::Refused(refusal)) if must => {
                    return Err(EngineError::Engine { reason: format!("engine onnxruntime failed: {}", refusal.0) });
                }
                Err(unfit) => (None, format!("libtorch ({unfit})")),
            },
        };
        for pass in passes {
            pass(&mut graph)?;
        }
        let mut steps = steps(&graph);
        let row_bytes = footprint::of_row(&graph, &steps);
        if onnx.is_some() {
            graph.constants.clear();
            steps.clear();
        }
        Ok(Self {
            network: network.name.clone(),
            device: compute.device,
            stored: network.batch_size,
            row_bytes,
            steps,
            inputs: graph.inputs,
            constants: graph.constants,
            wanted: graph.wanted,
            drops: false,
            precision: Precision::Full,
            onnx,
            engine,
        })
    }

    /// Computes in numbers of this precision on libtorch. What is fed and wanted stays in 32-bit floats.
    fn with_precision(mut self, precision: Precision) -> Result<Self, EngineError> {
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

    /// Lets Dropout drop elements, which it does not otherwise: for networks that estimate their uncertainty by it. Networks
    /// that have such functions run on libtorch. The draws are those of libtorch's generator ([`Executor::seed_draws`]).
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
            onnx: self.onnx.clone(),
            engine: self.engine.clone(),
        }
    }

    /// Bytes of values between functions that a run holds at once for each row, at most. What a function needs for itself
    /// comes on top.
    pub fn row_bytes(&self) -> u64 {
        self.row_bytes
    }

    /// Whether two runs on equal inputs may differ.
    pub fn draws(&self) -> bool {
        self.steps.iter().any(|step| kernel::draws(&step.op, self.drops))
    }

    /// What runs it, for the log: `ONNX Runtime 1.32.0`, or `libtorch`, perhaps with the reason in brackets.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    pub(crate) fn runs_on_onnxruntime(&self) -> bool {
        self.onnx.is_some()
    }

    /// Where it runs.
    pub fn device(&self) -> Device {
        self.device
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

#[cfg(test)]
mod tests;
