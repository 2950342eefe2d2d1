//! The messages of `onnx.proto` (version 1.18 of the format's definition), as far as they are read here. Names and values are
//! those of the file's bytes.

use std::collections::HashSet;

use crate::error::ImportError;
use crate::wire::{Budget, Content, Message};

/// `ModelProto`.
#[derive(Default)]
pub(crate) struct Model<'a> {
    /// Version of the operators of the standard domain.
    pub(crate) opset: Option<i64>,
    pub(crate) graph: Option<Graph<'a>>,
}

/// `GraphProto`.
#[derive(Default)]
pub(crate) struct Graph<'a> {
    pub(crate) name: &'a str,
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) constants: Vec<Tensor<'a>>,
    pub(crate) inputs: Vec<Port<'a>>,
    pub(crate) outputs: Vec<Port<'a>>,
}

/// `NodeProto`.
#[derive(Default)]
pub(crate) struct Node<'a> {
    pub(crate) name: &'a str,
    pub(crate) op_type: &'a str,
    pub(crate) domain: &'a str,
    /// Names of values; empty where an optional one is left out.
    pub(crate) inputs: Vec<&'a str>,
    pub(crate) outputs: Vec<&'a str>,
    pub(crate) attributes: Vec<(&'a str, Attribute<'a>)>,
}

/// `AttributeProto`: its value.
pub(crate) enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Text(&'a [u8]),
    Tensor(Tensor<'a>),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    /// A graph, a sparse tensor, a type, or a list of such.
    Other,
}

/// `TensorProto`.
#[derive(Default)]
pub(crate) struct Tensor<'a> {
    pub(crate) name: &'a str,
    pub(crate) dims: Vec<i64>,
    /// `DataType`.
    pub(crate) data_type: i64,
    /// The values, where they stand in the file: of a list that is packed, or one by one.
    pub(crate) raw: Option<&'a [u8]>,
    pub(crate) packed: Option<Message<'a>>,
    /// Numbers of a list that is not packed, with the bytes of each.
    pub(crate) single: Vec<Content<'a>>,
    pub(crate) external: Option<External<'a>>,
}

/// Where the values of a tensor lie outside of the file.
#[derive(Default)]
pub(crate) struct External<'a> {
    pub(crate) location: &'a str,
    pub(crate) offset: Option<&'a str>,
    pub(crate) length: Option<&'a str>,
}

/// `ValueInfoProto`: an input or output of the graph.
#[derive(Default)]
pub(crate) struct Port<'a> {
    pub(crate) name: &'a str,
    /// `DataType`; 0 where it is not said.
    pub(crate) data_type: i64,
    /// `None` where the number of axes is not said; an extent is `None` where it is free.
    pub(crate) shape: Option<Vec<Option<i64>>>,
}

/// Numbers of `AttributeProto.AttributeType`.
mod attribute_type {
    pub(super) const FLOAT: i64 = 1;
    pub(super) const INT: i64 = 2;
    pub(super) const STRING: i64 = 3;
    pub(super) const TENSOR: i64 = 4;
    pub(super) const FLOATS: i64 = 6;
    pub(super) const INTS: i64 = 7;
}

/// `TensorProto.DataLocation.EXTERNAL`.
const EXTERNAL: i64 = 1;

impl<'a> Model<'a> {
    pub(crate) fn read(bytes: &'a [u8], budget: &mut Budget) -> Result<Self, ImportError> {
        let mut message = Message::new(bytes);
        let mut model = Self::default();
        while let Some((tag, content)) = message.next()? {
            match tag {
                7 => model.graph = Some(Graph::read(content.message(&message)?, budget)?),
                8 => {
                    if let ("" | "ai.onnx", version) = operator_set(content.message(&message)?)? {
                        model.opset = Some(version);
                    }
                }
                _ => {}
            }
        }
        Ok(model)
    }
}

fn operator_set(mut message: Message<'_>) -> Result<(&str, i64), ImportError> {
    let (mut domain, mut version) = ("", 0);
    while let Some((tag, content)) = message.next()? {
        match tag {
            1 => domain = content.text(&message)?,
            2 => version = content.int(&message)?,
            _ => {}
        }
    }
    Ok((domain, version))
}

impl<'a> Graph<'a> {
    fn read(mut message: Message<'a>, budget: &mut Budget) -> Result<Self, ImportError> {
        let mut graph = Self::default();
        while let Some((tag, content)) = message.next()? {
            budget.take(1)?;
            match tag {
                1 => graph.nodes.push(Node::read(content.message(&message)?, budget)?),
                2 => graph.name = content.text(&message)?,
                5 => graph.constants.push(Tensor::read(content.message(&message)?, budget)?),
                11 => graph.inputs.push(Port::read(content.message(&message)?, budget)?),
                12 => graph.outputs.push(Port::read(content.message(&message)?, budget)?),
                _ => {}
            }
        }
        Ok(graph)
    }
}

impl<'a> Graph<'a> {
    /// Leaves only what leads to these values, which become the outputs.
    pub(crate) fn end_at(&mut self, outputs: &[&'a str]) {
        let mut needed: HashSet<&str> = outputs.iter().copied().collect();
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.nodes).into_iter().rev() {
            if node.outputs.iter().any(|name| needed.contains(name)) {
                needed.extend(&node.inputs);
                kept.push(node);
            }
        }
        kept.reverse();
        self.nodes = kept;
        self.constants.retain(|constant| needed.contains(constant.name));
        self.inputs.retain(|input| needed.contains(input.name));
        self.outputs = outputs.iter().map(|&name| Port { name, ..Port::default() }).collect();
    }
}

impl<'a> Node<'a> {
    fn read(mut message: Message<'a>, budget: &mut Budget) -> Result<Self, ImportError> {
        let mut node = Self::default();
        while let Some((tag, content)) = message.next()? {
            budget.take(1)?;
            match tag {
                1 => node.inputs.push(content.text(&message)?),
                2 => node.outputs.push(content.text(&message)?),
                3 => node.name = content.text(&message)?,
                4 => node.op_type = content.text(&message)?,
                5 => node.attributes.push(Attribute::read(content.message(&message)?, budget)?),
                7 => node.domain = content.text(&message)?,
                _ => {}
            }
        }
        Ok(node)
    }

    /// What errors call it: its name, or that of its first output.
    pub(crate) fn shown(&self) -> String {
        let name = if self.name.is_empty() { self.outputs.first().copied().unwrap_or_default() } else { self.name };
        name.to_owned()
    }
}

impl<'a> Attribute<'a> {
    fn read(mut message: Message<'a>, budget: &mut Budget) -> Result<(&'a str, Self), ImportError> {
        let (mut name, mut kind) = ("", 0);
        let (mut float, mut int, mut text, mut tensor) = (0.0, 0, &b""[..], None);
        let (mut floats, mut ints) = (Vec::new(), Vec::new());
        while let Some((tag, content)) = message.next()? {
            match tag {
                1 => name = content.text(&message)?,
                2 => float = content.float(&message)?,
                3 => int = content.int(&message)?,
                4 => text = content.message(&message)?.bytes(),
                5 => tensor = Some(Tensor::read(content.message(&message)?, budget)?),
                7 => content.floats(&message, budget, &mut floats)?,
                8 => content.ints(&message, budget, &mut ints)?,
                20 => kind = content.int(&message)?,
                _ => {}
            }
        }
        let value = match kind {
            attribute_type::FLOAT => Self::Float(float),
            attribute_type::INT => Self::Int(int),
            attribute_type::STRING => Self::Text(text),
            attribute_type::TENSOR => Self::Tensor(tensor.unwrap_or_default()),
            attribute_type::FLOATS => Self::Floats(floats),
            attribute_type::INTS => Self::Ints(ints),
            _ => Self::Other,
        };
        Ok((name, value))
    }
}

impl<'a> Tensor<'a> {
    fn read(mut message: Message<'a>, budget: &mut Budget) -> Result<Self, ImportError> {
        let mut tensor = Self::default();
        let (mut location, mut external) = (0, External::default());
        while let Some((tag, content)) = message.next()? {
            match tag {
                1 => content.ints(&message, budget, &mut tensor.dims)?,
                2 => tensor.data_type = content.int(&message)?,
                // float_data, int32_data, int64_data, double_data and uint64_data, of which the type allows one.
                4 | 5 | 7 | 10 | 11 => match content {
                    Content::Bytes(packed) => tensor.packed = Some(packed),
                    single => {
                        budget.take(1)?;
                        tensor.single.push(single);
                    }
                },
                8 => tensor.name = content.text(&message)?,
                9 => tensor.raw = Some(content.message(&message)?.bytes()),
                13 => external.entry(content.message(&message)?)?,
                14 => location = content.int(&message)?,
                _ => {}
            }
        }
        tensor.external = (location == EXTERNAL).then_some(external);
        Ok(tensor)
    }
}

impl<'a> External<'a> {
    fn entry(&mut self, mut message: Message<'a>) -> Result<(), ImportError> {
        let (mut key, mut value) = ("", "");
        while let Some((tag, content)) = message.next()? {
            match tag {
                1 => key = content.text(&message)?,
                2 => value = content.text(&message)?,
                _ => {}
            }
        }
        match key {
            "location" => self.location = value,
            "offset" => self.offset = Some(value),
            "length" => self.length = Some(value),
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Port<'a> {
    fn read(mut message: Message<'a>, budget: &mut Budget) -> Result<Self, ImportError> {
        let mut port = Self::default();
        while let Some((tag, content)) = message.next()? {
            match tag {
                1 => port.name = content.text(&message)?,
                2 => {
                    let mut of_type = content.message(&message)?;
                    while let Some((tag, content)) = of_type.next()? {
                        if tag == 1 {
                            port.tensor_type(content.message(&of_type)?, budget)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(port)
    }

    /// `TypeProto.Tensor`.
    fn tensor_type(&mut self, mut message: Message<'a>, budget: &mut Budget) -> Result<(), ImportError> {
        while let Some((tag, content)) = message.next()? {
            match tag {
                1 => self.data_type = content.int(&message)?,
                2 => {
                    let mut of_shape = content.message(&message)?;
                    let shape = self.shape.insert(Vec::new());
                    while let Some((tag, content)) = of_shape.next()? {
                        if tag == 1 {
                            budget.take(1)?;
                            shape.push(extent(content.message(&of_shape)?)?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `TensorShapeProto.Dimension`: its number, unless it has a name or nothing.
fn extent(mut message: Message<'_>) -> Result<Option<i64>, ImportError> {
    let mut found = None;
    while let Some((tag, content)) = message.next()? {
        if tag == 1 {
            // Some tools write a free extent as −1 or 0.
            found = Some(content.int(&message)?).filter(|&extent| extent > 0);
        }
    }
    Ok(found)
}
