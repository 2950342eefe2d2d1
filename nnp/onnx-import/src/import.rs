//! From the bytes of a file to a model: which batch it is read for, its inputs, its nodes in order, its outputs.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use nnp::Model;

use crate::array::{Array, MOST_AXES, Room};
use crate::call::{Call, Context, Value};
use crate::error::{ImportError, Lack};
use crate::file;
use crate::function;
use crate::network::{Draft, Extent, Kind, Var};
use crate::tensor::{self, Folder, data_type};
use crate::wire::Budget;
use nnp::op::Unary;

/// Versions of operators that are read.
const OPSETS: std::ops::RangeInclusive<i64> = 13..=21;
/// Most bytes of a file: protobuf holds no more.
const LIMIT: u64 = 0x7fff_ffff;
/// Two batches that tell what depends on the batch, and how. No extent of a model is likely to be cut at the second.
const FREE: Extent = [1, 1009];

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Rows that the network is stored for where the file leaves them open.
    pub batch: usize,
    /// Extents behind the batch for axes of inputs that the file leaves open, such as those of an image; empty for none.
    pub open: &'a [usize],
    /// Values to end at instead of the outputs of the file; empty for those. Nodes that they do not need are not looked at.
    pub outputs: &'a [&'a str],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { batch: 1, open: &[], outputs: &[] }
    }
}

/// A network that was read.
pub struct Imported {
    /// The network, an executor that binds all of its inputs and outputs, and the parameters.
    pub model: Model,
    /// Version of the operators that the file uses.
    pub opset: i64,
    /// Nodes of the file.
    pub nodes: usize,
    /// The only batch that the network can be run with; `None` when any can be fed.
    pub batch: Option<usize>,
}

/// Reads the ONNX file `path`; external data has to lie in its folder or beneath.
///
/// # Errors
/// [`ImportError`].
pub fn read(path: &Path, options: Options<'_>) -> Result<Imported, ImportError> {
    let failed = |reason| ImportError::Io { path: path.to_owned(), reason };
    let bytes = nnc_files::read_regular(path, LIMIT).map_err(failed)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    read_bytes(&bytes, Some(folder), options)
}

/// Reads an ONNX file from memory, with external data beneath `folder` if there is one.
///
/// # Errors
/// [`ImportError`].
pub fn read_bytes(bytes: &[u8], folder: Option<&Path>, options: Options<'_>) -> Result<Imported, ImportError> {
    let model = file::Model::read(bytes, &mut Budget::default())?;
    let (least, most) = (*OPSETS.start(), *OPSETS.end());
    let opset = model.opset.unwrap_or(0);
    let mut graph = model.graph.ok_or(ImportError::NoGraph)?;
    if !OPSETS.contains(&opset) {
        return Err(ImportError::Opset { found: opset, least, most });
    }
    if graph.outputs.is_empty() {
        return Err(ImportError::NoGraph);
    }
    if !options.outputs.is_empty() {
        graph.end_at(options.outputs);
    }
    let ports = ports(&graph, &options)?;
    let fixed = ports.iter().all(|port| port.rows.is_some());
    let rows = ports.iter().find_map(|port| port.rows).filter(|_| fixed).unwrap_or(options.batch);
    let import = |batch: Extent, bound| network(&graph, &ports, opset, Folder::new(folder), (batch, bound), rows);
    let (model, bound) = match import(FREE, false) {
        Ok(model) if !fixed => (model, false),
        // Nothing in it depends on how many rows the file is for.
        Ok(_) => (import([rows; 2], false)?, false),
        // Its arrays are for that batch, and another one changes nothing else.
        Err(error) if fixed && names_the_batch_in_shapes_alone(&error, &graph) => (import([rows; 2], false)?, false),
        // For one batch it may be possible. What was computed from it is a constant then, and wrong for others.
        Err(error) if fixed || matches!(error, ImportError::NoCounterpart { lack: Lack::Batch, .. }) => {
            (import([rows; 2], true)?, true)
        }
        Err(error) => return Err(error),
    };
    let free = !bound && model.networks.first().is_some_and(|network| follows_the_batch(network, rows));
    Ok(Imported { model, opset, nodes: graph.nodes.len(), batch: (!free).then_some(rows) })
}

/// Operators that can take rows of a batch apart, count them, or add some.
const COUNTING: [&str; 12] = [
    "ConstantOfShape",
    "Expand",
    "Gather",
    "GatherElements",
    "GatherND",
    "Pad",
    "Range",
    "Shape",
    "Size",
    "Slice",
    "Split",
    "Tile",
];

/// Whether all that keeps a network from any batch is the shape that a Reshape has as a constant.
fn names_the_batch_in_shapes_alone(error: &ImportError, graph: &file::Graph<'_>) -> bool {
    let at = match error {
        ImportError::NoCounterpart { op_type, .. } | ImportError::Shape { op_type, .. } => op_type.as_str(),
        _ => "",
    };
    at == "Reshape" && graph.nodes.iter().all(|node| !COUNTING.contains(&node.op_type))
}

/// Whether a network can be run with another batch, and its outputs have as many rows then.
fn follows_the_batch(network: &nnp::Network, rows: usize) -> bool {
    let other = rows.saturating_add(1);
    network.infer_shapes(other).is_ok_and(|shapes| {
        network.outputs().all(|output| {
            output.shape.first() != Some(&-1)
                || shapes.get(&output.name).and_then(|shape| shape.first()) == Some(&other)
        })
    })
}

/// An input that is fed.
struct Port<'a> {
    name: &'a str,
    /// Its first extent, unless that is free.
    rows: Option<usize>,
    /// The others.
    rest: Vec<usize>,
    kind: Kind,
    /// It has no axes at all.
    scalar: bool,
}

fn ports<'a>(graph: &file::Graph<'a>, options: &Options<'_>) -> Result<Vec<Port<'a>>, ImportError> {
    let constants: HashSet<&str> = graph.constants.iter().map(|constant| constant.name).collect();
    // Files of old versions list constants among the inputs.
    let fed = graph.inputs.iter().filter(|input| !constants.contains(input.name));
    fed.map(|input| {
        let name = || input.name.to_owned();
        let shape = input.shape.as_ref().filter(|shape| shape.len() <= MOST_AXES);
        let shape = shape.ok_or_else(|| ImportError::NoShape { name: name() })?;
        let kind = match input.data_type {
            data_type::FLOAT | data_type::FLOAT16 | data_type::DOUBLE | data_type::BFLOAT16 => Kind::Float,
            data_type::BOOL => Kind::NonZero,
            data_type::UINT8..=data_type::INT64 | data_type::UINT32 | data_type::UINT64 => Kind::Whole,
            data_type => return Err(ImportError::InputType { name: name(), data_type }),
        };
        let extent = |extent: i64| usize::try_from(extent).map_err(|_| ImportError::NoShape { name: name() });
        let rows = shape.first().copied().flatten().map(extent).transpose()?;
        let rest = shape.iter().enumerate().skip(1).map(|(axis, found)| match found {
            Some(found) => extent(*found),
            None if options.open.len() + 1 == shape.len() => {
                Ok(options.open.get(axis - 1).copied().unwrap_or_default())
            }
            None => Err(ImportError::FreeAxis { name: name(), axis }),
        });
        let rest = rest.collect::<Result<_, _>>()?;
        Ok(Port {
            name: input.name,
            rows: if shape.is_empty() { Some(1) } else { rows },
            rest,
            kind,
            scalar: shape.is_empty(),
        })
    })
    .collect()
}

/// The names of everything in a file, each made once.
fn names(graph: &file::Graph<'_>, ports: &[Port<'_>]) -> Result<HashSet<String>, ImportError> {
    let made = graph.nodes.iter().flat_map(|node| &node.outputs).filter(|name| !name.is_empty());
    let constants = graph.constants.iter().map(|constant| constant.name).filter(|name| !name.is_empty());
    let all = ports.iter().map(|port| port.name).chain(constants).chain(made.copied());
    let mut names = HashSet::new();
    for name in all {
        if !names.insert(name.to_owned()) {
            return Err(ImportError::TwoProducers { value: name.to_owned() });
        }
    }
    Ok(names)
}

/// Makes the network for two batches.
fn network(
    graph: &file::Graph<'_>,
    ports: &[Port<'_>],
    opset: i64,
    mut folder: Folder<'_>,
    (batch, bound): (Extent, bool),
    rows: usize,
) -> Result<Model, ImportError> {
    let mut room = Room::default();
    let mut draft = Draft::new(batch, names(graph, ports)?);
    let mut values: HashMap<&str, Value> = HashMap::new();
    for constant in &graph.constants {
        let array: Array = tensor::read(constant, constant.name, &mut folder, &mut room)?;
        values.insert(constant.name, Value::Fixed(array));
    }
    for port in ports {
        // Whether a file for one batch needs that batch shows when it is read as one for any.
        let fixed = port.rows.filter(|&found| !(Draft::follows(&batch) && found == rows));
        let per_sample = !bound && !port.scalar && fixed.is_none_or(|found| found == batch[0] && batch[0] == batch[1]);
        let first = match fixed {
            _ if port.scalar => None,
            Some(rows) => Some([rows; 2]),
            None => Some(batch),
        };
        let shape = first.into_iter().chain(port.rest.iter().map(|&extent| [extent; 2])).collect();
        values.insert(port.name, Value::Made(draft.input(port.name, shape, per_sample, port.kind)));
    }
    let mut context = Context { draft, room, folder, opset };
    for node in &graph.nodes {
        let inputs = node.inputs.iter().map(|&name| match name {
            "" => Ok(None),
            name => values
                .get(name)
                .cloned()
                .map(Some)
                .ok_or_else(|| ImportError::UnknownValue { node: node.shown(), value: name.to_owned() }),
        });
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let made = function::write(&mut Call::new(node, &mut context, inputs))?;
        for (value, &name) in made.iter().zip(&node.outputs).filter(|(_, name)| !name.is_empty()) {
            if let Value::Made(var) = value {
                context.draft.name(*var, name);
            }
        }
        for (index, &name) in node.outputs.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let value = made.get(index).cloned();
            // An output that no function gives is refused where it is read.
            if let Some(value) = value {
                values.insert(name, value);
            }
        }
    }
    let outputs = outputs(graph, &mut context, &values)?;
    context.draft.finish(&outputs, rows)
}

/// The outputs, under their names.
fn outputs(
    graph: &file::Graph<'_>,
    context: &mut Context<'_>,
    values: &HashMap<&str, Value>,
) -> Result<Vec<Var>, ImportError> {
    let mut outputs = Vec::with_capacity(graph.outputs.len());
    let mut seen = HashSet::new();
    for output in &graph.outputs {
        let name = output.name;
        let unknown = || ImportError::UnknownValue { node: "(outputs)".to_owned(), value: name.to_owned() };
        let value = values.get(name).cloned().ok_or_else(unknown)?;
        if !seen.insert(name) {
            return Err(ImportError::TwoProducers { value: name.to_owned() });
        }
        // What is only another name of something else gets a variable of its own.
        let node = file::Node { name, op_type: "Identity", ..file::Node::default() };
        let mut call = Call::new(&node, context, vec![Some(value)]);
        let var = call.number(0)?;
        let is_made = call.context.draft.is_made(var);
        if is_made && call.context.draft.name(var, name) {
            outputs.push(var);
            continue;
        }
        let copy = call.unary(Unary::Identity, var)?;
        context.draft.name(copy, name);
        outputs.push(copy);
    }
    Ok(outputs)
}
