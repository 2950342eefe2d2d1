//! Runs the steps of a compiled network on its inputs.

use tch::{Kind, Tensor};

use super::graph::{Id, Input};
use super::step::Step;
use super::{Executor, kernel};
use crate::error::{EngineError, first_line, torch};

impl Executor {
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
            if self.onnx.is_some() {
                continue;
            }
            if let Some(value) = values.get_mut(*id) {
                let fed = tensor.f_to(self.device).map_err(torch("moving the input to the device"))?;
                *value = Some(rounded(fed, Kind::Float, self.precision.kind())?);
            }
        }
        if let Some(onnx) = &self.onnx {
            return onnx.run(rows, fed);
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

/// Values of kind `from` as `to`; others, such as truth values, as they are.
pub(super) fn rounded(tensor: Tensor, from: Kind, to: Kind) -> Result<Tensor, EngineError> {
    if from == to || tensor.kind() != from {
        return Ok(tensor);
    }
    tensor.f_to_kind(to).map_err(torch("rounding values"))
}
