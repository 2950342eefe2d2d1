//! Rewrites a network whose images are (B, H, W, C) as one whose images are (B, C, H, W): nnabla runs convolutions and
//! poolings with channels last on a GPU only, and what we write has to run on a CPU as well.
//!
//! Function by function in forward order. `rule` says how a function type works on channel-first images; weights and
//! statistics are reordered once. A function without such a rule (a Reshape across rows, say) gets its input back in the
//! order of the file by a Transpose, so that every network comes out with its meaning. Only functions that themselves
//! want channels last, and have no channel-first form, are refused.

mod rule;

use crate::error::EngineError;
use nnp::{
    Function, GraphError, Network, NetworkBuilder, Op, Parameter, Parameters, Value, Variable, VariableKind,
    op::{Reshape, Transpose},
};
use rule::{Input, Rule};
use std::collections::HashMap;

/// The order of axes of a value, compared with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Layout {
    /// The order of the file.
    Stored,
    /// (B, H, W, C) in the file, (B, C, H, W) here.
    ChannelsFirst,
}

/// Whether a function of the network wants channels last.
pub(super) fn has_channels_last(network: &Network) -> bool {
    network.functions.iter().any(|function| rule::wants_channels_last(&function.op))
}

/// A network on its way into a builder.
pub(super) struct Rewriter<'a> {
    builder: &'a mut NetworkBuilder,
    network: &'a Network,
    batch: usize,
    declared: HashMap<&'a str, &'a Variable>,
    /// Parameters that no function has read yet, by name.
    unread: HashMap<String, Parameter>,
    /// What is in the builder. A value can be there in both orders.
    values: HashMap<(&'a str, Layout), Value>,
    /// Shapes in the order of the file.
    shapes: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Rewriter<'a> {
    /// Starts with nothing but the parameters, whose values are shared with nobody from here on. They are given up one by
    /// one, so that no weight is held twice for long.
    pub(super) fn new(builder: &'a mut NetworkBuilder, network: &'a Network, parameters: Parameters) -> Self {
        let declared = network.variables.iter().map(|variable| (variable.name.as_str(), variable)).collect();
        let unread = parameters.iter().map(|parameter| (parameter.name.clone(), parameter.clone())).collect();
        Self { builder, network, batch: 1, declared, unread, values: HashMap::new(), shapes: HashMap::new() }
    }

    /// Says what stands for the input `name` of the network, whose first axis is the batch; `shape` is in the order of the
    /// file.
    pub(super) fn bind_input(&mut self, name: &'a str, value: Value, layout: Layout, shape: Vec<usize>) {
        self.batch = shape.first().copied().unwrap_or(1);
        self.bind(name, value, layout, shape);
    }

    fn bind(&mut self, name: &'a str, value: Value, layout: Layout, shape: Vec<usize>) {
        self.values.insert((name, layout), value);
        self.shapes.insert(name, shape);
    }

    /// Adds the functions, which have to be in an order in which they can run, and returns the variables `wanted` in the
    /// given order of axes.
    ///
    /// # Errors
    /// Shapes that do not fit, a variable or parameter that is not there, and a function that has no channel-first form.
    pub(super) fn rewrite(
        mut self,
        functions: &[&'a Function],
        wanted: &[&'a str],
        layout: Layout,
    ) -> Result<Vec<Value>, EngineError> {
        functions.iter().try_for_each(|function| self.function(function))?;
        wanted.iter().map(|name| self.value(name, layout, "(wanted)")).collect()
    }

    fn function(&mut self, function: &'a Function) -> Result<(), EngineError> {
        for name in &function.inputs {
            self.shape_of(name, function)?;
        }
        let op = self.network.at_batch(function, self.batch).into_owned();
        let shapes: Vec<&[usize]> = function.inputs.iter().filter_map(|name| self.shape(name)).collect();
        let outputs =
            op.infer(&shapes).map_err(|reason| GraphError::Shape { function: function.name.clone(), reason })?;
        if outputs.len() != function.outputs.len() {
            return Err(GraphError::Outputs {
                function: function.name.clone(),
                type_name: op.type_name().to_owned(),
                found: function.outputs.len(),
                expected: outputs.len(),
            }
            .into());
        }
        let inputs: Vec<Input<'_>> = function
            .inputs
            .iter()
            .zip(&shapes)
            .map(|(name, shape)| {
                let is_parameter = self.is_parameter(name);
                let there = self.values.contains_key(&(name.as_str(), Layout::ChannelsFirst));
                Input { shape, is_parameter, channels_first: !is_parameter && there }
            })
            .collect();
        let (values, layout) = match rule::of(&op, &inputs, outputs.first().map_or(&[], Vec::as_slice)) {
            Rule::Apply { op, inputs, output } => {
                let mut values = Vec::with_capacity(inputs.len());
                for (name, layout) in function.inputs.iter().zip(inputs) {
                    values.push(self.value(name, layout, &function.name)?);
                }
                (self.builder.apply_multi(op, &values)?, output)
            }
            Rule::Nothing { input, output } => {
                let name = function.inputs.first().map_or("", String::as_str);
                (vec![self.value(name, input, &function.name)?], output)
            }
            Rule::Refuse(reason) => {
                let type_name = op.type_name().to_owned();
                return Err(EngineError::Unsupported { function: function.name.clone(), type_name, reason });
            }
        };
        for ((name, value), shape) in function.outputs.iter().zip(values).zip(outputs) {
            self.bind(name, value, layout, shape);
        }
        Ok(())
    }

    fn shape(&self, name: &str) -> Option<&[usize]> {
        self.shapes.get(name).map(Vec::as_slice)
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.declared.get(name).is_some_and(|variable| variable.kind == VariableKind::Parameter)
    }

    /// Makes sure that the shape of an input is known: parameters have not been seen before their first use.
    fn shape_of(&mut self, name: &'a str, function: &Function) -> Result<(), EngineError> {
        if self.shapes.contains_key(name) {
            return Ok(());
        }
        let Some(&variable) = self.declared.get(name) else {
            return Err(self.undeclared(name, &function.name));
        };
        if variable.kind == VariableKind::Buffer {
            return Err(GraphError::UnboundInput { network: self.network.name.clone(), variable: name.into() }.into());
        }
        let extent = || GraphError::Extent { variable: name.into(), declared: variable.shape.clone() };
        self.shapes.insert(name, variable.shape_at(self.batch).ok_or_else(extent)?);
        Ok(())
    }

    fn undeclared(&self, name: &str, function: &str) -> EngineError {
        let (network, function) = (self.network.name.clone(), function.to_owned());
        GraphError::UndeclaredVariable { network, function, variable: name.to_owned() }.into()
    }

    /// A variable in the given order, reordered where it is there in the other one only.
    fn value(&mut self, name: &'a str, layout: Layout, function: &str) -> Result<Value, EngineError> {
        if let Some(&value) = self.values.get(&(name, layout)) {
            return Ok(value);
        }
        let other = match layout {
            Layout::Stored => Layout::ChannelsFirst,
            Layout::ChannelsFirst => Layout::Stored,
        };
        let value = match self.values.get(&(name, other)) {
            Some(&value) => self.reorder(name, value, layout)?,
            None if self.is_parameter(name) => self.parameter(name, layout)?,
            None => return Err(self.undeclared(name, function)),
        };
        self.values.insert((name, layout), value);
        Ok(value)
    }

    /// Moves the channels of a value that stands for `name`.
    fn reorder(&mut self, name: &str, value: Value, layout: Layout) -> Result<Value, EngineError> {
        let shape = self.shape(name).unwrap_or_default();
        let image = image(shape);
        let reshape =
            |shape: &[usize]| Op::from(Reshape::new(shape.iter().copied().map(rule::signed).collect::<Vec<_>>()));
        let transpose = |axes: [usize; 4]| Op::from(Transpose { axes: axes.map(rule::signed).to_vec() });
        let ops = match layout {
            Layout::Stored if keeps_order(image) => vec![reshape(shape)],
            Layout::Stored => vec![transpose(rule::TO_STORED)],
            Layout::ChannelsFirst if keeps_order(image) => vec![reshape(&moved(image))],
            Layout::ChannelsFirst if shape.len() == 4 => vec![transpose(rule::TO_CHANNELS_FIRST)],
            Layout::ChannelsFirst => vec![reshape(&image), transpose(rule::TO_CHANNELS_FIRST)],
        };
        let mut value = value;
        for op in ops {
            value = self.builder.apply(op, &[value])?;
        }
        Ok(value)
    }

    /// Adds a parameter of the network with its values, which are moved out of here.
    fn parameter(&mut self, name: &str, layout: Layout) -> Result<Value, EngineError> {
        let network = self.network.name.clone();
        let Some(parameter) = self.unread.remove(name) else {
            return Err(GraphError::MissingParameters { network, parameters: vec![name.to_owned()] }.into());
        };
        let declared = self.shape(name).unwrap_or_default();
        if parameter.shape != declared {
            let declared = declared.iter().map(|&extent| rule::signed(extent)).collect();
            let found = parameter.shape;
            return Err(GraphError::ParameterShape { network, parameter: name.to_owned(), found, declared }.into());
        }
        Ok(self.builder.insert(match layout {
            Layout::Stored => parameter,
            Layout::ChannelsFirst => channels_first(parameter),
        }))
    }
}

/// Weights with channels last, and statistics, which are (1, 1, 1, C), with channels first.
fn channels_first(parameter: Parameter) -> Parameter {
    let image = image(&parameter.shape);
    let [_, rows, columns, channels] = image;
    let data = if keeps_order(image) {
        parameter.data
    } else {
        let places = parameter.data.chunks_exact(rows * columns * channels);
        places
            .flat_map(|image| (0..channels).flat_map(move |channel| image.iter().skip(channel).step_by(channels)))
            .copied()
            .collect()
    };
    Parameter { shape: moved(image).to_vec(), data, ..parameter }
}

/// A shape with four axes; those that are missing in front count as 1.
fn image(shape: &[usize]) -> [usize; 4] {
    let mut image = [1; 4];
    image.iter_mut().rev().zip(shape.iter().rev()).for_each(|(to, from)| *to = *from);
    image
}

/// Whether an image has its elements in the same order with channels first and last.
fn keeps_order([_, rows, columns, channels]: [usize; 4]) -> bool {
    channels == 1 || rows == 1 && columns == 1
}

/// (B, H, W, C) to (B, C, H, W).
fn moved([batch, rows, columns, channels]: [usize; 4]) -> [usize; 4] {
    [batch, channels, rows, columns]
}

#[cfg(test)]
mod tests;
