//! Evaluates any NNP that the engine can run, the way Neural Network Console's `forward` command does (NNC contract 8):
//! inputs are matched with variables of the dataset by name, outputs become columns of the result.
//!
//! `plan` decides what is fed and wanted, and in batches of how many samples; `feed` turns the host's samples into
//! tensors. With the parameter `arrays` one sample is a whole array with its batch axis, which is how the host feeds
//! arrays to a network without knowing libtorch.
//!
//! A network that takes any number of samples runs in a replica for each thread, on a CPU with one sample at a time: a
//! product of matrices sums in another order when it has other rows, and outputs have to be the same bytes whatever the
//! number of threads and the batch size. A network that takes one batch as it is, or draws at random, has one replica, and
//! its functions share the threads.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod feed;
mod plan;

use std::ops::Range;
use std::path::Path;

use nnc_engine::{Executor, Team, copy_values, join, micro_batch, plugin};
use nnc_plugin_api::{Batch, Detector, Error, Host, Interface, Manifest, Output, Parameter, Parameters, Result};
use tch::{Device, Tensor};

use feed::Feed;
use plan::{Batching, Plan};

/// Where draws at random start for the first sample; nnabla's own generators start here too.
const SEED: i64 = 313;

/// A network that is evaluated.
pub struct Forward {
    host: Host,
    plan: Plan,
    team: Team<Executor>,
    /// Samples in one run of a network that takes any number.
    at_once: usize,
    feed: Feed,
}

nnc_plugin_api::export_detector!(Forward);

impl Detector for Forward {
    fn manifest() -> Manifest {
        Manifest::new("forward", "Forward", env!("CARGO_PKG_VERSION"))
            .description(
                "Evaluates any NNP that nnc-host can execute, for example a classifier trained with Neural Network \
                 Console. It cannot be trained.",
            )
            .licence("Apache-2.0")
            .parameters(vec![
                Parameter::text("executor", "executor of the NNP to run; the first one unless given"),
                Parameter::text(
                    "arrays",
                    "shapes of whole arrays to feed instead of samples, as JSON: {\"x\": [2, 3, 4]}; set by `nnc-host \
                     nnp run`",
                ),
            ])
    }

    fn load(path: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, device) = plugin::open_model(path, &host)?;
        let executor = parameters.text("executor").ok();
        let plan = match parameters.text("arrays") {
            Ok(shapes) => Plan::for_arrays(&model, executor, shapes)?,
            Err(_) => Plan::for_samples(&model, executor, &host.environment().dataset)?,
        };
        for warning in &plan.warnings {
            host.warn(warning);
        }
        let wanted: Vec<&str> = plan.outputs.iter().map(|output| output.variable.as_str()).collect();
        let executor = Executor::new(&model.networks[plan.network], &model.parameters, &wanted, device)?;
        // Several evaluations are meant to differ from each other; the draws are the same in every job.
        let executor = if plan.repetition.times > 1 { executor.with_dropout() } else { executor };
        // All draws come from one generator, in the order of the samples.
        let alone = plan.batching != Batching::Any || executor.draws();
        let members = if alone { 1 } else { host.environment().threads };
        let at_once = if device == Device::Cpu { 1 } else { micro_batch::rows(&executor, members) };
        let team = Team::new(executor, device, members, Executor::replica);
        Ok(Self { host, feed: Feed::new(&plan), plan, team, at_once })
    }

    fn interface(&self) -> Interface {
        self.plan.interface()
    }

    fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let Self { host, plan, team, at_once, feed } = self;
        feed.remember(batch)?;
        let run = |executor: &mut Executor, rows: Range<usize>| {
            host.checkpoint()?;
            if executor.draws() {
                // So that they do not depend on what was evaluated before.
                Executor::seed_draws(SEED + (batch.first_row() + rows.start) as i64);
            }
            values(executor, plan, &feed.tensors(batch, rows.clone())?, rows.len(), feed.fed_rows(rows.len()))
        };
        let warn = |line: &str| host.warn(line);
        let parts = match plan.batching {
            Batching::Any => team.run(batch.len(), *at_once, warn, run)?,
            // One piece, whatever the device has memory for.
            Batching::Exactly(_) | Batching::Whole => {
                team.run(1, 1, warn, |executor, _| run(executor, 0..batch.len()))?
            }
        };
        for (index, output) in outputs.iter_mut().enumerate() {
            join(parts.iter().filter_map(|part| part.get(index)), output.values);
        }
        Ok(())
    }
}

/// What is wanted of a network that is fed `fed` rows, of which the first `rows` count: the values of each output.
fn values(executor: &Executor, plan: &Plan, inputs: &[Tensor], rows: usize, fed: usize) -> Result<Vec<Vec<f32>>> {
    let named: Vec<(&str, &Tensor)> = plan.inputs.iter().map(|input| input.variable.as_str()).zip(inputs).collect();
    let results = plan.repetition.run(executor.draws(), || Ok(executor.run_named(&named)?))?;
    let values = results.iter().zip(&plan.outputs).map(|(result, wanted)| {
        let length = wanted.shape.iter().product::<usize>();
        if result.numel() != fed * length {
            return Err(Error::model(format!(
                "output `{}` has shape {:?} and {} values, expected {}",
                wanted.variable,
                result.size(),
                result.numel(),
                fed * length
            )));
        }
        let mut values = vec![0.0; rows * length];
        copy_values(result, &mut values)?;
        Ok(values)
    });
    values.collect()
}

#[cfg(test)]
mod tests;
