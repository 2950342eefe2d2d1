//! Runs a trained model: the network up to the three layers, then the Mahalanobis distance in a form that is made for
//! many images at once. A model whose head is not the one that NNC and we write runs as it is, function by function.

mod recognise;

use nnc_engine::{Compute, EngineError, Executor, Team, executor, image_tensor, micro_batch, plugin, values};
use nnc_plugin_api::{Error, Result};
use nnp::Model;
use tch::{Device, Tensor};

use crate::distance::Distance;
use crate::{MAP, OUTPUT, SIDE};

/// Bytes of an image.
const IMAGE: usize = 3 * SIDE * SIDE;
/// Bytes of embeddings that all members together may hold. More images at once read the inverse covariances less often.
const EMBEDDINGS: usize = 128 << 20;
/// Images for which one reading of the inverse covariances is enough.
const MOST: usize = 16;

/// A model that is ready to score images.
pub(crate) struct Scorer {
    team: Team<Member>,
    /// Images that a member takes at once.
    block: usize,
}

/// What one thread needs.
struct Member {
    executor: Executor,
    /// Images in one forward pass.
    micro_batch: usize,
    /// Where the executor ends at the three layers.
    distance: Option<Distance>,
}

impl Scorer {
    /// Opens a model for `threads` threads. Where its head is known, what is before it runs as `compute`
    /// says; any other model on libtorch, function by function.
    ///
    /// # Errors
    /// A model without anomaly map, one that does not hold together, one that cannot run in that precision, and one that
    /// libtorch has no memory for.
    pub(crate) fn open(model: &Model, compute: &Compute, threads: usize) -> Result<Self> {
        let device = compute.device;
        let members = if device == Device::Cpu { threads.max(1) } else { 1 };
        let (executor, distance, dim) = match recognise::head(model) {
            Some(head) => {
                model.validate()?;
                let network = executor::main_network(model).map_err(unsuitable)?;
                let layers = head.layers.each_ref().map(String::as_str);
                let executor = Executor::new(network, &model.parameters, &layers, compute).map_err(unsuitable)?;
                let distance = Distance::new(head.gaussian, head.mean, head.cov_inv, device)?;
                (executor, Some(distance), head.dim)
            }
            None => {
                plugin::only_full(compute.precision)?;
                (Executor::of_model(model, OUTPUT, device).map_err(unsuitable)?, None, 0)
            }
        };
        let micro_batch = micro_batch::rows(&executor, members);
        let block = match (&distance, device) {
            (Some(_), Device::Cpu) => (EMBEDDINGS / members / (4 * dim * MAP * MAP)).clamp(1, MOST),
            _ => micro_batch,
        };
        let first = Member { executor, micro_batch, distance };
        Ok(Self { team: Team::new(first, device, threads, Member::replica), block })
    }

    /// What runs the network.
    pub(crate) fn executor(&self) -> &Executor {
        &self.team.first().executor
    }

    /// Images that keep all members busy.
    pub(crate) fn batch(&self) -> usize {
        self.block * self.team.size()
    }

    /// The maps of images, bytes (B,3,224,224), into `maps`, (B,56,56). `warn` is told what
    /// users should know of the memory of a GPU.
    ///
    /// # Errors
    /// A map of another shape, and what libtorch says.
    pub(crate) fn run(&mut self, images: &[u8], maps: &mut [f32], warn: impl FnOnce(&str)) -> Result<()> {
        let count = images.len() / IMAGE;
        // Few images are shared fairly.
        let block = self.block.min(count.div_ceil(self.team.size()));
        self.team.run_into(count, block, maps, warn, |member, rows| {
            member.maps(&images[rows.start * IMAGE..rows.end * IMAGE])
        })
    }
}

impl Member {
    fn replica(&self) -> Self {
        let distance = self.distance.as_ref().map(Distance::replica);
        Self { executor: self.executor.replica(), micro_batch: self.micro_batch, distance }
    }

    /// The values of one map for each image.
    fn maps(&self, images: &[u8]) -> Result<Vec<f32>> {
        let count = images.len() / IMAGE;
        let mut results: Vec<Vec<Tensor>> = Vec::new();
        for few in images.chunks(self.micro_batch * IMAGE) {
            let x = image_tensor(few, few.len() / IMAGE, [3, SIDE, SIDE], self.executor.device())?;
            let tensors = self.executor.run(&x)?;
            results.resize_with(tensors.len(), Vec::new);
            for (parts, part) in results.iter_mut().zip(tensors) {
                parts.push(if self.distance.is_some() { own(&part)? } else { part });
            }
        }
        let tensors =
            results.iter().map(|parts| Tensor::f_cat(parts, 0)).collect::<std::result::Result<Vec<_>, _>>()?;
        let maps = match &self.distance {
            Some(distance) => distance.maps(&tensors)?,
            None => tensors.into_iter().next().ok_or_else(|| Error::model("the model has no output"))?,
        };
        if maps.size() != [count as i64, MAP as i64, MAP as i64] {
            return Err(Error::model(format!(
                "the model's output has shape {:?}, expected ({count}, {MAP}, {MAP})",
                maps.size()
            )));
        }
        Ok(values(&maps)?)
    }
}

/// A layer without the channels of its tap that are not kept, still with channels innermost.
fn own(layer: &Tensor) -> Result<Tensor> {
    Ok(layer.f_permute([0, 2, 3, 1])?.f_contiguous()?.f_permute([0, 3, 1, 2])?)
}

/// For `map_err`: what a model file is to blame for.
fn unsuitable(error: EngineError) -> Error {
    Error::model(error.to_string())
}

#[cfg(test)]
mod tests;
