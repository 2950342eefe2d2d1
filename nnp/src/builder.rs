//! Builds a network in code and names and orders everything as nnabla's `save` does (contract 7.6).

mod finish;
mod import;

use crate::{
    error::GraphError,
    graph::shapes,
    op::{self, Op},
    parameter::Parameter,
};
use std::{collections::HashMap, sync::Arc};

/// A value in the builder that made it: an input, a parameter or an output of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Value(usize);

/// A network under construction.
///
/// Functions are added in any order after their inputs; [`NetworkBuilder::finish`] keeps what the outputs need, in nnabla's
/// order and with nnabla's names. Shapes carry the literal batch until then.
///
/// ```
/// use nnp::{NetworkBuilder, op::{Binary, BinaryKind, Unary}};
///
/// let mut network = NetworkBuilder::new("network", 4);
/// let x = network.input("x", &[3, 8, 8]);
/// let bias = network.parameter("bias", &[1, 3, 1, 1], vec![0.5; 3]);
/// let sum = network.apply(Binary::new(BinaryKind::Add2), &[x, bias])?;
/// let y = network.apply(Unary::Relu { inplace: false }, &[sum])?;
/// network.name(y, "y");
/// let model = network.finish(&[y], true)?;
/// assert_eq!(model.networks[0].functions[1].name, "@network/ReLU");
/// assert_eq!(model.networks[0].variable("y").unwrap().shape, [-1, 3, 8, 8]);
/// # Ok::<(), nnp::GraphError>(())
/// ```
#[derive(Debug)]
pub struct NetworkBuilder {
    name: String,
    batch: usize,
    entries: Vec<Entry>,
    functions: Vec<Step>,
    by_name: HashMap<String, Value>,
    /// The first mistake of a call that cannot report it; the next call that can does.
    mistake: Option<GraphError>,
}

#[derive(Debug)]
struct Entry {
    /// Always there for inputs and parameters.
    name: Option<String>,
    shape: Vec<usize>,
    origin: Origin,
    /// Whether it depends on an input and so has the batch as its first axis, unless that was moved or reduced.
    per_sample: bool,
}

#[derive(Debug)]
enum Origin {
    Input,
    /// `None` where values come later.
    Parameter {
        data: Option<Arc<[f32]>>,
        need_grad: bool,
    },
    Function(usize),
}

#[derive(Debug)]
struct Step {
    op: Op,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
}

impl NetworkBuilder {
    /// Starts a network that is saved for `batch_size` rows.
    pub fn new(network_name: impl Into<String>, batch_size: usize) -> Self {
        Self {
            name: network_name.into(),
            batch: batch_size,
            entries: Vec::new(),
            functions: Vec::new(),
            by_name: HashMap::new(),
            mistake: None,
        }
    }

    /// Adds an input fed with data; its shape is `per_sample_shape` with the batch in front.
    pub fn input(&mut self, name: impl Into<String>, per_sample_shape: &[usize]) -> Value {
        let shape = [&[self.batch], per_sample_shape].concat();
        self.named(name.into(), shape, Origin::Input, true)
    }

    /// Adds a parameter with its values. A name that is taken, or values that do not fill the shape, are reported by the
    /// next [`apply`](Self::apply), [`import`](Self::import) or [`finish`](Self::finish).
    pub fn parameter(&mut self, name: impl Into<String>, shape: &[usize], data: impl Into<Arc<[f32]>>) -> Value {
        let (name, data) = (name.into(), data.into());
        if op::elements(shape) != Some(data.len()) {
            let (parameter, found, shape) = (name.clone(), data.len(), shape.to_vec());
            self.mistake.get_or_insert(GraphError::ParameterLength { parameter, found, shape });
        }
        self.named(name, shape.to_vec(), Origin::Parameter { data: Some(data), need_grad: true }, false)
    }

    /// Adds a parameter of another network as it is. Mistakes are reported as by [`parameter`](Self::parameter).
    pub fn insert(&mut self, parameter: Parameter) -> Value {
        let Parameter { name, shape, data, need_grad } = parameter;
        let value = self.parameter(name, &shape, data);
        if let Some(Entry { origin: Origin::Parameter { need_grad: of_entry, .. }, .. }) = self.entries.get_mut(value.0)
        {
            *of_entry = need_grad;
        }
        value
    }

    /// Adds a parameter whose values are not known yet; put them into [`Model::parameters`](crate::Model::parameters)
    /// before the model is written.
    pub fn declare_parameter(&mut self, name: impl Into<String>, shape: &[usize]) -> Value {
        self.named(name.into(), shape.to_vec(), Origin::Parameter { data: None, need_grad: true }, false)
    }

    /// Adds a function with one output.
    ///
    /// # Errors
    /// [`GraphError`] when the inputs do not fit the function, when the function has several outputs, or for an earlier
    /// mistake that could not be reported.
    pub fn apply(&mut self, op: impl Into<Op>, inputs: &[Value]) -> Result<Value, GraphError> {
        let op = op.into();
        let type_name = op.type_name().to_owned();
        match self.apply_multi(op, inputs)?.as_slice() {
            [only] => Ok(*only),
            outputs => {
                Err(GraphError::Outputs { function: type_name.clone(), type_name, found: 1, expected: outputs.len() })
            }
        }
    }

    /// Adds a function with any number of outputs.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_multi(&mut self, op: impl Into<Op>, inputs: &[Value]) -> Result<Vec<Value>, GraphError> {
        if let Some(mistake) = &self.mistake {
            return Err(mistake.clone());
        }
        let op = op.into();
        let entries: Vec<&Entry> = inputs.iter().map(|&value| self.entry(value)).collect::<Result<_, _>>()?;
        let shapes: Vec<&[usize]> = entries.iter().map(|entry| entry.shape.as_slice()).collect();
        let stored = i64::try_from(self.batch).unwrap_or(i64::MAX);
        let outputs = shapes::infer(op.type_name(), &op.at_batch(stored, self.batch), &shapes)?;
        let batch_of_its_own = matches!(&op, Op::Constant(constant) if constant.shape.first() == Some(&-1));
        let per_sample = batch_of_its_own || entries.iter().any(|entry| entry.per_sample);
        let origin = self.functions.len();
        let outputs: Vec<Value> = outputs
            .into_iter()
            .map(|shape| self.push(Entry { name: None, shape, origin: Origin::Function(origin), per_sample }))
            .collect();
        self.functions.push(Step { op, inputs: inputs.to_vec(), outputs: outputs.clone() });
        Ok(outputs)
    }

    /// The shape of a value, with the literal batch; empty for a value of another builder.
    pub fn shape(&self, value: Value) -> &[usize] {
        self.entries.get(value.0).map_or(&[], |entry| &entry.shape)
    }

    /// Gives an output of a function its own name. A name that is taken is reported by the next call that can fail.
    pub fn name(&mut self, value: Value, name: impl Into<String>) {
        let name = name.into();
        if self.by_name.insert(name.clone(), value).is_some_and(|other| other != value) {
            self.taken(&name);
        }
        match self.entries.get_mut(value.0) {
            Some(entry) => {
                if let Some(old) = entry.name.replace(name.clone())
                    && old != name
                {
                    self.by_name.remove(&old);
                }
            }
            None => {
                let network = self.name.clone();
                self.mistake.get_or_insert(GraphError::ForeignValue { network, value: value.0 });
            }
        }
    }

    fn named(&mut self, name: String, shape: Vec<usize>, origin: Origin, per_sample: bool) -> Value {
        let value = self.push(Entry { name: Some(name.clone()), shape, origin, per_sample });
        if self.by_name.insert(name.clone(), value).is_some() {
            self.taken(&name);
        }
        value
    }

    fn taken(&mut self, name: &str) {
        let (network, name) = (self.name.clone(), name.to_owned());
        self.mistake.get_or_insert(GraphError::NameTaken { network, name });
    }

    fn push(&mut self, entry: Entry) -> Value {
        self.entries.push(entry);
        Value(self.entries.len() - 1)
    }

    fn entry(&self, value: Value) -> Result<&Entry, GraphError> {
        let network = &self.name;
        self.entries.get(value.0).ok_or_else(|| GraphError::ForeignValue { network: network.clone(), value: value.0 })
    }
}

#[cfg(test)]
mod tests;
