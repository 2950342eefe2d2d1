//! Evaluates any NNP that the engine can run, the way Neural Network Console's `forward` command does (NNC contract 8):
//! inputs are matched with variables of the data set by name, outputs become columns of the result.
//!
//! `plan` decides what is fed and wanted, and in batches of how many samples; `feed` turns the host's samples into
//! tensors. With the parameter `arrays` one sample is a whole array with its batch axis, which is how the host feeds
//! arrays to a network without knowing libtorch.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod feed;
mod plan;

use std::path::Path;

use nnc_engine::{Executor, device};
use nnc_plugin_api::{
    Batch, Detector, Error, ErrorKind, Host, Interface, Manifest, Output, Parameter, Parameters, Result,
};
use nnp::archive;
use tch::{Device, Kind, Tensor};

use feed::Feed;
use plan::Plan;

/// Where draws at random start; nnabla's own generators start here too.
const SEED: i64 = 313;

/// A network that is evaluated.
pub struct Forward {
    host: Host,
    plan: Plan,
    executor: Executor,
    feed: Feed,
}

nnc_plugin_api::export_detector!(Forward);

impl Detector for Forward {
    fn manifest() -> Manifest {
        Manifest {
            id: "forward".into(),
            title: "Forward".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Evaluates any NNP that nnc-host can execute, for example a classifier trained with Neural \
                          Network Console. It cannot be trained."
                .into(),
            licence: "Apache-2.0".into(),
            trains: false,
            parameters: vec![
                Parameter::text("executor", "executor of the NNP to run; the first one unless given"),
                Parameter::text(
                    "arrays",
                    "shapes of whole arrays to feed instead of samples, as JSON: {\"x\": [2, 3, 4]}; set by `nnc-host \
                     nnp run`",
                ),
            ],
        }
    }

    fn create(_: &Parameters, _: Host) -> Result<Self> {
        Err(Error::parameter("plugin forward cannot be trained; evaluate a model with `nnc-host evaluate --model`"))
    }

    fn load(path: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let device = open_device(&host)?;
        host.notice(&format!("Using context \"{}\"", device::context(device)));
        let model = archive::read(path).map_err(|e| Error::model(Error::from(e).message()))?;
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
        // Who wants several evaluations wants them to differ; the draws are the same in every job.
        let executor = if plan.repetition.times > 1 { executor.with_dropout(SEED) } else { executor };
        Ok(Self { host, feed: Feed::new(&plan), plan, executor })
    }

    fn interface(&self) -> Interface {
        self.plan.interface()
    }

    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        let size = self.feed.rows_at_once(batch.len());
        let mut done = 0;
        while done < batch.len() {
            self.host.checkpoint()?;
            let rows = size.min(batch.len() - done);
            let inputs = self.feed.tensors(batch, done, rows)?;
            let named: Vec<(&str, &Tensor)> =
                self.plan.inputs.iter().map(|input| input.variable.as_str()).zip(&inputs).collect();
            let once = || Ok(self.executor.run_named(&named)?);
            let results = self.plan.repetition.run(self.executor.draws(), once)?;
            for ((result, spec), output) in results.iter().zip(&self.plan.outputs).zip(&mut *outputs) {
                let length = spec.shape.iter().product::<usize>();
                let values = &mut output.values[done * length..(done + rows) * length];
                copy(result, values, self.feed.fed_rows(rows) * length, &spec.variable)?;
            }
            done += rows;
        }
        Ok(())
    }
}

/// Copies the first rows of `result`, which has to hold `expected` values, to the host's buffer.
fn copy(result: &Tensor, values: &mut [f32], expected: usize, name: &str) -> Result<()> {
    if result.numel() != expected {
        return Err(Error::model(format!(
            "output `{name}` has shape {:?} and {} values, expected {expected}",
            result.size(),
            result.numel()
        )));
    }
    let result = result.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_view([-1])?;
    Ok(result.f_copy_data(values, values.len())?)
}

fn open_device(host: &Host) -> Result<Device> {
    let environment = host.environment();
    let selected = device::open(&environment.device, environment.threads)
        .map_err(|e| Error::new(ErrorKind::Device, e.to_string()))?;
    host.info(&selected.line);
    Ok(selected.device)
}
