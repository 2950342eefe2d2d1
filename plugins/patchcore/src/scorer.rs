//! Runs a trained model: the network up to the embedding, then our own search for the nearest patch.
//!
//! The part behind the embedding is left out where it is known to compute that distance: when it is what we write, or
//! what NNC writes. NNC's would take as many values as embedding times memory. Any other network with an anomaly map runs
//! as it is, image by image.

use std::collections::HashSet;

use nnc_engine::{Compute, EngineError, Executor, executor, micro_batch, plugin};
use nnc_plugin_api::{Error, Result};
use nnp::op::{Binary, BinaryKind, Op, Reduce, ReduceKind, Scalar, ScalarKind};
use nnp::{Function, Model, Network, NetworkBuilder};
use tch::{Device, Tensor};

use crate::nearest::Memory;
use crate::{MAP, OUTPUT, head};

/// Name of the parameter with the patches.
pub(crate) const MEMORY: &str = "memory";

/// A model that is ready to score images.
pub(crate) enum Scorer {
    /// The network ends at the embedding.
    Search(Executor, Memory),
    /// The network gives the map.
    Network(Executor),
}

impl Scorer {
    /// Opens a model. Where its head is known, what is before it runs as `compute` says; any other model on
    /// libtorch.
    ///
    /// # Errors
    /// A model without anomaly map, one that does not hold together, one that cannot run in that precision, and one that
    /// libtorch has no memory for.
    pub(crate) fn open(model: &Model, compute: &Compute) -> Result<Self> {
        let device = compute.device;
        // This also checks everything that the search relies on.
        let whole = Executor::of_model(model, OUTPUT, device).map_err(unsuitable)?;
        let network = executor::main_network(model).map_err(unsuitable)?;
        let Some((embedding, patches, dim)) = search(model, network) else {
            plugin::only_full(compute.precision)?;
            return Ok(Self::Network(whole));
        };
        drop(whole);
        let executor = Executor::new(network, &model.parameters, &[embedding], compute).map_err(unsuitable)?;
        Ok(Self::Search(executor, Memory::new(patches, dim, device)?))
    }

    /// How many threads score at a time, of so many, and how many images each takes at once.
    pub(crate) fn sizes(&self, threads: usize) -> (usize, usize) {
        match self {
            Self::Search(executor, _) => (threads, micro_batch::rows(executor, threads)),
            Self::Network(_) => (1, 1),
        }
    }

    /// The same model, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        match self {
            Self::Search(executor, memory) => Self::Search(executor.replica(), memory.replica()),
            Self::Network(executor) => Self::Network(executor.replica()),
        }
    }

    /// What runs the network.
    pub(crate) fn executor(&self) -> &Executor {
        match self {
            Self::Search(executor, _) | Self::Network(executor) => executor,
        }
    }

    /// Where it runs.
    pub(crate) fn device(&self) -> Device {
        self.executor().device()
    }

    /// The maps of images (B,3,224,224): (B,28,28).
    ///
    /// # Errors
    /// A map of another shape, and what libtorch says.
    pub(crate) fn run(&self, x: &Tensor) -> Result<Tensor> {
        let (count, side) = (x.size()[0], MAP as i64);
        let maps = match self {
            Self::Search(executor, memory) => {
                let embedding = executor.run(x)?.swap_remove(0);
                memory
                    .distances(&embedding.f_reshape([count, memory.dim(), side * side])?)?
                    .f_view([count, side, side])?
            }
            Self::Network(executor) => executor.run(x)?.swap_remove(0),
        };
        if maps.size() != [count, side, side] {
            let found = maps.size();
            return Err(Error::model(format!("the model's output has shape {found:?}, expected ({count}, 28, 28)")));
        }
        Ok(maps)
    }
}

/// For `map_err`: what a model file is to blame for.
fn unsuitable(error: EngineError) -> Error {
    Error::model(error.to_string())
}

/// The variable with the embedding, the patches that it is compared with, and their channels, if that is all the model does.
fn search<'a>(model: &'a Model, network: &'a Network) -> Option<(&'a str, &'a [f32], usize)> {
    let parameter = model.parameters.get(MEMORY)?;
    let &[1, dim, patches, 1, 1] = parameter.shape.as_slice() else { return None };
    Some((embedding(network, dim, patches)?, &parameter.data, dim))
}

/// The variable with the embedding, if everything behind it computes the distance to the nearest patch.
fn embedding(network: &Network, dim: usize, patches: usize) -> Option<&str> {
    let order = network.topological().ok()?;
    let functions: Vec<&Function> = order.iter().filter_map(|&index| network.functions.get(index)).collect();
    let mut behind: HashSet<&str> = HashSet::from([MEMORY]);
    let mut head: Vec<&Function> = Vec::new();
    for function in functions {
        if function.inputs.iter().any(|name| behind.contains(name.as_str())) {
            behind.extend(function.outputs.iter().map(String::as_str));
            head.push(function);
        }
    }
    let mut before = head.iter().flat_map(|f| &f.inputs).map(String::as_str).filter(|name| !behind.contains(name));
    let embedding = before.next()?;
    let last = head.last()?;
    let whole = before.all(|name| name == embedding) && last.outputs == [OUTPUT];
    let shape = network.variable(embedding)?.shape_at(1)?;
    let fits = shape.iter().product::<usize>() == dim * MAP * MAP && shape.get(1) == Some(&dim);
    (whole && fits && (is_ours(&head, dim, patches) || is_nncs(&head))).then_some(embedding)
}

/// Whether these functions are the ones we write.
fn is_ours(head: &[&Function], dim: usize, patches: usize) -> bool {
    let mut builder = NetworkBuilder::new("network", 1);
    let embedding = builder.input("embedding", &[dim, MAP, MAP]);
    let memory = builder.declare_parameter(MEMORY, &[1, dim, patches, 1, 1]);
    let ours = head::score(&mut builder, embedding, memory).and_then(|score| builder.finish(&[score], true));
    let Some(ours) = ours.ok().and_then(|model| model.networks.into_iter().next()) else { return false };
    // Both in an order that follows from the file's, which is ours as well.
    ours.functions.len() == head.len() && ours.functions.iter().zip(head).all(|(ours, found)| ours.op == found.op)
}

/// Whether these functions are NNC's: difference, square, sum over channels, root, minimum over patches; the last two
/// in any order.
fn is_nncs(head: &[&Function]) -> bool {
    let [difference, square, sum, one, other] = head else { return false };
    let power = |function: &Function, by: f64| matches!(&function.op, Op::Scalar(Scalar { kind: ScalarKind::PowScalar, val, .. }) if *val == by);
    let reduces = |function: &Function, wanted: ReduceKind| matches!(&function.op, Op::Reduce(Reduce { kind, axes, keep_dims: false, with_index: false, only_index: false }) if *kind == wanted && axes == &[1]);
    let binary = |function: &Function, wanted: BinaryKind| matches!(&function.op, Op::Binary(Binary { kind, .. }) if *kind == wanted);
    let squared = power(square, 2.0) || binary(square, BinaryKind::Mul2) && square.inputs[..1] == square.inputs[1..];
    let least = |a, b| power(a, 0.5) && reduces(b, ReduceKind::Min);
    binary(difference, BinaryKind::Sub2)
        && squared
        && reduces(sum, ReduceKind::Sum)
        && (least(*one, *other) || least(*other, *one))
}

#[cfg(test)]
mod tests;
