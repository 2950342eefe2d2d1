//! The ONNX graph while it grows: nodes with fresh names, constants, and shapes that depend on the batch.

use std::collections::HashSet;

use crate::proto::{Attribute, Node, Tensor, attribute_type, data_type};

/// An extent of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The same for every batch.
    Fixed(i64),
    /// This many times the batch.
    Batch(i64),
}

/// Nodes and constants so far. A value is known by its name.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) constants: Vec<Tensor>,
    /// Names of the network.
    taken: HashSet<String>,
    /// Names that were made here.
    made: HashSet<String>,
    /// The input whose first axis is the batch.
    batch_of: Option<String>,
}

/// An attribute of a node.
pub(super) enum Value<'a> {
    Int(i64),
    Ints(&'a [i64]),
    Float(f32),
    Text(&'a str),
}

impl Graph {
    /// An empty graph; `taken` are names that no value made here may have.
    pub(super) fn new(taken: impl IntoIterator<Item = String>, batch_of: Option<String>) -> Self {
        Self {
            nodes: Vec::new(),
            constants: Vec::new(),
            taken: taken.into_iter().collect(),
            made: HashSet::new(),
            batch_of,
        }
    }

    /// Adds a node with one output and returns that.
    pub(super) fn op(&mut self, op_type: &str, inputs: &[&str], attributes: &[(&str, Value<'_>)]) -> String {
        self.ops(op_type, inputs, attributes, 1).remove(0)
    }

    /// Adds a node with several outputs.
    pub(super) fn ops(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        attributes: &[(&str, Value<'_>)],
        outputs: usize,
    ) -> Vec<String> {
        let outputs: Vec<String> = (0..outputs).map(|_| self.fresh(op_type)).collect();
        self.nodes.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: outputs.clone(),
            name: outputs.first().cloned().unwrap_or_default(),
            op_type: op_type.to_owned(),
            attribute: attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
        });
        outputs
    }

    /// Gives a value the name that the network has for it.
    pub(super) fn call(&mut self, value: &str, name: &str) {
        // What the last node has made under a name of this graph has no reader yet.
        let last = if self.made.contains(value) { self.nodes.last_mut() } else { None };
        match last.and_then(|node| node.output.iter_mut().find(|output| *output == value)) {
            Some(output) => name.clone_into(output),
            None => self.nodes.push(Node {
                input: vec![value.to_owned()],
                output: vec![name.to_owned()],
                name: name.to_owned(),
                op_type: "Identity".to_owned(),
                attribute: Vec::new(),
            }),
        }
    }

    fn fresh(&mut self, stem: &str) -> String {
        let mut name = format!("{stem}_{}", self.made.len());
        while self.taken.contains(&name) {
            name.push('_');
        }
        self.made.insert(name.clone());
        name
    }

    /// A constant array of floats.
    pub(super) fn floats(&mut self, shape: &[i64], values: &[f32]) -> String {
        let name = self.fresh("constant");
        self.constants.push(Tensor {
            dims: shape.to_vec(),
            data_type: data_type::FLOAT,
            name: name.clone(),
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        });
        name
    }

    /// A constant of one float.
    #[expect(clippy::cast_possible_truncation, reason = "arrays are float32, and so is what they are combined with")]
    pub(super) fn scalar(&mut self, value: f64) -> String {
        self.floats(&[], &[value as f32])
    }

    /// A constant list of integers.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let name = self.fresh("integers");
        self.constants.push(Tensor {
            dims: vec![i64::try_from(values.len()).unwrap_or(i64::MAX)],
            data_type: data_type::INT64,
            name: name.clone(),
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        });
        name
    }

    /// A shape as a list of integers; `None` when it depends on a batch that no input has.
    pub(super) fn shape(&mut self, extents: &[Extent]) -> Option<String> {
        let fixed: Option<Vec<i64>> = extents
            .iter()
            .map(|extent| match extent {
                Extent::Fixed(extent) => Some(*extent),
                Extent::Batch(_) => None,
            })
            .collect();
        if let Some(fixed) = fixed {
            return Some(self.integers(&fixed));
        }
        let input = self.batch_of.clone()?;
        let batch = self.op("Shape", &[&input], &[("start", Value::Int(0)), ("end", Value::Int(1))]);
        let parts: Vec<String> = extents
            .iter()
            .map(|extent| match extent {
                Extent::Fixed(extent) => self.integers(&[*extent]),
                Extent::Batch(1) => batch.clone(),
                Extent::Batch(times) => {
                    let times = self.integers(&[*times]);
                    self.op("Mul", &[&batch, &times], &[])
                }
            })
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(self.op("Concat", &parts, &[("axis", Value::Int(0))]))
    }

    /// The same elements in another shape; `None` as for [`shape`](Self::shape).
    pub(super) fn reshape(&mut self, x: &str, extents: &[Extent]) -> Option<String> {
        let open = extents.iter().filter(|extent| matches!(extent, Extent::Batch(_))).count();
        let shape = if open == 1 {
            let extents = extents.iter().map(|extent| match extent {
                Extent::Fixed(extent) => *extent,
                Extent::Batch(_) => -1,
            });
            self.integers(&extents.collect::<Vec<_>>())
        } else {
            self.shape(extents)?
        };
        Some(self.op("Reshape", &[x, &shape], &[]))
    }

    /// 1 where `condition` (a value of type bool) holds, 0 elsewhere.
    pub(super) fn number(&mut self, condition: &str) -> String {
        self.op("Cast", &[condition], &[("to", Value::Int(data_type::FLOAT.into()))])
    }

    /// Numbers as indices, with their fractions cut off.
    pub(super) fn indices(&mut self, x: &str) -> String {
        self.op("Cast", &[x], &[("to", Value::Int(data_type::INT64.into()))])
    }

    /// False for 0, true for the rest.
    pub(super) fn truth(&mut self, x: &str) -> String {
        self.op("Cast", &[x], &[("to", Value::Int(data_type::BOOL.into()))])
    }
}

fn attribute(name: &str, value: &Value<'_>) -> Attribute {
    let mut attribute = Attribute { name: name.to_owned(), ..Attribute::default() };
    match value {
        Value::Int(value) => (attribute.i, attribute.r#type) = (Some(*value), attribute_type::INT),
        Value::Ints(values) => (attribute.ints, attribute.r#type) = (values.to_vec(), attribute_type::INTS),
        Value::Float(value) => (attribute.f, attribute.r#type) = (Some(*value), attribute_type::FLOAT),
        Value::Text(value) => {
            (attribute.s, attribute.r#type) = (Some(value.as_bytes().to_vec()), attribute_type::STRING)
        }
    }
    attribute
}
