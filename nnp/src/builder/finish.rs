//! Turns a builder into a model: order, names and −1 for the batch, as nnabla's `save` decides them (contract 7.5, 7.6).

use super::{Entry, NetworkBuilder, Origin, Step, Value};
use crate::{
    error::GraphError,
    graph::{
        Backend, DataVariable, Executor, Function, Model, Network, OutputVariable, ParameterVariable, Variable,
        VariableKind,
    },
    op::{Broadcast, Op, Reshape},
    parameter::{Parameter, Parameters},
    text::Message,
};
use std::collections::{HashMap, HashSet};

impl NetworkBuilder {
    /// Finishes the network with the functions that `outputs` need.
    ///
    /// The model has this network, an executor `runtime` whose data names are the names of inputs and outputs, the
    /// backend `cpu:float`, and the parameters that the network uses. `no_image_normalization` says that images are fed
    /// as 0 to 255.
    ///
    /// # Errors
    /// [`GraphError::LostBatch`] for a Reshape or Broadcast that moves the batch away from the first axis,
    /// [`GraphError::ForeignValue`], or an earlier mistake that could not be reported.
    pub fn finish(self, outputs: &[Value], no_image_normalization: bool) -> Result<Model, GraphError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let order = self.post_order(outputs)?;
        let names = self.names(&order, outputs);
        let used = self.first_use(&order, outputs);
        let name = |value: &Value| names.get(value).cloned().unwrap_or_default();

        let mut network = Network {
            name: self.name.clone(),
            batch_size: i64::try_from(self.batch).unwrap_or(i64::MAX),
            variables: Vec::with_capacity(used.len()),
            functions: Vec::with_capacity(order.len()),
        };
        let mut executor = Executor {
            name: "runtime".into(),
            network_name: self.name.clone(),
            no_image_normalization,
            ..Executor::default()
        };
        let mut parameters = Parameters::new();
        let is_parameter = |entry: &Entry| matches!(entry.origin, Origin::Parameter { .. });
        for wanted in [VariableKind::Buffer, VariableKind::Parameter] {
            for value in &used {
                let entry = self.entry(*value)?;
                if is_parameter(entry) != (wanted == VariableKind::Parameter) {
                    continue;
                }
                let shape = self.stored_shape(entry);
                network.variables.push(Variable { name: name(value), kind: wanted, shape, other: Message::new() });
                match &entry.origin {
                    Origin::Input => {
                        executor
                            .data_variables
                            .push(DataVariable { variable_name: name(value), data_name: name(value) });
                    }
                    Origin::Parameter { data, need_grad } => {
                        executor
                            .parameter_variables
                            .push(ParameterVariable { variable_name: name(value), ..ParameterVariable::default() });
                        if let Some(data) = data {
                            let (shape, data, need_grad) = (entry.shape.clone(), data.clone(), *need_grad);
                            parameters.insert(Parameter { name: name(value), shape, data, need_grad });
                        }
                    }
                    Origin::Function(_) => {}
                }
            }
        }
        for value in outputs {
            executor.output_variables.push(OutputVariable {
                variable_name: name(value),
                type_name: String::new(),
                data_name: name(value),
            });
        }
        let mut function_names = Counter::default();
        for step in order.iter().filter_map(|&index| self.functions.get(index)) {
            let function = function_names.next(&self.prefixed(step.op.type_name()));
            let op = self.stored_op(step, &function)?;
            let (inputs, outputs) = (step.inputs.iter().map(name).collect(), step.outputs.iter().map(name).collect());
            network.functions.push(Function { name: function, op, inputs, outputs });
        }
        Ok(Model {
            backend: Some(Backend::cpu()),
            networks: vec![network],
            executors: vec![executor],
            parameters,
            other: Message::new(),
        })
    }

    /// Functions in the order in which a depth-first walk from the outputs leaves them, inputs left to right.
    fn post_order(&self, outputs: &[Value]) -> Result<Vec<usize>, GraphError> {
        let mut order = Vec::new();
        let mut seen = HashSet::new();
        for &output in outputs {
            // Pairs of a function and its next input to visit; networks are deeper than a call stack should be.
            let mut path: Vec<(usize, usize)> = Vec::new();
            self.enter(output, &mut seen, &mut path)?;
            while let Some((index, at)) = path.last_mut() {
                let index = *index;
                let input = self.functions.get(index).and_then(|step| step.inputs.get(*at)).copied();
                *at += 1;
                match input {
                    Some(input) => self.enter(input, &mut seen, &mut path)?,
                    None => {
                        path.pop();
                        order.push(index);
                    }
                }
            }
        }
        Ok(order)
    }

    fn enter(&self, value: Value, seen: &mut HashSet<usize>, path: &mut Vec<(usize, usize)>) -> Result<(), GraphError> {
        if let Origin::Function(index) = self.entry(value)?.origin
            && seen.insert(index)
        {
            path.push((index, 0));
        }
        Ok(())
    }

    /// Values in the order of their first use, inputs of a function before its outputs.
    fn first_use(&self, order: &[usize], outputs: &[Value]) -> Vec<Value> {
        let mut seen = HashSet::new();
        let steps = order.iter().filter_map(|&index| self.functions.get(index));
        let values = steps.flat_map(|step| step.inputs.iter().chain(&step.outputs));
        values.chain(outputs).copied().filter(|value| seen.insert(*value)).collect()
    }

    /// The name of every used value: its own, or one made of the function type.
    fn names(&self, order: &[usize], outputs: &[Value]) -> HashMap<Value, String> {
        let used = self.first_use(order, outputs);
        let own = |value: &Value| self.entries.get(value.0).and_then(|entry| entry.name.clone());
        let mut names: HashMap<Value, String> =
            used.iter().filter_map(|value| own(value).map(|name| (*value, name))).collect();
        let mut counter = Counter { taken: names.values().cloned().collect(), ..Counter::default() };
        for step in order.iter().filter_map(|&index| self.functions.get(index)) {
            let base = format!("{}_out", self.prefixed(step.op.type_name()));
            for output in &step.outputs {
                names.entry(*output).or_insert_with(|| counter.next(&base));
            }
        }
        names
    }

    /// nnabla omits the prefix for the default name of a network.
    fn prefixed(&self, name: &str) -> String {
        if self.name == "model" { name.into() } else { format!("@{}/{name}", self.name) }
    }

    /// The shape as the file has it: −1 for the batch of values that depend on an input.
    fn stored_shape(&self, entry: &Entry) -> Vec<i64> {
        let mut shape: Vec<i64> = entry.shape.iter().map(|&extent| i64::try_from(extent).unwrap_or(i64::MAX)).collect();
        if let Some(first) = shape.first_mut()
            && entry.per_sample
            && entry.shape.first() == Some(&self.batch)
        {
            *first = -1;
        }
        shape
    }

    /// The function as the file has it: −1 for the batch in the shapes of Reshape and Broadcast.
    fn stored_op(&self, step: &Step, function: &str) -> Result<Op, GraphError> {
        let mut op = step.op.clone();
        let output = step.outputs.first().and_then(|value| self.entries.get(value.0));
        if let Op::Reshape(Reshape { shape, .. }) | Op::Broadcast(Broadcast { shape }) = &mut op
            && let Some(entry) = output
            && entry.per_sample
        {
            match shape.first_mut() {
                Some(first) if entry.shape.first() == Some(&self.batch) => *first = -1,
                _ => {
                    return Err(GraphError::LostBatch {
                        function: function.into(),
                        found: entry.shape.clone(),
                        batch: self.batch,
                    });
                }
            }
        }
        Ok(op)
    }
}

/// Makes names unique: `name`, `name_1`, `name_2`, …
#[derive(Default)]
struct Counter {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Counter {
    fn next(&mut self, base: &str) -> String {
        let count = self.next.entry(base.into()).or_default();
        loop {
            let name = if *count == 0 { base.to_owned() } else { format!("{base}_{count}") };
            *count += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}
