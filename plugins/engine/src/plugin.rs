//! What the plugins on this engine have in common towards their host: the parameter that names a backbone, and the first
//! steps of a training and of an evaluation, with NNC's log lines (NNC contract 5.5).

use std::path::Path;

use nnc_plugin_api::{Error, ErrorKind, Host, Parameter, Parameters, Result};
use nnp::{Model, archive};
use tch::Device;

use crate::backbone::Backbone;
use crate::device;
use crate::precision::Precision;

/// The parameter `model`, which names a backbone.
pub fn model_parameter() -> Parameter {
    Parameter::text(
        "model",
        "pre-trained model to use for anomaly detection: a name of `nnc-host weights list`, or the path of a backbone \
         .nnp, or of a ResNet's .pth or .safetensors",
    )
    .default("efficientnet_lite0")
}

/// The parameter `precision`, which [`precision`] reads. `effect` is what half precision was measured to do.
pub fn precision_parameter(effect: &str) -> Parameter {
    let help = format!(
        "bits of the numbers that the network computes in: full (32) or half (16, float16), which is for GPUs and {effect}"
    );
    Parameter::option("precision", &help, &Precision::CHOICES).default(Precision::CHOICES[0])
}

/// What parameter `precision` says, with a warning where it gains nothing.
///
/// # Errors
/// A text that is none of [`Precision::CHOICES`].
pub fn precision(parameters: &Parameters, device: Device, host: &Host) -> Result<Precision> {
    let text = parameters.text("precision")?;
    let precision = Precision::parse(text).ok_or_else(|| {
        Error::parameter(format!("parameter `precision` is \"{text}\", expected {}", Precision::CHOICES.join(" or ")))
    })?;
    if (precision, device) == (Precision::Half, Device::Cpu) {
        host.warn("precision = half is much slower than full on a CPU; it is meant for GPUs");
    }
    Ok(precision)
}

/// Refuses to round a model that is not known to be a network with a detector's head behind it: the head would be rounded,
/// too.
///
/// # Errors
/// For any precision but the full one.
pub fn only_full(precision: Precision) -> Result<()> {
    match precision {
        Precision::Full => Ok(()),
        Precision::Half => Err(Error::parameter(
            "precision = half is for models with the head that nnc-host or NNC writes; this one has another, use full",
        )),
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
