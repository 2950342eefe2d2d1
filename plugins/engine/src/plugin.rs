//! What the plugins on this engine have in common towards their host: `parameters` that several have, the first steps of a
//! training and of an evaluation with NNC's log lines (NNC contract 5.5), and the model in between.

mod parameters;

use std::path::Path;

use nnc_plugin_api::{Error, ErrorKind, Host, Parameters, Result};
use nnp::{Model, archive};
use tch::Device;

use crate::backbone::Backbone;
use crate::compute::{Compute, Engine};
use crate::device;
use crate::executor::Executor;

pub use parameters::{layers_parameter, model_parameter, normalization_parameter, only_full, precision_parameter};
use parameters::{onnx_backbone, with_precision};

/// An NNP with a detector, and how it is to run.
pub struct DetectorModel {
    /// The host that it runs for.
    pub host: Host,
    /// Where and with what it runs.
    pub compute: Compute,
    /// What the file holds.
    pub model: Model,
}

impl DetectorModel {
    /// Reads a model, for the device, the engine and the precision that the user chose.
    ///
    /// # Errors
    /// As [`open_model`], and a precision that is not known or does not suit the engine.
    pub fn read(path: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, compute) = open_model(path, &host)?;
        let compute = with_precision(compute, parameters, &host)?;
        Ok(Self { host, compute, model })
    }

    /// Writes the model to the new file `path`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, path: &Path) -> Result<()> {
        self.host.notice("Saving anomary detection model...");
        archive::write(path, &self.model, &[])?;
        Ok(())
    }
}

/// Opens what the job computes on and the backbone that parameter `model` names, saved for `batch_size` images.
///
/// # Errors
/// A device, engine or precision that cannot be had, weights that are not there, and what [`Backbone::open`] says.
pub fn open_backbone(parameters: &Parameters, batch_size: usize, host: &Host) -> Result<(Backbone, Compute)> {
    let model = parameters.text("model")?;
    host.notice("Loading config...");
    let name = Path::new(model).file_stem().map_or_else(|| model.to_owned(), |s| s.to_string_lossy().into_owned());
    host.notice(&format!("Preparing {name} model..."));
    let compute = open_compute(host)?;
    if compute.device == Device::Cpu {
        host.notice("Fallback to CPU context.");
    }
    let file = host.weights(model)?;
    let of_onnx = onnx_backbone(parameters)?;
    let backbone = if Backbone::is_onnx(&file) {
        Backbone::of_onnx(&file, &of_onnx, batch_size)?
    } else if of_onnx.layers.is_empty() {
        Backbone::open(model, &file, batch_size)?
    } else {
        return Err(Error::parameter(
            "parameter `layers` is for backbones in .onnx files; others have layers of their own",
        ));
    };
    Ok((backbone, with_precision(compute, parameters, host)?))
}

/// Opens what the job computes on and a model file.
///
/// # Errors
/// A device or engine that cannot be had, and a file that is no NNP.
pub fn open_model(path: &Path, host: &Host) -> Result<(Model, Compute)> {
    let compute = open_compute(host)?;
    host.notice(&format!("Using context \"{}\"", device::context(compute.device)));
    let model = archive::read(path).map_err(|e| Error::model(Error::from(e).message()))?;
    Ok((model, compute))
}

/// Says in the log what runs the network of a detector.
pub fn tell_engine(executor: &Executor, host: &Host) {
    let line = format!("The network runs on {}", executor.engine());
    if host.environment().engine == Engine::OnnxRuntime.to_string() && !executor.runs_on_onnxruntime() {
        host.warn(&line);
    } else {
        host.info(&line);
    }
}

fn open_compute(host: &Host) -> Result<Compute> {
    let environment = host.environment();
    let library = environment.onnxruntime.as_deref().map(Path::new);
    let (compute, line) = Compute::open(&environment.device, &environment.engine, library, environment.threads)
        .map_err(|e| Error::new(ErrorKind::Device, e.to_string()))?;
    host.info(&line);
    Ok(compute)
}
