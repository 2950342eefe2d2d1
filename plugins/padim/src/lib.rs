//! PaDiM (Defard et al., "PaDiM: a Patch Distribution Modeling Framework for Anomaly Detection and Localization",
//! 2020) with Neural Network Console's mathematics: the first channels of three layers of a pretrained backbone,
//! Gaussians fitted to normal images, and the Mahalanobis distance as score map.
//!
//! `moments` sums over images, `inverse` turns the sums into Gaussians, `head` is the network behind the backbone,
//! and this file is the detector that puts them together. It does not know about files of data sets, jobs or results.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod gaussian;
mod head;
mod inverse;
mod moments;

use std::path::Path;

use nnc_engine::backbone::LAYERS;
use nnc_engine::{Backbone, Executor, device, image_tensor};
use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, ErrorKind, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, Result,
};
use nnp::{Model, NetworkBuilder, archive};
use tch::{Device, Kind, Tensor};

use crate::gaussian::Gaussian;
use crate::moments::Moments;

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of score maps.
const MAP: usize = 56;
/// Images in one forward pass: with more, activations no longer fit into a processor's caches; with fewer, its threads
/// have too little to share.
const MICRO_BATCH: usize = 4;
/// nnabla reads parameters as one protobuf message, which cannot be longer.
const MAX_PARAMETER_BYTES: u64 = (1 << 31) - 1;
/// Name of the network's output, and of the column in results.
const OUTPUT: &str = "x'";

/// The detector.
pub struct Padim {
    host: Host,
    device: Device,
    state: State,
}

enum State {
    /// Knows what to build, has no Gaussians yet.
    Untrained(Box<Plan>),
    /// Has a network and has not been asked to run it.
    Trained(Box<Model>),
    /// Runs.
    Running(Executor),
}

/// What training needs to know.
struct Plan {
    backbone: Backbone,
    gaussian: Gaussian,
    /// Channels kept of layers 1 to 3.
    channels: [usize; 3],
}

nnc_plugin_api::export_detector!(Padim);

impl Detector for Padim {
    fn manifest() -> Manifest {
        Manifest {
            id: "padim".into(),
            title: "PaDiM".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Learns from normal images alone how the features of a pretrained network are distributed at \
                          each position, and scores how far an image lies from that. Needs 224x224 RGB images in \
                          variable x; gives a 56x56 score map."
                .into(),
            licence: "Apache-2.0".into(),
            trains: true,
            parameters: vec![
                Parameter::text(
                    "model",
                    "pre-trained model to use for anomaly detection: a name of `nnc-host weights list`, or the path of \
                     a backbone .nnp",
                )
                .default("efficientnet_lite0"),
                Parameter::float("feature_ratio", "ratio of features used for anomaly detection")
                    .default(0.1)
                    .range(0.0, 1.0),
                Parameter::option("gaussian", "number of Gaussian distributions", &Gaussian::CHOICES)
                    .default(Gaussian::Dense.name()),
            ],
        }
    }

    fn create(parameters: &Parameters, host: Host) -> Result<Self> {
        let model = parameters.text("model")?;
        let ratio = parameters.float("feature_ratio")?;
        let gaussian = Gaussian::parse(parameters.text("gaussian")?)
            .ok_or_else(|| Error::parameter("parameter `gaussian` is none of dense, 1/16, single"))?;

        host.notice("Loading config...");
        let name = Path::new(model).file_stem().map_or_else(|| model.to_owned(), |s| s.to_string_lossy().into_owned());
        host.notice(&format!("Preparing {name} model..."));
        let device = open_device(&host)?;
        if device == Device::Cpu {
            host.notice("Fallback to CPU context.");
        }
        let backbone = Backbone::open(model, &host.weights(model)?, host.environment().batch_size)?;
        let channels = kept_channels(&backbone, ratio)?;
        check_size(gaussian, channels, backbone.parameters().iter().map(|p| 4 * p.data.len() as u64).sum())?;
        for (index, (tap, kept)) in backbone.taps().iter().zip(channels).enumerate() {
            let [c, h, w] = tap.shape;
            host.notice(&format!(
                "Use ({kept}, {h}, {w}) of the output of {} of shape ({c}, {h}, {w}) as layer {}",
                tap.function,
                index + 1
            ));
        }
        Ok(Self { host, device, state: State::Untrained(Box::new(Plan { backbone, gaussian, channels })) })
    }

    fn load(model: &Path, _: &Parameters, host: Host) -> Result<Self> {
        let device = open_device(&host)?;
        host.notice(&format!("Using context \"{}\"", device::context(device)));
        let model = archive::read(model).map_err(|e| Error::model(Error::from(e).message()))?;
        Ok(Self { device, state: State::Running(executor(&model, device)?), host })
    }

    fn interface(&self) -> Interface {
        Interface::new(Input::image("x", [3, SIDE, SIDE]), vec![OutputSpec::new(OUTPUT, [MAP, MAP])])
    }

    fn fit(&mut self, source: &mut BatchSource<'_>) -> Result<()> {
        let State::Untrained(plan) = &self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is trained already"));
        };
        let host = &self.host;
        host.notice("Preparing training dataset...");
        let total = source.len();
        if total * plan.gaussian.samples_per_image() < 2 {
            return Err(Error::data(format!(
                "a covariance needs at least 2 samples; gaussian = dense has one per image and the training set has \
                 {total}: add images or choose 1/16 or single"
            )));
        }
        host.notice("Calculating features...");
        let started = std::time::Instant::now();
        let mut moments = Moments::new(plan.gaussian, plan.channels, host.environment().threads);
        let mut features = FeatureExtractor::new(plan, host, self.device)?;
        while let Some(batch) = source.next_batch(MICRO_BATCH)? {
            host.checkpoint()?;
            moments.add(&features.run(&batch)?)?;
            host.progress(moments.images(), total);
        }
        let seconds = started.elapsed().as_secs_f64();
        host.info(&format!("features of {total} images in {seconds:.1} s ({:.1} images/s)", total as f64 / seconds));

        host.notice("Creating anomary detection model...");
        let started = std::time::Instant::now();
        let gaussians = inverse::invert(&moments.finish()?, host)?;
        host.info(&format!("{} Gaussians in {:.1} s", plan.gaussian.count(), started.elapsed().as_secs_f64()));

        let model = plan.network(host.environment().batch_size, gaussians)?;
        self.state = State::Trained(Box::new(model));
        Ok(())
    }

    fn save(&self, path: &Path) -> Result<()> {
        let State::Trained(model) = &self.state else {
            return Err(Error::new(ErrorKind::Internal, "there is no trained model to save"));
        };
        self.host.notice("Saving anomary detection model...");
        archive::write(path, model, &[])?;
        Ok(())
    }

    fn infer(&mut self, batch: &Batch<'_>, outputs: &mut [Output<'_>]) -> Result<()> {
        if let State::Trained(model) = &self.state {
            self.state = State::Running(executor(model, self.device)?);
        }
        let State::Running(executor) = &self.state else {
            return Err(Error::new(ErrorKind::Internal, "the detector is not trained"));
        };
        let images = batch.as_u8()?.chunks(MICRO_BATCH * 3 * SIDE * SIDE);
        for (images, map) in images.zip(outputs[0].values.chunks_mut(MICRO_BATCH * MAP * MAP)) {
            let count = images.len() / (3 * SIDE * SIDE);
            let x = image_tensor(images, count, [3, SIDE, SIDE], self.device)?;
            let score = executor.run(&x)?.swap_remove(0);
            let score = score.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?;
            if score.size() != [count as i64, MAP as i64, MAP as i64] {
                return Err(Error::model(format!(
                    "the model's output has shape {:?}, expected ({count}, {MAP}, {MAP})",
                    score.size()
                )));
            }
            score.f_view([-1])?.f_copy_data(map, map.len())?;
        }
        Ok(())
    }
}

impl Plan {
    /// The network of the trained detector: backbone, Gaussians, head.
    fn network(&self, batch_size: usize, gaussians: inverse::Model) -> Result<Model> {
        let (mut builder, layers) = self.start(batch_size)?;
        let embedding = head::embedding(&mut builder, layers)?;
        let (mean, cov_inv) = head::parameter_shapes(self.gaussian, self.channels.iter().sum());
        let mean = builder.parameter("mean", &mean, gaussians.mean);
        let cov_inv = builder.parameter("cov_inv", &cov_inv, gaussians.cov_inv);
        let score = head::score(&mut builder, self.gaussian, embedding, mean, cov_inv)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }

    /// The common start of both networks: backbone and kept channels.
    fn start(&self, batch_size: usize) -> Result<(NetworkBuilder, [nnp::Value; 3])> {
        let mut builder = NetworkBuilder::new("network", batch_size);
        let x = builder.input("x", &[3, SIDE, SIDE]);
        let taps = self.backbone.attach(&mut builder, x)?;
        let mut layers = taps;
        for (layer, &kept) in layers.iter_mut().zip(&self.channels) {
            *layer = head::keep_channels(&mut builder, *layer, kept)?;
        }
        Ok((builder, layers))
    }
}

/// Runs the backbone up to the kept channels of its three taps.
struct FeatureExtractor {
    executor: Executor,
    device: Device,
}

impl FeatureExtractor {
    fn new(plan: &Plan, host: &Host, device: Device) -> Result<Self> {
        let (mut builder, layers) = plan.start(host.environment().batch_size)?;
        for (layer, name) in layers.into_iter().zip(LAYERS) {
            builder.name(layer, name);
        }
        let model = builder.finish(&layers, true)?;
        let executor = Executor::new(&model.networks[0], &model.parameters, &LAYERS, device)?;
        Ok(Self { executor, device })
    }

    fn run(&mut self, batch: &Batch<'_>) -> Result<Vec<Tensor>> {
        let x = image_tensor(batch.as_u8()?, batch.len(), [3, SIDE, SIDE], self.device)?;
        Ok(self.executor.run(&x)?)
    }
}

/// Channels kept of each layer: the first ones (NNC contract 6.3).
fn kept_channels(backbone: &Backbone, ratio: f64) -> Result<[usize; 3]> {
    let mut channels = [0; 3];
    for (layer, (tap, kept)) in backbone.taps().iter().zip(&mut channels).enumerate() {
        let all = tap.shape[0];
        *kept = if ratio < 1.0 { (all as f64 * ratio) as usize } else { all };
        if *kept == 0 {
            return Err(Error::parameter(format!(
                "parameter `feature_ratio` is {ratio}, which keeps none of the {all} channels of layer {}; use at least \
                 {:.4}",
                layer + 1,
                // Rounded up, so that following the advice works.
                (1e4 / all as f64).ceil() / 1e4
            )));
        }
    }
    Ok(channels)
}

/// Refuses a model that no NNP could hold, before any image is read.
fn check_size(gaussian: Gaussian, channels: [usize; 3], backbone_bytes: u64) -> Result<()> {
    let bytes = |gaussian: Gaussian| {
        let dim = channels.iter().sum::<usize>() as u64;
        backbone_bytes + 4 * gaussian.count() as u64 * dim * (dim + 1)
    };
    // Names and shapes take a little besides the numbers.
    let limit = MAX_PARAMETER_BYTES - (1 << 20);
    if bytes(gaussian) <= limit {
        return Ok(());
    }
    let smaller = [Gaussian::Sixteenth, Gaussian::Single].into_iter().find(|&g| bytes(g) <= limit);
    Err(Error::parameter(format!(
        "gaussian = {} with {} channels makes a model of {:.1} GB, more than the 2.1 GB that an NNP can hold; use a \
         smaller feature_ratio{}",
        gaussian.name(),
        channels.iter().sum::<usize>(),
        bytes(gaussian) as f64 / 1e9,
        smaller.map(|g| format!(" or gaussian = {}", g.name())).unwrap_or_default()
    )))
}

fn open_device(host: &Host) -> Result<Device> {
    device::set_threads(host.environment().threads);
    let unusable = |e: device::DeviceError| Error::new(ErrorKind::Device, e.to_string());
    let choice = host.environment().device.parse().map_err(unusable)?;
    let selected = device::select(choice).map_err(unusable)?;
    host.info(&selected.line);
    Ok(selected.device)
}

/// An executor for the score map of a trained model.
fn executor(model: &Model, device: Device) -> Result<Executor> {
    model.validate()?;
    let network = model
        .executors
        .first()
        .and_then(|e| model.networks.iter().find(|n| n.name == e.network_name))
        .or_else(|| model.networks.first())
        .ok_or_else(|| Error::model("the model holds no network"))?;
    if network.variable(OUTPUT).is_none() {
        return Err(Error::model(format!(
            "the model has no output {OUTPUT}: it was not made by PaDiM; its outputs are {}",
            network.outputs().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")
        )));
    }
    Ok(Executor::new(network, &model.parameters, &[OUTPUT], device)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_too_large_for_an_nnp_are_refused_with_what_would_fit() {
        let error = check_size(Gaussian::Dense, [64, 128, 256], 100 << 20).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parameter);
        assert_eq!(
            error.message(),
            "gaussian = dense with 448 channels makes a model of 2.6 GB, more than the 2.1 GB that an NNP can hold; use a \
             smaller feature_ratio or gaussian = 1/16"
        );
        check_size(Gaussian::Dense, [24, 40, 112], 20 << 20).unwrap();
        check_size(Gaussian::Sixteenth, [64, 128, 256], 100 << 20).unwrap();
        check_size(Gaussian::Single, [256, 512, 1024], 100 << 20).unwrap();
    }

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        Padim::manifest().check().unwrap();
    }
}
