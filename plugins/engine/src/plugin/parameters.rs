//! The parameters that several plugins have.

use nnc_plugin_api::{Error, Host, Parameter, Parameters, Result};
use tch::Device;

use crate::backbone::{Normalization, OnnxBackbone};
use crate::compute::Compute;
use crate::precision::Precision;

/// The parameter `model`, which names a backbone.
pub fn model_parameter() -> Parameter {
    Parameter::text(
        "model",
        "pre-trained model to use for anomaly detection: a name of `nnc-host weights list`, or the path of a backbone \
         .nnp or .onnx, or of a ResNet's .pth or .safetensors",
    )
    .default("efficientnet_lite0")
}

/// The parameter `layers`, which names the taps of a backbone in an ONNX file.
pub fn layers_parameter() -> Parameter {
    Parameter::text(
        "layers",
        "values of an .onnx backbone to take features from, of 56x56, 28x28 and 14x14, by their names with commas between; \
         auto for the last value of each size",
    )
    .default("auto")
}

/// The parameter `normalization`, which says what a backbone in an ONNX file expects of images.
pub fn normalization_parameter() -> Parameter {
    Parameter::option(
        "normalization",
        "how images are normalised for an .onnx backbone: imagenet (by its mean and deviation, as timm and torchvision \
         train), unit (0 to 1) or none (0 to 255)",
        &Normalization::CHOICES,
    )
    .default(Normalization::CHOICES[0])
}

/// What the parameters say about a backbone in an ONNX file.
///
/// # Errors
/// A text that is none of [`Normalization::CHOICES`].
pub(super) fn onnx_backbone(parameters: &Parameters) -> Result<OnnxBackbone> {
    let text = parameters.text("normalization")?;
    let normalization = Normalization::parse(text).ok_or_else(|| {
        let choices = Normalization::CHOICES.join(", ");
        Error::parameter(format!("parameter `normalization` is \"{text}\", expected one of {choices}"))
    })?;
    let names = parameters.text("layers")?.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "auto");
    Ok(OnnxBackbone { layers: names.map(str::to_owned).collect(), normalization })
}

/// The parameter `precision`, whose in half precision was measured.
pub fn precision_parameter(effect: &str) -> Parameter {
    let help = format!(
        "bits of the numbers that the network computes in: full (32) or half (16, float16), which is for GPUs and {effect}"
    );
    Parameter::option("precision", &help, &Precision::CHOICES).default(Precision::CHOICES[0])
}

/// `compute` in the precision that parameter `precision` says, with a warning where it is of no use.
///
/// # Errors
/// A text that is none of [`Precision::CHOICES`], and a precision that the engine does not have.
pub(super) fn with_precision(compute: Compute, parameters: &Parameters, host: &Host) -> Result<Compute> {
    let text = parameters.text("precision")?;
    let precision = Precision::parse(text).ok_or_else(|| {
        Error::parameter(format!("parameter `precision` is \"{text}\", expected {}", Precision::CHOICES.join(" or ")))
    })?;
    if (precision, compute.device) == (Precision::Half, Device::Cpu) {
        host.warn("precision = half is much slower than full on a CPU; it is meant for GPUs");
    }
    compute.with_precision(precision).map_err(|error| Error::parameter(error.to_string()))
}

/// Refuses half precision for a model that is not known to be a network followed by a detector's head: the head would be
/// rounded as well.
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
