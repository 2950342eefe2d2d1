//! Evaluates any NNP that the engine can run, the way Neural Network Console's `forward` command does (NNC contract 8):
//! inputs are matched with variables of the dataset by name, outputs become columns of the result.
//!
//! `plan` decides what is fed and wanted, and in batches of how many samples; `feed` turns the host's samples into
//! tensors, and `generator` draws the inputs that no dataset has. With the parameter `arrays` one sample is a whole array with its batch axis, which is how the host feeds
//! arrays to a network without knowing libtorch.
//!
//! A network that takes any number of samples runs in a replica for each thread, on a CPU with one sample at a time: a
//! product of matrices sums in another order when it has other rows, and outputs have to be the same bytes whatever the
//! number of threads and the batch size. A network that takes one batch as it is, or draws at random, has one replica, and
//! its functions share the threads.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::disallowed_macros))]

mod feed;
mod generator;
mod plan;

use std::ops::Range;
use std::path::Path;

use nnc_engine::{Executor, Team, copy_values, join, micro_batch, plugin};
use nnc_plugin_api::{Batch, Detector, Error, Host, Interface, Manifest, Output, Parameter, Parameters, Result};
use tch::{Device, Tensor};

use feed::Feed;
use plan::{Batching, Part, Plan};

/// Where draws at random start for the first sample; nnabla's own generators start here too.
const SEED: i64 = 313;

/// Networks that are evaluated.
pub struct Forward {
    host: Host,
    plan: Plan,
    /// A member has an executor for each part of the plan.
    team: Team<Vec<Executor>>,
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
                Parameter::text("executor", "executor of the NNP to run; default: all of them"),
                Parameter::text(
                    "arrays",
                    "shapes of whole arrays to feed instead of samples, as JSON: {\"x\": [2, 3, 4]}; set by `nnc-host \
                     nnp run`",
                ),
            ])
    }

    fn load(path: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, compute) = plugin::open_model(path, &host)?;
        let device = compute.device;
        let executor = parameters.text("executor").ok();
        let plan = match parameters.text("arrays") {
            Ok(shapes) => Plan::for_arrays(&model, executor, shapes)?,
            Err(_) => Plan::for_samples(&model, executor, &host.environment().dataset)?,
        };
        for warning in &plan.warnings {
            host.warn(warning);
        }
        let compiled = |part: &Part| -> Result<Executor> {
            let wanted: Vec<&str> = part.outputs.iter().map(|output| output.variable.as_str()).collect();
            let network = &model.networks[part.network];
            let executor = Executor::new(network, &model.parameters, &wanted, &compute)?;
            plugin::tell_engine(&executor, &host);
            // Several evaluations are meant to differ from each other; the draws are the same in every job.
            Ok(if part.repetition.times > 1 { executor.with_dropout() } else { executor })
        };
        let executors = plan.parts.iter().map(compiled).collect::<Result<Vec<_>>>()?;
        // All draws come from one generator, in the order of the samples.
        let alone = plan.batching != Batching::Any || executors.iter().any(Executor::draws);
        let members = if alone { 1 } else { host.environment().threads };
        let at_once = match device {
            Device::Cpu => 1,
            _ => executors.iter().map(|executor| micro_batch::rows(executor, members)).min().unwrap_or(1),
        };
        let team = Team::new(executors, device, members, |all| all.iter().map(Executor::replica).collect());
        Ok(Self { host, feed: Feed::new(&plan), plan, team, at_once })
    }

    fn interface(&self) -> Interface {
        self.plan.interface()
    }

    fn score(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let Self { host, plan, team, at_once, feed } = self;
        feed.remember(batch)?;
        let drawn = feed.draw(batch);
        let run = |executors: &mut Vec<Executor>, rows: Range<usize>| {
            host.checkpoint()?;
            let mut results = Vec::new();
            for (number, (executor, part)) in executors.iter().zip(&plan.parts).enumerate() {
                if executor.draws() {
                    // So that they do not depend on what was evaluated before.
                    Executor::seed_draws(SEED + (batch.first_row() + rows.start) as i64);
                }
                let tensors = feed.tensors(plan, number, batch, &drawn, rows.clone())?;
                results.extend(values(executor, part, &tensors, rows.len(), feed.fed_rows(rows.len()))?);
            }
            Ok::<_, Error>(results)
        };
        let warn = |line: &str| host.warn(line);
        let parts = match plan.batching {
            Batching::Any => team.run(batch.len(), *at_once, warn, run)?,
            // One piece, whatever the device has memory for.
            Batching::Exactly(_) | Batching::Whole => {
                team.run(1, 1, warn, |executors, _| run(executors, 0..batch.len()))?
            }
        };
        for (index, output) in outputs.iter_mut().enumerate() {
            join(parts.iter().filter_map(|part| part.get(index)), output.values);
        }
        Ok(())
    }
}

/// What is wanted of a network that is fed `fed` rows, of which the first `rows` count: the values of each output.
fn values(executor: &Executor, part: &Part, inputs: &[Tensor], rows: usize, fed: usize) -> Result<Vec<Vec<f32>>> {
    let names = part.inputs.iter().map(|input| &input.variable).chain(part.generated.iter().map(|one| &one.variable));
    let named: Vec<(&str, &Tensor)> = names.map(String::as_str).zip(inputs).collect();
    let results = part.repetition.run(executor.draws(), || Ok(executor.run_named(&named)?))?;
    let values = results.iter().zip(&part.outputs).map(|(result, wanted)| {
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
