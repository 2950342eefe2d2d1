//! Networks on ONNX Runtime: whether one can run there, and how.
//!
//! One row at a time: a result is the same bytes then, whatever the number of threads and of rows that are fed at once.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use nnp::{Network, Parameters};
use nnp_onnx::OnnxError;
use tch::{Device, Kind, Tensor};

use super::graph::{Graph, Id, Input};
use super::kernel;
use crate::error::{EngineError, torch};
use crate::mixing::mixes_samples;
use crate::onnxruntime::{Refusal, Runtime, Session, View, ViewMut};

/// Most bytes of parameters: they are in memory three times while a session is made.
const LIMIT: u64 = 512 << 20;

/// A network that runs on ONNX Runtime.
#[derive(Clone)]
pub(super) struct Onnx {
    session: Arc<Session>,
    /// Shapes of one row of the inputs and of the wanted values, with its first extent of 1.
    fed: Vec<Vec<i64>>,
    wanted: Vec<Vec<i64>>,
}

/// Why a network runs on libtorch all the same.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It has no counterpart in ONNX.
    Onnx(OnnxError),
    /// Not everything that is fed or wanted has one row for each sample.
    Rows,
    /// Its parameters are too many.
    Large,
    /// A result for one sample may depend on others of its batch.
    Mixes,
    /// It has functions that draw at random, or may.
    Draws,
    /// ONNX Runtime does not take it.
    Refused(Refusal),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Onnx(error) => error.fmt(f),
            Self::Rows => f.write_str("not all of its inputs and results have one row for each sample"),
            Self::Large => write!(f, "its parameters have more than {} MB", LIMIT >> 20),
            Self::Mixes => f.write_str("results for one sample may depend on others"),
            Self::Draws => f.write_str("it has functions that draw at random"),
            Self::Refused(Refusal(reason)) => f.write_str(reason),
        }
    }
}

impl Onnx {
    /// Exports what the variables `wanted` need, and reads it with the library in the file `library`.
    pub(super) fn compile(
        library: &Path,
        network: &Network,
        parameters: &Parameters,
        wanted: &[&str],
        graph: &Graph,
    ) -> Result<Self, Unfit> {
        network.validate().map_err(|error| Unfit::Onnx(error.into()))?;
        if graph.nodes.iter().any(|node| kernel::draws(&node.op, true)) {
            return Err(Unfit::Draws);
        }
        if mixes_samples(network, wanted) {
            return Err(Unfit::Mixes);
        }
        let (fed, results) = rows(network, wanted, graph)?;
        let bytes = graph.constants.iter().flatten().map(|tensor| 4 * tensor.numel() as u64).sum::<u64>();
        if bytes > LIMIT {
            return Err(Unfit::Large);
        }
        let inputs: Vec<String> = graph.inputs.iter().map(|input| input.name.clone()).collect();
        let outputs: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
        let exported = nnp_onnx::part(network, parameters, inputs.clone(), outputs.clone()).map_err(Unfit::Onnx)?;
        if exported.batch.is_some() {
            return Err(Unfit::Rows);
        }
        let runtime = Runtime::open(library).map_err(Unfit::Refused)?;
        let session = Session::new(runtime, &exported.bytes, &inputs, &outputs).map_err(Unfit::Refused)?;
        Ok(Self { session: Arc::new(session), fed, wanted: results })
    }

    /// As `ONNX Runtime 1.32.0`.
    pub(super) fn name(&self) -> String {
        format!("ONNX Runtime {}", self.session.version())
    }

    /// The wanted values of `rows` rows of the inputs, which have the shapes that the network expects.
    pub(super) fn run(&self, rows: usize, fed: &[(Id, &Tensor)]) -> Result<Vec<Tensor>, EngineError> {
        let prepare = |tensor: &Tensor| tensor.f_to_kind(Kind::Float)?.f_contiguous();
        let fed: Vec<Tensor> = fed
            .iter()
            .map(|(_, tensor)| prepare(tensor))
            .collect::<Result<_, _>>()
            .map_err(torch("preparing an input"))?;
        if let Some(other) = fed.iter().find(|tensor| tensor.size().first() != Some(&(rows as i64))) {
            let reason = format!("inputs have {rows} rows and {:?}", other.size().first());
            return Err(EngineError::Torch { action: "running the network on ONNX Runtime", reason });
        }
        let whole = |row: &[i64]| [&[rows as i64], row.get(1..).unwrap_or_default()].concat();
        let mut results: Vec<Tensor> = self
            .wanted
            .iter()
            .map(|row| Tensor::f_empty(whole(row), (Kind::Float, Device::Cpu)))
            .collect::<Result<_, _>>()
            .map_err(torch("making room for results"))?;
        let length = |row: &[i64]| row.iter().product::<i64>() as usize;
        for row in 0..rows {
            let fed: Vec<View<'_>> = fed
                .iter()
                .zip(&self.fed)
                .map(|(tensor, shape)| View {
                    values: &elements(tensor)[row * length(shape)..][..length(shape)],
                    shape,
                })
                .collect();
            let mut room: Vec<ViewMut<'_>> = results
                .iter_mut()
                .zip(&self.wanted)
                .map(|(tensor, shape)| ViewMut {
                    values: &mut elements_mut(tensor)[row * length(shape)..][..length(shape)],
                    shape,
                })
                .collect();
            self.session.run(&fed, &mut room).map_err(|Refusal(reason)| EngineError::Torch {
                action: "running the network on ONNX Runtime",
                reason,
            })?;
        }
        Ok(results)
    }
}

/// Of one row each.
type Shapes = Vec<Vec<i64>>;

/// Shapes of one row of the inputs and of the wanted values, where all of them have one for each sample.
fn rows(network: &Network, wanted: &[&str], graph: &Graph) -> Result<(Shapes, Shapes), Unfit> {
    let fed = graph.inputs.iter().map(|input: &Input| {
        let row = [&[1], input.shape.as_slice()].concat();
        input.per_sample.then_some(row)
    });
    let fed = fed.collect::<Option<Vec<_>>>().filter(|fed| !fed.is_empty()).ok_or(Unfit::Rows)?;
    let [one, two] = [1, 2].map(|rows| network.infer_shapes(rows));
    let (Ok(one), Ok(two)) = (one, two) else { return Err(Unfit::Rows) };
    let mut results: Vec<Vec<i64>> = Vec::new();
    for (at, &name) in wanted.iter().enumerate() {
        let made = network.functions.iter().any(|function| function.outputs.iter().any(|output| output == name));
        let (Some([1, first @ ..]), Some([2, second @ ..])) =
            (one.get(name).map(Vec::as_slice), two.get(name).map(Vec::as_slice))
        else {
            return Err(Unfit::Rows);
        };
        if !made || first != second || wanted.iter().take(at).any(|&other| other == name) {
            return Err(Unfit::Rows);
        }
        let extents = first.iter().map(|&extent| i64::try_from(extent)).collect::<Result<Vec<_>, _>>();
        results.push([&[1], extents.map_err(|_| Unfit::Rows)?.as_slice()].concat());
    }
    Ok((fed, results))
}

/// The values of a contiguous tensor of f32 in ordinary memory.
fn elements(tensor: &Tensor) -> &[f32] {
    if tensor.numel() == 0 {
        return &[];
    }
    // SAFETY: such a tensor has as many values one after the other, which live as long as it does; nobody writes to them
    // while it is borrowed.
    unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast::<f32>(), tensor.numel()) }
}

/// As [`elements`], of a tensor that shares its memory with no other.
fn elements_mut(tensor: &mut Tensor) -> &mut [f32] {
    if tensor.numel() == 0 {
        return &mut [];
    }
    // SAFETY: as above; and it was just made here, so no other tensor looks at its memory.
    unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<f32>(), tensor.numel()) }
}
