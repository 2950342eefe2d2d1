//! What the plugins on this engine have in common towards their host: `parameters` that several have, the first steps of a
//! training and of an evaluation with NNC's log lines (NNC contract 5.5), and the model in between.

mod parameters;

use std::path::Path;

use nnc_plugin_api::{Error, ErrorKind, Host, Parameters, Result};
use nnp::{Model, archive};
use tch::Device;

use crate::backbone::Backbone;
use crate::device;
use crate::precision::Precision;

pub use parameters::{model_parameter, only_full, precision, precision_parameter};

/// An NNP with a detector, and how it is to run.
pub struct DetectorModel {
    /// The host that it runs for.
    pub host: Host,
    /// Where it runs.
    pub device: Device,
    /// What its network computes in.
    pub precision: Precision,
    /// What the file holds.
    pub model: Model,
}

impl DetectorModel {
    /// Reads a model, for the device and the precision that the user chose.
    ///
    /// # Errors
    /// As [`open_model`] and [`precision`].
    pub fn read(path: &Path, parameters: &Parameters, host: Host) -> Result<Self> {
        let (model, device) = open_model(path, &host)?;
        let precision = precision(parameters, device, &host)?;
        Ok(Self { host, device, precision, model })
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

/// Opens the device of the job and the backbone that parameter `model` names, saved for `batch_size` images.
///
/// # Errors
/// A device that cannot be had, weights that are not there, and what [`Backbone::open`] says.
pub fn open_backbone(model: &str, batch_size: usize, host: &Host) -> Result<(Backbone, Device)> {
    host.notice("Loading config...");
    let name = Path::new(model).file_stem().map_or_else(|| model.to_owned(), |s| s.to_string_lossy().into_owned());
    host.notice(&format!("Preparing {name} model..."));
    let device = open_device(host)?;
    if device == Device::Cpu {
        host.notice("Fallback to CPU context.");
    }
    Ok((Backbone::open(model, &host.weights(model)?, batch_size)?, device))
}

/// Opens the device of the job and a model file.
///
/// # Errors
/// A device that cannot be had, and a file that is no NNP.
pub fn open_model(path: &Path, host: &Host) -> Result<(Model, Device)> {
    let device = open_device(host)?;
    host.notice(&format!("Using context \"{}\"", device::context(device)));
    let model = archive::read(path).map_err(|e| Error::model(Error::from(e).message()))?;
    Ok((model, device))
}

fn open_device(host: &Host) -> Result<Device> {
    let environment = host.environment();
    let selected = device::open(&environment.device, environment.threads)
        .map_err(|e| Error::new(ErrorKind::Device, e.to_string()))?;
    host.info(&selected.line);
    Ok(selected.device)
}
