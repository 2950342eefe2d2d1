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

use nnc_engine::{Backbone, EngineError, Executor, Layers, device, image_tensor};
use nnc_plugin_api::{
    Batch, BatchSource, Detector, Error, ErrorKind, Host, Input, Interface, Manifest, Output, OutputSpec, Parameter,
    Parameters, Result,
};
use nnp::{Model, archive};
use tch::{Device, Kind};

use crate::gaussian::Gaussian;
use crate::moments::Moments;

/// Height and width of input images.
const SIDE: usize = 224;
/// Height and width of score maps.
const MAP: usize = 56;
/// Images in one forward pass: with more, activations no longer fit into a processor's caches; with fewer, its threads
/// have too little to share.
const MICRO_BATCH: usize = 4;
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
    layers: Layers<3>,
    gaussian: Gaussian,
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
                     a backbone .nnp, or of a ResNet's .pth or .safetensors",
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
        let layers = Layers::choose(backbone, [0, 1, 2], ratio).map_err(parameter)?;
        check_size(gaussian, layers.channels().iter().sum(), layers.room())?;
        layers.lines().for_each(|line| host.notice(&line));
        Ok(Self { host, device, state: State::Untrained(Box::new(Plan { layers, gaussian })) })
    }

    fn load(model: &Path, _: &Parameters, host: Host) -> Result<Self> {
        let device = open_device(&host)?;
        host.notice(&format!("Using context \"{}\"", device::context(device)));
        let model = archive::read(model).map_err(|e| Error::model(Error::from(e).message()))?;
        Ok(Self {
            device,
            state: State::Running(Executor::of_model(&model, OUTPUT, device).map_err(unsuitable)?),
            host,
        })
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
        let mut moments = Moments::new(plan.gaussian, plan.layers.channels(), host.environment().threads);
        let features = plan.features(host.environment().batch_size, self.device)?;
        while let Some(batch) = source.next_batch(MICRO_BATCH)? {
            host.checkpoint()?;
            let x = image_tensor(batch.as_u8()?, batch.len(), [3, SIDE, SIDE], self.device)?;
            moments.add(&features.run(&x)?)?;
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
            self.state = State::Running(Executor::of_model(model, OUTPUT, self.device)?);
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
        let (mut builder, layers) = self.layers.start(batch_size)?;
        let embedding = head::embedding(&mut builder, layers)?;
        let (mean, cov_inv) = head::parameter_shapes(self.gaussian, self.layers.channels().iter().sum());
        let mean = builder.parameter("mean", &mean, gaussians.mean);
        let cov_inv = builder.parameter("cov_inv", &cov_inv, gaussians.cov_inv);
        let score = head::score(&mut builder, self.gaussian, embedding, mean, cov_inv)?;
        builder.name(score, OUTPUT);
        Ok(builder.finish(&[score], true)?)
    }

    /// Runs the backbone up to the kept channels of its three taps.
    fn features(&self, batch_size: usize, device: Device) -> Result<Executor> {
        let (builder, layers) = self.layers.start(batch_size)?;
        Ok(Executor::of_values(builder, &layers, device)?)
    }
}

/// For `map_err`: what a parameter is to blame for.
fn parameter(error: EngineError) -> Error {
    Error::parameter(error.to_string())
}

/// For `map_err`: what a model file is to blame for.
fn unsuitable(error: EngineError) -> Error {
    Error::model(error.to_string())
}

/// Refuses a model that no NNP could hold, before any image is read.
fn check_size(gaussian: Gaussian, channels: usize, room: u64) -> Result<()> {
    let dim = channels as u64;
    let bytes = |gaussian: Gaussian| 4 * gaussian.count() as u64 * dim * (dim + 1);
    if bytes(gaussian) <= room {
        return Ok(());
    }
    let smaller = [Gaussian::Sixteenth, Gaussian::Single].into_iter().find(|&g| bytes(g) <= room);
    Err(Error::parameter(format!(
        "gaussian = {} with {channels} channels makes Gaussians of {:.1} GB, more than the {:.1} GB that an NNP has left \
         for them; use a smaller feature_ratio{}",
        gaussian.name(),
        bytes(gaussian) as f64 / 1e9,
        room as f64 / 1e9,
        smaller.map(|g| format!(" or gaussian = {}", g.name())).unwrap_or_default()
    )))
}

fn open_device(host: &Host) -> Result<Device> {
    let environment = host.environment();
    let selected = device::open(&environment.device, environment.threads)
        .map_err(|e| Error::new(ErrorKind::Device, e.to_string()))?;
    host.info(&selected.line);
    Ok(selected.device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_too_large_for_an_nnp_are_refused_with_what_would_fit() {
        let error = check_size(Gaussian::Dense, 448, 2 << 30).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parameter);
        assert_eq!(
            error.message(),
            "gaussian = dense with 448 channels makes Gaussians of 2.5 GB, more than the 2.1 GB that an NNP has left for them; \
             use a smaller feature_ratio or gaussian = 1/16"
        );
        check_size(Gaussian::Dense, 176, 2 << 30).unwrap();
        check_size(Gaussian::Sixteenth, 448, 2 << 30).unwrap();
        check_size(Gaussian::Single, 1792, 2 << 30).unwrap();
    }

    #[test]
    fn the_manifest_keeps_its_own_rules() {
        Padim::manifest().check().unwrap();
    }
}
