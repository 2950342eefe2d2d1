//! Runs a trained model: the network up to the embedding, then the distance in a form that is made for many images at once.
//! A model whose head is not the one that we write runs as it is, function by function.

use std::collections::HashSet;

use nnc_engine::{Compute, EngineError, Executor, executor, image_tensor, micro_batch, plugin, values};
use nnc_plugin_api::{Error, Result};
use nnp::{Function, Model, Network, NetworkBuilder};
use tch::{Device, Tensor};

use crate::distance::Distance;
use crate::{GRID, IMAGE, MAP, MEAN, OUTPUT, SIDE, WHITENING, head};

/// Images for which one reading of the matrices is enough.
const BLOCK: usize = 16;

/// A model that is ready to score images.
pub(crate) struct Scorer {
    executor: Executor,
    /// Images in one forward pass.
    micro_batch: usize,
    /// Where the executor ends at the embedding.
    distance: Option<Distance>,
}

impl Scorer {
    /// Opens a model. Where its head is known, what is before it runs as `compute` says; any other model on
    /// libtorch.
    ///
    /// # Errors
    /// A model without anomaly map, one that does not hold together, one that cannot run in that precision, and one that
    /// libtorch has no memory for.
    pub(crate) fn open(model: &Model, compute: &Compute, threads: usize) -> Result<Self> {
        let device = compute.device;
        // This also checks everything that the distance relies on.
        let whole = Executor::of_model(model, OUTPUT, device).map_err(unsuitable)?;
        let network = executor::main_network(model).map_err(unsuitable)?;
        let parameters = (model.parameters.get(MEAN), model.parameters.get(WHITENING));
        if let (Some(mean), Some(whitening)) = parameters
            && let &[1, dim, GRID, GRID] = mean.shape.as_slice()
            && whitening.shape == head::parameter_shapes(dim).1
            && let Some(embedding) = embedding(network, dim)
        {
            drop(whole);
            let executor = Executor::new(network, &model.parameters, &[embedding], compute).map_err(unsuitable)?;
            let distance = Distance::new(&mean.data, &whitening.data, device)?;
            return Ok(Self::new(executor, Some(distance), threads));
        }
        plugin::only_full(compute.precision)?;
        Ok(Self::new(whole, None, threads))
    }

    fn new(executor: Executor, distance: Option<Distance>, threads: usize) -> Self {
        let members = if executor.device() == Device::Cpu { threads.max(1) } else { 1 };
        Self { micro_batch: micro_batch::rows(&executor, members), executor, distance }
    }

    /// How many images are taken at once, at most.
    pub(crate) fn at_once(&self) -> usize {
        match (&self.distance, self.device()) {
            (Some(_), Device::Cpu) => BLOCK.max(self.micro_batch),
            _ => self.micro_batch,
        }
    }

    /// The same model, in the same memory, for another thread.
    pub(crate) fn replica(&self) -> Self {
        let distance = self.distance.as_ref().map(Distance::replica);
        Self { executor: self.executor.replica(), micro_batch: self.micro_batch, distance }
    }

    /// What runs the network.
    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    /// Where it runs.
    pub(crate) fn device(&self) -> Device {
        self.executor.device()
    }

    /// The maps (B,28,28) of images, bytes (B,3,224,224).
    ///
    /// # Errors
    /// A map of another shape, and what libtorch says.
    pub(crate) fn maps(&self, images: &[u8]) -> Result<Vec<f32>> {
        let (count, side) = ((images.len() / IMAGE) as i64, MAP as i64);
        let mut parts = Vec::new();
        for few in images.chunks(self.micro_batch * IMAGE) {
            let x = image_tensor(few, few.len() / IMAGE, [3, SIDE, SIDE], self.device())?;
            parts.push(self.executor.run(&x)?.swap_remove(0));
        }
        let output = Tensor::f_cat(&parts, 0)?;
        let maps = match &self.distance {
            Some(distance) => distance.maps(&output)?,
            None => output,
        };
        if maps.size() != [count, side, side] {
            let found = maps.size();
            return Err(Error::model(format!(
                "the model's output has shape {found:?}, expected ({count}, {MAP}, {MAP})"
            )));
        }
        Ok(values(&maps)?)
    }
}

/// For `map_err`: what a model file is to blame for.
fn unsuitable(error: EngineError) -> Error {
    Error::model(error.to_string())
}

/// The variable with the embedding, if everything behind it is what we would write for it.
fn embedding(network: &Network, dim: usize) -> Option<&str> {
    let order = network.topological().ok()?;
    let functions: Vec<&Function> = order.iter().filter_map(|&index| network.functions.get(index)).collect();
    let mut behind: HashSet<&str> = HashSet::from([MEAN, WHITENING]);
    let mut found: Vec<&Function> = Vec::new();
    for function in functions {
        if function.inputs.iter().any(|name| behind.contains(name.as_str())) {
            behind.extend(function.outputs.iter().map(String::as_str));
            found.push(function);
        }
    }
    let mut before = found.iter().flat_map(|f| &f.inputs).map(String::as_str).filter(|name| !behind.contains(name));
    let embedding = before.next()?;
    let shape = network.variable(embedding)?.shape_at(1)?;
    let whole = before.next().is_none() && found.last()?.outputs == [OUTPUT] && shape == [1, dim, GRID, GRID];
    (whole && is_ours(&found, dim, embedding)).then_some(embedding)
}

/// Whether these functions are the ones we write, joined as we join them.
fn is_ours(found: &[&Function], dim: usize, embedding: &str) -> bool {
    let ours = || {
        let mut builder = NetworkBuilder::new("network", 1);
        let value = builder.input(embedding, &[dim, GRID, GRID]);
        let (of_mean, of_whitening) = head::parameter_shapes(dim);
        let mean = builder.declare_parameter(MEAN, &of_mean);
        let whitening = builder.declare_parameter(WHITENING, &of_whitening);
        let score = head::score(&mut builder, value, mean, whitening).ok()?;
        builder.finish(&[score], true).ok()?.networks.into_iter().next()
    };
    let Some(ours) = ours() else { return false };
    if ours.functions.len() != found.len() {
        return false;
    }
    // Names of what functions give may differ; where they are read may not.
    let place = |functions: &[&Function], name: &str| {
        functions.iter().position(|f| f.outputs.iter().any(|o| o == name)).ok_or_else(|| name.to_owned())
    };
    let mine: Vec<&Function> = ours.functions.iter().collect();
    mine.iter().zip(found).all(|(our, their)| {
        let read = |functions: &[&Function], f: &Function| -> Vec<_> {
            f.inputs.iter().map(|name| place(functions, name)).collect()
        };
        our.op == their.op && read(&mine, our) == read(found, their)
    })
}

#[cfg(test)]
mod tests;
