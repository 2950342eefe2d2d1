//! Shapes of every variable of a network for a given batch, and the order in which functions can run.

use crate::{
    error::GraphError,
    graph::{Function, Network, Variable, VariableKind},
    op::{Op, elements},
};
use std::{
    borrow::Cow,
    collections::{BinaryHeap, HashMap},
};

impl Variable {
    /// The shape with the batch filled in; `None` for an extent that cannot be, or more elements than can be counted.
    pub fn shape_at(&self, batch: usize) -> Option<Vec<usize>> {
        let shape: Vec<usize> = self
            .shape
            .iter()
            .enumerate()
            .map(|(axis, &extent)| match extent {
                -1 if axis == 0 && self.kind == VariableKind::Buffer => Some(batch),
                _ => usize::try_from(extent).ok(),
            })
            .collect::<Option<_>>()?;
        elements(&shape).map(|_| shape)
    }

    /// Whether the first axis is the batch.
    fn has_batch(&self) -> bool {
        self.kind == VariableKind::Buffer && self.shape.first() == Some(&-1)
    }
}

impl Network {
    /// An order in which the functions can run, as indices: the order of the file where that works, otherwise the order
    /// next to it.
    ///
    /// # Errors
    /// [`GraphError::TwoProducers`] and [`GraphError::Cycle`].
    pub fn topological(&self) -> Result<Vec<usize>, GraphError> {
        let mut producers: HashMap<&str, (usize, &Function)> = HashMap::new();
        for (index, function) in self.functions.iter().enumerate() {
            for output in &function.outputs {
                if let Some((_, first)) = producers.insert(output, (index, function)) {
                    return Err(GraphError::TwoProducers {
                        variable: output.clone(),
                        first: first.name.clone(),
                        second: function.name.clone(),
                    });
                }
            }
        }
        let mut waiting = vec![0_usize; self.functions.len()];
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); self.functions.len()];
        for ((index, function), waiting) in self.functions.iter().enumerate().zip(&mut waiting) {
            for input in &function.inputs {
                let of_producer = producers.get(input.as_str()).and_then(|&(producer, _)| readers.get_mut(producer));
                if let Some(readers) = of_producer {
                    readers.push(index);
                    *waiting += 1;
                }
            }
        }
        // Smallest index first, so that a file in order stays in order.
        let ready = waiting.iter().enumerate().filter(|(_, waiting)| **waiting == 0);
        let mut ready: BinaryHeap<_> = ready.map(|(index, _)| std::cmp::Reverse(index)).collect();
        let mut order = Vec::with_capacity(self.functions.len());
        while let Some(std::cmp::Reverse(index)) = ready.pop() {
            order.push(index);
            for &reader in readers.get(index).into_iter().flatten() {
                if let Some(waiting) = waiting.get_mut(reader) {
                    *waiting -= 1;
                    if *waiting == 0 {
                        ready.push(std::cmp::Reverse(reader));
                    }
                }
            }
        }
        let stuck = waiting.iter().zip(&self.functions).find(|(waiting, _)| **waiting > 0);
        match stuck {
            None => Ok(order),
            Some((_, function)) => {
                Err(GraphError::Cycle { network: self.name.clone(), function: function.name.clone() })
            }
        }
    }

    /// The function as it runs on `batch` rows: see [`Op::at_batch`].
    pub fn at_batch<'a>(&self, function: &'a Function, batch: usize) -> Cow<'a, Op> {
        let first = function.inputs.first().and_then(|name| self.variable(name));
        op_at_batch(&function.op, first, self.batch_size, batch)
    }

    /// Shape of every variable for `batch` rows: declared shapes of inputs and parameters, inferred shapes of the rest.
    ///
    /// # Errors
    /// [`GraphError`] for an undeclared variable, a graph without an order, inputs that do not fit a function or a number
    /// of outputs that its type does not have.
    pub fn infer_shapes(&self, batch: usize) -> Result<HashMap<String, Vec<usize>>, GraphError> {
        let declared: HashMap<&str, &Variable> = self.variables.iter().map(|v| (v.name.as_str(), v)).collect();
        let order = self.topological()?;
        let written: std::collections::HashSet<&str> =
            self.functions.iter().flat_map(|function| &function.outputs).map(String::as_str).collect();
        let mut shapes: HashMap<String, Vec<usize>> = HashMap::new();
        for variable in self.variables.iter().filter(|variable| !written.contains(variable.name.as_str())) {
            let shape = variable.shape_at(batch).ok_or_else(|| GraphError::Extent {
                variable: variable.name.clone(),
                declared: variable.shape.clone(),
            })?;
            shapes.insert(variable.name.clone(), shape);
        }
        for function in order.iter().filter_map(|&index| self.functions.get(index)) {
            let shape_of = |name: &String| {
                shapes.get(name).map(Vec::as_slice).ok_or_else(|| GraphError::UndeclaredVariable {
                    network: self.name.clone(),
                    function: function.name.clone(),
                    variable: name.clone(),
                })
            };
            let inputs: Vec<&[usize]> = function.inputs.iter().map(shape_of).collect::<Result<_, _>>()?;
            let first = function.inputs.first().and_then(|name| declared.get(name.as_str()).copied());
            let op = op_at_batch(&function.op, first, self.batch_size, batch);
            let outputs = infer(&function.name, &op, &inputs)?;
            if outputs.len() != function.outputs.len() {
                return Err(GraphError::Outputs {
                    function: function.name.clone(),
                    type_name: function.op.type_name().into(),
                    found: function.outputs.len(),
                    expected: outputs.len(),
                });
            }
            for (name, shape) in function.outputs.iter().zip(outputs) {
                shapes.insert(name.clone(), shape);
            }
        }
        Ok(shapes)
    }
}

/// Infers with the name of the function in the error.
pub(crate) fn infer(function: &str, op: &Op, inputs: &[&[usize]]) -> Result<Vec<Vec<usize>>, GraphError> {
    if let Op::Other { type_name, .. } = op {
        return Err(GraphError::UnknownFunction { function: function.into(), type_name: type_name.clone() });
    }
    op.infer(inputs).map_err(|reason| GraphError::Shape { function: function.into(), reason })
}

/// A Slice of something without batch keeps its literal stop.
fn op_at_batch<'a>(op: &'a Op, first: Option<&Variable>, stored: i64, batch: usize) -> Cow<'a, Op> {
    match op {
        Op::Slice(slice) => match first {
            Some(first) if first.has_batch() && slice.start.len() == first.shape.len() => op.at_batch(stored, batch),
            _ => Cow::Borrowed(op),
        },
        _ => op.at_batch(stored, batch),
    }
}
