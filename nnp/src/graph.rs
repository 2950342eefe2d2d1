//! The typed contents of an NNP: networks, executors and what binds them to data.
//!
//! Fields are plain and public, as in the file. [`Network::validate`] and [`Model::validate`] say whether they make sense
//! together; nothing else assumes that they do.

mod check;
mod cost;
pub(crate) mod shapes;

pub use cost::Cost;

use crate::{op::Op, parameter::Parameters, text::Message};

/// Everything in one NNP.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Where nnabla runs the networks by default (`global_config`).
    pub backend: Option<Backend>,
    /// Networks by name.
    pub networks: Vec<Network>,
    /// How networks are bound to data.
    pub executors: Vec<Executor>,
    /// Trained values.
    pub parameters: Parameters,
    /// Top-level messages without a type of ours (`version`, `training_config`, `dataset`, `optimizer`, `monitor`), kept so
    /// that nothing is lost.
    pub other: Message,
}

/// nnabla's computation backend (`global_config.default_context`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backend {
    /// Backends in order of preference, such as `cudnn:float` or `cpu:float`.
    pub backends: Vec<String>,
    /// Where arrays live, such as `CpuCachedArray`.
    pub array_class: String,
    /// Which device, such as `0`; empty on a CPU.
    pub device_id: String,
    /// Fields of very old files (`backend`, `compute_backend`).
    pub other: Message,
}

impl Backend {
    /// The CPU, as nnabla writes it.
    pub fn cpu() -> Self {
        Self { backends: vec!["cpu:float".into()], array_class: "CpuCachedArray".into(), ..Self::default() }
    }
}

/// A directed graph of functions between variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Name that executors use.
    pub name: String,
    /// Rows for which the network was saved; −1 in shapes stands for it.
    pub batch_size: i64,
    /// Everything functions read or write, Buffers and Parameters.
    pub variables: Vec<Variable>,
    /// The functions, usually in an order in which they can run. Loops of the GUI are unrolled.
    pub functions: Vec<Function>,
}

/// What holds the values of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariableKind {
    /// Comes from data or from a function.
    Buffer,
    /// Comes from the parameters of the file.
    Parameter,
}

/// A named array in a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Name that functions use.
    pub name: String,
    /// What holds its values.
    pub kind: VariableKind,
    /// Extents; −1 in the first place stands for the batch.
    pub shape: Vec<i64>,
    /// `initializer` and `repeat_id`, kept as read.
    pub other: Message,
}

/// One step of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Name, unique in the network.
    pub name: String,
    /// What it does.
    pub op: Op,
    /// Variables read, in the order of the function type.
    pub inputs: Vec<String>,
    /// Variables written.
    pub outputs: Vec<String>,
}

/// Binds a network to the columns of a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Executor {
    /// Name, `runtime` in the files of plugins.
    pub name: String,
    /// The network it runs.
    pub network_name: String,
    /// Evaluations to combine; 0 is unset and means 1.
    pub num_evaluations: i64,
    /// `mean`, `std` or `last`; empty is unset and means `mean`.
    pub repeat_evaluation_type: String,
    /// Whether gradients are wanted.
    pub need_back_propagation: bool,
    /// Inputs fed from the dataset.
    pub data_variables: Vec<DataVariable>,
    /// Outputs that become columns of the result.
    pub output_variables: Vec<OutputVariable>,
    /// Parameters the executor uses.
    pub parameter_variables: Vec<ParameterVariable>,
    /// Feed images as 0 to 255, not 0 to 1.
    pub no_image_normalization: bool,
    /// `generator_variable` and `loss_variable`, kept as read.
    pub other: Message,
}

/// An input of an executor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataVariable {
    /// Variable of the network.
    pub variable_name: String,
    /// Variable of the dataset.
    pub data_name: String,
}

/// An output of an executor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputVariable {
    /// Variable of the network.
    pub variable_name: String,
    /// `type` of the file; empty in files of nnabla.
    pub type_name: String,
    /// Column of the result.
    pub data_name: String,
}

/// A parameter of an executor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterVariable {
    /// Variable of the network.
    pub variable_name: String,
    /// Factor on the learning rate; 0 is unset.
    pub learning_rate_multiplier: f32,
}

impl Model {
    /// The network of that name.
    pub fn network(&self, name: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.name == name)
    }
}

impl Network {
    /// The variable of that name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Buffers that functions read and none writes, in the order of `variables` (contract 7.5).
    pub fn inputs(&self) -> impl Iterator<Item = &Variable> {
        let (read, written) = self.used();
        self.buffers().filter(move |v| read.contains(v.name.as_str()) && !written.contains(v.name.as_str()))
    }

    /// Buffers that a function writes and none reads, in the order of `variables` (contract 7.5).
    pub fn outputs(&self) -> impl Iterator<Item = &Variable> {
        let (read, written) = self.used();
        self.buffers().filter(move |v| written.contains(v.name.as_str()) && !read.contains(v.name.as_str()))
    }

    fn buffers(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|variable| variable.kind == VariableKind::Buffer)
    }

    /// Names that functions read and names that they write.
    fn used(&self) -> (std::collections::HashSet<&str>, std::collections::HashSet<&str>) {
        let names =
            |of: fn(&Function) -> &Vec<String>| self.functions.iter().flat_map(of).map(String::as_str).collect();
        (names(|function| &function.inputs), names(|function| &function.outputs))
    }
}

#[cfg(test)]
mod tests;
